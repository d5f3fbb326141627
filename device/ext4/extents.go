package ext4

import "fmt"

const extentsMax = 1 << 20

// Extent is a contiguous part of a file on the device, in bytes.
type Extent struct {
	Logical   int64 // offset in the file
	Physical  int64 // offset on the device
	Length    int64
	Unwritten bool // preallocated: reads as zeros, whatever is on the device
}

// Extents lists where a regular file lies, in the order of the file; holes are
// left out, and so is what lies behind the end of the file. A file whose data is
// in its inode has none. More than 1,048,576 extents are refused as TooLarge.
func (f *FS) Extents(e Entry) ([]Extent, error) {
	in, err := f.fileInode(e)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", e.Path, err)
	}
	if in.flags&flagInlineData != 0 {
		return nil, nil
	}
	list, err := f.extents(in)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", e.Path, err)
	}
	return list, nil
}

// extents counts runs: an honest file has at most one for each block of the device,
// as data or as the block of pointers that holds a hole's beginning, and
// one hole behind each. One that uses blocks twice could have billions.
func (f *FS) extents(in *inode) ([]Extent, error) {
	var list []Extent
	size := int64(f.sb.blockSize)
	runs := uint64(0)
	for off := int64(0); off < in.size; {
		r, err := f.runAt(in, uint64(off/size))
		if err != nil {
			return nil, err
		}
		if runs++; runs > 2*f.blocksThere()+directBlocks {
			return nil, corrupt("inode", uint64(in.number), "uses blocks twice")
		}
		x := Extent{Logical: off, Physical: int64(r.physical) * size, Unwritten: r.kind == runUnwritten,
			Length: min(int64(r.blocks)*size, in.size-off)}
		off += x.Length
		if r.kind == runHole {
			continue
		}
		if n := len(list) - 1; n >= 0 && list[n].continues(x) {
			list[n].Length += x.Length
			continue
		}
		if len(list) == extentsMax {
			return nil, tooLarge("inode %d has more than %d extents", in.number, extentsMax)
		}
		list = append(list, x)
	}
	return list, nil
}

func (x Extent) continues(next Extent) bool {
	return x.Unwritten == next.Unwritten && x.Logical+x.Length == next.Logical && x.Physical+x.Length == next.Physical
}
