package ext4

import "encoding/binary"

const directBlocks = 12 // EXT4_NDIR_BLOCKS

// pointerRun maps a file of ext2 and ext3 style: 12 direct pointers, then one
// tree each of depth 1, 2 and 3. A zero pointer is a hole at any level.
func (f *FS) pointerRun(in *inode, logical uint64) (run, error) {
	if logical < directBlocks {
		return scanPointers(in.mapping[:4*directBlocks], logical), nil
	}
	perBlock := uint64(f.sb.blockSize / 4)
	logical -= directBlocks
	capacity := perBlock // blocks that the tree of this depth maps
	for depth := range 3 {
		if logical < capacity {
			return f.pointerTree(in, depth, capacity/perBlock, logical)
		}
		logical -= capacity
		capacity *= perBlock
	}
	return run{}, corrupt("inode", uint64(in.number), "is larger than indirect blocks can map")
}

// pointerTree goes down from the root of a tree; each pointer of the block that it
// comes to first maps span blocks.
func (f *FS) pointerTree(in *inode, depth int, span, logical uint64) (run, error) {
	root := binary.LittleEndian.Uint32(in.mapping[4*(directBlocks+depth):])
	pointer := root
	for ; ; span /= uint64(f.sb.blockSize / 4) {
		covered := span * uint64(f.sb.blockSize/4)
		if pointer == 0 {
			return run{blocks: covered - logical%covered}, nil
		}
		block, err := f.block("indirect block", uint64(pointer))
		if err != nil {
			return run{}, err
		}
		index := logical % covered / span
		if span == 1 {
			return scanPointers(block, index), nil
		}
		pointer = binary.LittleEndian.Uint32(block[4*index:])
	}
}

// scanPointers returns the run that begins with pointer i: consecutive blocks, or
// holes one after the other.
func scanPointers(pointers []byte, i uint64) run {
	at := func(i uint64) uint64 { return uint64(binary.LittleEndian.Uint32(pointers[4*i:])) }
	r := run{physical: at(i), blocks: 1}
	if r.physical != 0 {
		r.kind = runData
	}
	for i+r.blocks < uint64(len(pointers)/4) {
		next := at(i + r.blocks)
		if r.kind == runHole && next != 0 || r.kind == runData && next != r.physical+r.blocks {
			break
		}
		r.blocks++
	}
	return r
}
