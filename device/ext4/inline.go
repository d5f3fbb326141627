package ext4

import "encoding/binary"

const (
	xattrMagic       = 0xEA020000
	xattrEntry       = 16
	xattrIndexSystem = 7 // "system."
	xattrInlineName  = "data"
)

// inlineParts returns the data that is kept in the inode itself (inline_data):
// i_block, and the value of the attribute system.data behind the inode.
func (in *inode) inlineParts() (first, rest []byte, err error) {
	rest, found, err := in.inlineAttribute()
	if err != nil {
		return nil, nil, err
	}
	if !found {
		return nil, nil, corrupt("inode", uint64(in.number), "inline data without its attribute system.data")
	}
	return in.mapping[:], rest, nil
}

// inlineAttribute looks for system.data among the attributes in the inode. Values
// are counted from the first entry.
func (in *inode) inlineAttribute() (value []byte, found bool, err error) {
	le := binary.LittleEndian
	if len(in.tail) < 4 || le.Uint32(in.tail) != xattrMagic {
		return nil, false, nil
	}
	area := in.tail[4:]
	// Four zero bytes end the list; so does the end of the inode.
	for list := area; len(list) >= 4 && le.Uint32(list) != 0; {
		if len(list) < xattrEntry || len(list) < xattrEntry+int(list[0]) {
			return nil, false, in.attributeLeaves()
		}
		end := xattrEntry + int(list[0])
		if list[1] == xattrIndexSystem && string(list[xattrEntry:end]) == xattrInlineName {
			value, err = in.attributeValue(area, list)
			return value, err == nil, err
		}
		list = list[min((end+3)&^3, len(list)):]
	}
	return nil, false, nil
}

// attributeValue is the value of an entry, which must lie in the inode itself.
func (in *inode) attributeValue(area, entry []byte) ([]byte, error) {
	le := binary.LittleEndian
	offset, size := uint64(le.Uint16(entry[2:])), uint64(le.Uint32(entry[8:]))
	switch {
	case le.Uint32(entry[4:]) != 0: // e_value_inum
		return nil, in.attributeLeaves()
	case size == 0:
		return nil, nil
	case offset+size > uint64(len(area)):
		return nil, in.attributeLeaves()
	}
	return area[offset:][:size:size], nil
}

func (in *inode) attributeLeaves() error {
	return corrupt("inode", uint64(in.number), "an extended attribute leaves the inode")
}

// readInline copies the file's bytes from off on into p, which ends within the
// file. What lies behind the room in the inode was never written: zeros, as the
// kernel shows them.
func (in *inode) readInline(p []byte, off int64) error {
	first, rest, err := in.inlineParts()
	if err != nil {
		return err
	}
	clear(p)
	if off < int64(len(first)) {
		copy(p, first[off:])
	}
	at := int64(len(first)) - off // where in p the second part begins
	switch {
	case at < 0 && -at < int64(len(rest)):
		copy(p, rest[-at:])
	case at >= 0 && at < int64(len(p)):
		copy(p[at:], rest)
	}
	return nil
}
