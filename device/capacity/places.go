package capacity

import "slices"

// Where is written: a window at the begin, and a block at each multiple of its width, at
// powers of two, and at the end. The window is about 1/2048 of the device, which makes
// its time and that of the seeks about equal on a disk of some terabytes.
const (
	blockBytes  = 4096
	windowShare = 2048
	windowLeast = 1 << 20
	windowMost  = 4 << 30
	chunkBytes  = 1 << 20
)

// span is a range of bytes.
type span struct{ off, len int64 }

func (s span) end() int64 { return s.off + s.len }

// places returns what is written on a device of that size, without overlap, from the
// end to the begin, none longer than a chunk. The size is a multiple of a block and at
// least two chunks.
func places(size int64) []span {
	window := min(max(windowLeast, size/windowShare), windowMost) / chunkBytes * chunkBytes
	offsets := []int64{size - blockBytes}
	for at := window; at < size; at += window {
		offsets = append(offsets, at)
	}
	for at := int64(windowLeast); at < size; at <<= 1 {
		if at > window {
			offsets = append(offsets, at)
		}
	}
	slices.Sort(offsets)
	var all []span
	for at := int64(0); at < window; at += chunkBytes {
		all = append(all, span{at, chunkBytes})
	}
	for _, at := range slices.Compact(offsets) {
		all = append(all, span{at, blockBytes})
	}
	slices.Reverse(all)
	return all
}

// between returns up to n blocks spread evenly in a range that begins and ends at blocks,
// from the end to the begin.
func between(low, high int64, n int64) []span {
	step := max((high-low)/(n+1)/blockBytes, 1) * blockBytes
	var all []span
	for at := low + step; at < high && int64(len(all)) < n; at += step {
		all = append(all, span{at, blockBytes})
	}
	slices.Reverse(all)
	return all
}
