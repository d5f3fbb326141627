package digest_test

import (
	"math"
	"slices"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/verify/digest"
)

const most = 10_000 // parts of one upload

func ceil(a, b int64) int64 { return (a + b - 1) / b }

func fixed(part int64) func(int64) int64 { return func(int64) int64 { return part } }

// doubled is s3transfer's rule.
func doubled(size int64) int64 {
	part := int64(8 * mib)
	for ceil(size, part) > most {
		part *= 2
	}
	return min(part, 5<<30)
}

// grown takes a part size of bytes where the default would need too many parts.
func grown(part int64, rule func(size int64) int64) func(int64) int64 {
	return func(size int64) int64 {
		if ceil(size, part) <= most {
			return part
		}
		return rule(size)
	}
}

// uploaders choose part sizes; the sources are named where candidates.go has them.
var uploaders = map[string]func(size int64) int64{
	"AWS CLI, boto3": doubled,
	"SDK for Go, manager": func(size int64) int64 {
		if size/(5*mib) >= most {
			return size/most + 1
		}
		return 5 * mib
	},
	"SDK for Go, transfer manager": grown(8*mib, func(s int64) int64 { return s/most + 1 }),
	"SDK for Java, JavaScript":     grown(5*mib, func(s int64) int64 { return ceil(s, most) }),
	"rclone":                       grown(5*mib, func(s int64) int64 { return ceil(ceil(s, most), mib) * mib }),
	"minio-go, restic":             grown(16*mib, func(s int64) int64 { return ceil(ceil(s, most), 16*mib) * 16 * mib }),
	"minio-go, older":              fixed(64 * mib),
	"console":                      fixed(16 * mib),
	"console, odd":                 fixed(17_179_870),
	"s3cmd":                        fixed(15 * mib),
	"s5cmd":                        fixed(50 * mib),
	"Hadoop":                       fixed(100 * mib),
	"EMR":                          fixed(128 * mib),
	"Cyberduck 10":                 fixed(10 * mib),
	"Cyberduck 25":                 fixed(25 * mib),
	"Cyberduck 32":                 fixed(32 * mib),
	"by hand, 1 GiB":               fixed(1024 * mib),
	"by hand, 512 MiB":             fixed(512 * mib),
	"by hand, 128 and 256 MiB":     fixed(256 * mib),
	"by hand, decimal":             fixed(50e6),
	"by hand, decimal, large":      fixed(100e6),
}

var _ = Describe("the part sizes to try", func() {
	DescribeTable("in order of likelihood", func(size int64, parts int, want ...int64) {
		Expect(digest.Candidates(size, parts)).To(HaveExactElements(want))
	},
		Entry("one part is the whole", int64(5), 1, int64(5)),
		Entry("one empty part", int64(0), 1, int64(0)),
		Entry("three parts", int64(16778240), 3, int64(8*mib), int64(8e6), int64(6*mib), int64(7*mib)),
		Entry("many parts leave one", int64(10_000*8*mib-5), 10_000, int64(8*mib)),
		Entry("an odd size", int64(60_000_000_001), 10_000, int64(6_000_001)),
	)

	DescribeTable("are none where no size gives that many parts", func(size int64, parts int) {
		Expect(digest.Candidates(size, parts)).To(BeEmpty())
	},
		Entry("more parts than bytes", int64(5), 6),
		Entry("11 bytes in 8 parts", int64(11), 8),
		Entry("nothing in two", int64(0), 2),
		Entry("no parts", int64(5), 0),
		Entry("less than none", int64(5), -3),
		Entry("no size", int64(-1), 1),
	)
})

func TestCandidatesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64Range(0, 50<<40), rapid.Int64Range(0, math.MaxInt64)).Draw(t, "size")
		n := rapid.OneOf(rapid.IntRange(1, 20), rapid.IntRange(1, most)).Draw(t, "parts")
		got := digest.Candidates(size, n)
		if len(got) > 12 || len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
			t.Fatalf("too many, or one twice: %v", got)
		}
		for _, p := range got {
			if n > 1 && (size-1)/p+1 != int64(n) {
				t.Fatalf("%d bytes in parts of %d are not %d parts", size, p, n)
			}
		}
	})
}

func TestUploadersProperty(t *testing.T) {
	for name, rule := range uploaders {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				size := rapid.OneOf(rapid.Int64Range(2<<30, 4<<30), rapid.Int64Range(2<<30, 40<<30), rapid.Int64Range(2<<30, 5<<40)).Draw(t, "size")
				if rule(size/100) == rule(size) && size/100 > rule(size) {
					size /= rapid.Int64Range(1, 100).Draw(t, "smaller")
				}
				part := rule(size)
				n := ceil(size, part)
				if n < 2 || n > most {
					t.Skip("not an upload in parts")
				}
				if got := digest.Candidates(size, int(n)); !slices.Contains(got, part) {
					t.Fatalf("%d bytes in %d parts of %d: %v", size, n, part, got)
				}
			})
		})
	}
}
