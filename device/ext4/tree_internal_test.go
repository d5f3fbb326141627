package ext4

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
)

// node makes a tree node; an extent is {block, len, start}, an index {block, child}.
func node(depth, most int, entries ...[]uint64) []byte {
	b := make([]byte, extentEntry+extentEntry*most)
	le := binary.LittleEndian
	le.PutUint16(b, extentMagic)
	le.PutUint16(b[2:], uint16(len(entries)))
	le.PutUint16(b[4:], uint16(most))
	le.PutUint16(b[6:], uint16(depth))
	for i, e := range entries {
		p := b[extentEntry+extentEntry*i:]
		le.PutUint32(p, uint32(e[0]))
		if depth == 0 {
			le.PutUint16(p[4:], uint16(e[1]))
			le.PutUint16(p[6:], uint16(e[2]>>32))
			le.PutUint32(p[8:], uint32(e[2]))
		} else {
			le.PutUint32(p[4:], uint32(e[1]))
			le.PutUint16(p[8:], uint16(e[1]>>32))
		}
	}
	return b
}

// device makes a file system of 1 KiB blocks without checksums, and an inode with
// this root.
func device(blocks map[int][]byte, root []byte) (*FS, *inode) {
	image := make([]byte, 100<<10)
	for n, b := range blocks {
		copy(image[n<<10:(n+1)<<10], b)
	}
	f := &FS{
		sb:   &superblock{blockSize: 1024, blocks: 1 << 41, inodes: 100},
		meta: newCache(source{bytes.NewReader(image), int64(len(image))}, 1024),
	}
	in := &inode{number: 12, flags: flagExtents, size: 1 << 40}
	copy(in.mapping[:], root)
	return f, in
}

func wantRun(t *testing.T, f *FS, in *inode, logical uint64, want run) {
	t.Helper()
	if got, err := f.runAt(in, logical); err != nil || got != want {
		t.Errorf("block %d: %+v, %v; want %+v", logical, got, err, want)
	}
}

func TestExtentLengthsAndAddresses(t *testing.T) {
	far := uint64(1)<<40 + 7
	f, in := device(nil, node(0, 4,
		[]uint64{5, 32768, 1000}, []uint64{40000, 32769, 5000}, []uint64{50000, 65535, 90000}, []uint64{4294967290, 5, far}))
	wantRun(t, f, in, 0, run{blocks: 5})
	wantRun(t, f, in, 5, run{runData, 1000, 32768})
	wantRun(t, f, in, 32772, run{runData, 33767, 1})
	wantRun(t, f, in, 32773, run{blocks: 7227})
	wantRun(t, f, in, 40000, run{runUnwritten, 5000, 1})
	wantRun(t, f, in, 40001, run{blocks: 9999})
	wantRun(t, f, in, 50001, run{runUnwritten, 90001, 32766})
	wantRun(t, f, in, 4294967291, run{runData, far + 1, 4})
	wantRun(t, f, in, 4294967295, run{blocks: 1})
}

func TestExtentTreeOfAllDepths(t *testing.T) {
	blocks := map[int][]byte{90: node(0, 84, []uint64{7, 2, 500}, []uint64{20, 1, 600})}
	child := uint64(90)
	for depth := 1; depth <= extentDepthMax; depth++ {
		root := node(depth, 4, []uint64{7, child}, []uint64{100, 91})
		f, in := device(blocks, root)
		wantRun(t, f, in, 3, run{blocks: 4})
		wantRun(t, f, in, 8, run{runData, 501, 1})
		wantRun(t, f, in, 9, run{blocks: 11})
		wantRun(t, f, in, 20, run{runData, 600, 1})
		wantRun(t, f, in, 30, run{blocks: 70})
		blocks[int(child)-1] = node(depth, 84, []uint64{7, child})
		child--
	}
	f, in := device(blocks, node(extentDepthMax+1, 4, []uint64{0, child}))
	wantCorrupt(t, f, in, "deeper than any")
}

