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
	var list []Extent
	var mapped int64
	for off := int64(0); off < in.size; {
		s, err := f.stretchAt(in, off, in.size-off)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", e.Path, err)
		}
		if s.kind != runHole {
			mapped += s.length
			if mapped > f.Size() {
				return nil, corrupt("inode", uint64(in.number), "uses blocks twice")
			}
			if len(list) == extentsMax {
				return nil, tooLarge("%q has more than %d extents", e.Path, extentsMax)
			}
			list = append(list, Extent{Logical: off, Physical: s.physical, Length: s.length, Unwritten: s.kind == runUnwritten})
		}
		off += s.length
	}
	return list, nil
}
