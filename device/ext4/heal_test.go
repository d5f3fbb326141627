package ext4

import (
	"context"
	"encoding/binary"
)

// Healer gives a changed image its checksums again, so that a reader comes past them.
type Healer struct {
	f      *FS
	inodes []uint32
	blocks []healed
}

// healed is a block of metadata of an inode.
type healed struct {
	owner *inode
	at    int64
	kind  string
}

// NewHealer notes where the checksums of f are, which is whole.
func NewHealer(f *FS) (*Healer, error) {
	h := &Healer{f: f}
	add := func(e Entry) error {
		in, err := f.inode(uint32(e.Inode))
		if err != nil {
			return err
		}
		h.inodes = append(h.inodes, in.number)
		h.addTree(in, in.mapping[:])
		if in.kind() != Directory || in.flags&flagInlineData != 0 {
			return nil
		}
		for logical := range uint64(in.size) / uint64(f.sb.blockSize) {
			r, err := f.runAt(in, logical)
			if err != nil {
				return err
			}
			block, err := f.block("directory", r.physical)
			if err != nil {
				return err
			}
			kind := "leaf"
			if f.isIndexBlock(in, logical, block) {
				kind = "index"
			}
			h.blocks = append(h.blocks, healed{in, int64(r.physical) * int64(f.sb.blockSize), kind})
		}
		return nil
	}
	root, err := f.Lookup("")
	if err == nil {
		err = add(root)
	}
	if err != nil {
		return nil, err
	}
	return h, f.Walk(context.Background(), "", add)
}

// addTree notes the blocks of an extent tree below a node.
func (h *Healer) addTree(in *inode, node []byte) {
	le := binary.LittleEndian
	if in.flags&flagExtents == 0 || le.Uint16(node) != extentMagic || le.Uint16(node[6:]) == 0 {
		return
	}
	for i := range int(le.Uint16(node[2:])) {
		number := uint64(le.Uint32(node[extentEntry*(i+1)+4:]))
		block, err := h.f.block("extent tree", number)
		if err != nil {
			continue
		}
		h.blocks = append(h.blocks, healed{in, int64(number) * int64(h.f.sb.blockSize), "extents"})
		h.addTree(in, block)
	}
}

// Heal changes b in place.
func (h *Healer) Heal(b []byte) {
	le := binary.LittleEndian
	super := b[superOffset:][:superSize]
	sb := crc32c(^uint32(0), super[0x68:0x78])
	for _, n := range h.inodes {
		healInode(b[h.f.InodeAt(n):][:h.f.sb.inodeSize], crc32cLE(sb, n))
	}
	for _, x := range h.blocks {
		raw := b[h.f.InodeAt(x.owner.number):]
		seed := crc32cLE(crc32cLE(sb, x.owner.number), le.Uint32(raw[0x64:]))
		healBlock(b[x.at:][:h.f.sb.blockSize], x.kind, seed)
	}
	for g := range h.f.sb.groups {
		at := int(h.f.descBlock(0))*h.f.sb.blockSize + int(g)*h.f.sb.descSize
		d := b[at:][:h.f.sb.descSize]
		le.PutUint16(d[groupChecksumAt:], 0)
		le.PutUint16(d[groupChecksumAt:], uint16(crc32c(crc32cLE(sb, uint32(g)), d)))
	}
	le.PutUint32(super[0x3FC:], crc32c(^uint32(0), super[:0x3FC]))
}

func healInode(raw []byte, seed uint32) {
	le := binary.LittleEndian
	wide := le.Uint16(raw[0x80:]) >= 4
	le.PutUint16(raw[0x7C:], 0)
	if wide {
		le.PutUint16(raw[0x82:], 0)
	}
	crc := crc32c(crc32cLE(seed, le.Uint32(raw[0x64:])), raw)
	le.PutUint16(raw[0x7C:], uint16(crc))
	if wide {
		le.PutUint16(raw[0x82:], uint16(crc>>16))
	}
}

func healBlock(block []byte, kind string, seed uint32) {
	le := binary.LittleEndian
	switch kind {
	case "leaf":
		le.PutUint32(block[len(block)-4:], crc32c(seed, block[:len(block)-dirTail]))
	case "extents":
		if at := extentEntry * (1 + int(le.Uint16(block[4:]))); at+4 <= len(block) {
			le.PutUint32(block[at:], crc32c(seed, block[:at]))
		}
	case "index":
		at := dxNodeEntries
		if le.Uint16(block[4:]) == 12 {
			at = dxRootEntries
		}
		used, tail := at+int(le.Uint16(block[at+2:]))*dxEntry, at+int(le.Uint16(block[at:]))*dxEntry
		if used <= len(block) && tail+dxTail <= len(block) {
			crc := crc32cZero(crc32c(crc32c(seed, block[:used]), block[tail:][:4]), 4)
			le.PutUint32(block[tail+4:], crc)
		}
	}
}