func wantCorrupt(t *testing.T, f *FS, in *inode, what string) {
	t.Helper()
	var e *Error
	if _, err := f.runAt(in, 8); !errors.As(err, &e) || e.Reason != Corrupt {
		t.Errorf("%s: %v", what, err)
	}
}

func TestExtentTreesThatLie(t *testing.T) {
	leaf := func(entries ...[]uint64) []byte { return node(0, 4, entries...) }
	for what, root := range map[string][]byte{
		"no magic":       make([]byte, mapSize),
		"empty index":    node(1, 4),
		"too many":       node(0, 4, []uint64{0, 9, 50})[:2:2],
		"length 0":       leaf([]uint64{8, 0, 50}),
		"overlap":        leaf([]uint64{0, 9, 50}, []uint64{8, 9, 80}),
		"out of order":   leaf([]uint64{20, 9, 50}, []uint64{8, 9, 80}),
		"past the end":   leaf([]uint64{0, 9, 1<<41 - 5}),
		"superblock":     leaf([]uint64{0, 9, 0}),
		"32 bits passed": leaf([]uint64{0, 9, 50}, []uint64{4294967295, 2, 80}),
		"itself":         node(1, 4, []uint64{0, 95}),
		"wrong depth":    node(2, 4, []uint64{0, 90}),
		"beyond parent":  node(1, 4, []uint64{0, 90}, []uint64{10, 91}),
		"before parent":  node(1, 4, []uint64{8, 90}),
		"after parent":   node(1, 4, []uint64{3, 90}),
		"of another":     node(2, 4, []uint64{0, 94}),
	} {
		f, in := device(map[int][]byte{
			90: node(0, 84, []uint64{7, 20, 500}),
			94: node(1, 84, []uint64{7, 90}),
			95: node(1, 84, []uint64{0, 95}),
		}, root)
		wantCorrupt(t, f, in, what)
	}
}

func TestIndirectBlocksOfAllDepths(t *testing.T) {
	pointers := func(at int, value uint32) []byte {
		b := make([]byte, 1024)
		binary.LittleEndian.PutUint32(b[4*at:], value)
		return b
	}
	f, in := device(map[int][]byte{
		50: pointers(3, 60), 51: pointers(255, 50), 52: pointers(255, 51),
	}, nil)
	in.flags = 0
	for i, value := range []uint32{40, 41, 43} {
		binary.LittleEndian.PutUint32(in.mapping[4*i:], value)
	}
	for i, value := range []uint32{50, 51, 52} {
		binary.LittleEndian.PutUint32(in.mapping[4*(12+i):], value)
	}
	wantRun(t, f, in, 0, run{runData, 40, 2})
	wantRun(t, f, in, 2, run{runData, 43, 1})
	wantRun(t, f, in, 3, run{blocks: 9})
	wantRun(t, f, in, 12, run{blocks: 3})
	wantRun(t, f, in, 15, run{runData, 60, 1})
	wantRun(t, f, in, 16, run{blocks: 252})
	second := uint64(12 + 256)
	wantRun(t, f, in, second+5, run{blocks: 251})
	wantRun(t, f, in, second+255*256+3, run{runData, 60, 1})
	third := second + 256*256
	wantRun(t, f, in, third+10, run{blocks: 65536 - 10})
	wantRun(t, f, in, third+65535*256+3, run{runData, 60, 1})
	if _, err := f.runAt(in, third+256*256*256); err == nil {
		t.Error("a block behind the third tree is mapped")
	}
}

func TestChecksums(t *testing.T) {
	if got := crc16(0, []byte("123456789")); got != 0xBB3D { // CRC-16/ARC
		t.Errorf("crc16 %#x", got)
	}
	if got := ^crc32c(^uint32(0), []byte("123456789")); got != 0xE3069283 { // RFC 3720, B.4
		t.Errorf("crc32c %#x", got)
	}
}
