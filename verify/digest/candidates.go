package digest

import "slices"

const mib = 1 << 20

// mostCandidates is how many part sizes are worth an MD5 each.
const mostCandidates = 12

// Candidates returns the part sizes to try for a multipart ETag of an object of size
// bytes, in order of likelihood: at most twelve, each of which gives that number of
// parts when all but the last are of one size. None when no part size does. A hit is
// a proof, no hit proves nothing.
func Candidates(size int64, parts int) []int64 {
	n := int64(parts)
	switch {
	case size < 0 || n < 1:
		return nil
	case n == 1:
		return []int64{size}
	}
	c := candidates{low: ceil(size, n), high: (size - 1) / (n - 1)}
	if size < n || c.low > c.high {
		return nil
	}
	c.add(usual()...)
	// What the SDKs take when their default would need more than 10,000 parts: those
	// for Go, then those for Java, JavaScript and .NET.
	c.add(size/10_000+1, ceil(size, 10_000))
	c.doublings(usual())
	c.wholes()
	return c.sizes
}

// usual returns the part sizes that uploaders have by default or offer.
func usual() []int64 {
	return []int64{
		8 * mib,    // AWS CLI, boto3, CRT, transfer manager of the SDK for Go
		5 * mib,    // managers of the other SDKs, rclone
		16 * mib,   // console, minio-go, restic
		15 * mib,   // s3cmd
		50 * mib,   // s5cmd
		64 * mib,   // Hadoop, older minio-go
		100 * mib,  // Hadoop
		128 * mib,  // EMR
		17_179_870, // console
		10 * mib, 20 * mib, 25 * mib, 32 * mib, 256 * mib, 512 * mib, 1024 * mib,
		5e6, 8e6, 10e6, 15e6, 16e6, 50e6, 64e6, 100e6,
	}
}

// candidates collects sizes between low and high, both included.
type candidates struct {
	low, high int64
	sizes     []int64
}

func (c *candidates) add(sizes ...int64) {
	for _, p := range sizes {
		if p >= c.low && p <= c.high && len(c.sizes) < mostCandidates && !slices.Contains(c.sizes, p) {
			c.sizes = append(c.sizes, p)
		}
	}
}

// doublings adds sizes doubled until they are in the interval: the AWS CLI doubles
// until 10,000 parts suffice.
func (c *candidates) doublings(sizes []int64) {
	for _, p := range sizes {
		for p < c.low && p <= c.high/2 {
			p *= 2
		}
		c.add(p)
	}
}

// wholes adds sizes of whole MiB, from the smallest on: what rclone and minio-go
// take to come by with 10,000 parts. All of them only where they are few.
func (c *candidates) wholes() {
	first, last := ceil(c.low, mib), c.high/mib
	if last-first >= 16 {
		last = first
	}
	for n := first; n <= last; n++ {
		c.add(n * mib)
	}
}

// ceil is a/b, rounded up, without overflow.
func ceil(a, b int64) int64 {
	if a%b > 0 {
		return a/b + 1
	}
	return a / b
}
