package ext4

import "encoding/binary"

const (
	extentMagic    = 0xF30A
	extentDepthMax = 5 // EXT4_MAX_EXTENT_DEPTH
	extentEntry    = 12
	extentInitMax  = 32768   // ee_len up to this is written; above it, unwritten
	logicalEnd     = 1 << 32 // logical block numbers have 32 bits
)

// extentNode is a node of an extent tree: its entries cover [lower, upper).
type extentNode struct {
	raw          []byte // header and entries
	entries      int
	depth        int
	lower, upper uint64
	owner        uint32
}

// extentRun goes down the tree of in to the leaf that covers logical.
func (f *FS) extentRun(in *inode, logical uint64) (run, error) {
	n := extentNode{raw: in.mapping[:], upper: logicalEnd, owner: in.number}
	if err := n.parse(-1, (mapSize-extentEntry)/extentEntry); err != nil {
		return run{}, err
	}
	for n.depth > 0 {
		i := n.search(logical)
		if i < 0 {
			return run{blocks: n.key(0) - logical}, nil
		}
		child, err := f.extentChild(in, &n, i)
		if err != nil {
			return run{}, err
		}
		n = child
	}
	return f.leafRun(&n, logical)
}

// extentChild reads and verifies the node that entry i of n points to.
func (f *FS) extentChild(in *inode, n *extentNode, i int) (extentNode, error) {
	entry := n.entry(i)
	le := binary.LittleEndian
	number := uint64(le.Uint32(entry[4:])) | uint64(le.Uint16(entry[8:]))<<32
	block, err := f.block("extent tree", number)
	if err != nil {
		return extentNode{}, err
	}
	fits := (f.sb.blockSize - extentEntry - 4) / extentEntry
	if f.sb.hasCsum() {
		// The checksum follows the last entry that would fit, at the end of the block.
		at := extentEntry + extentEntry*int(le.Uint16(block[4:]))
		if at+4 > len(block) || crc32c(in.seed, block[:at]) != le.Uint32(block[at:]) {
			return extentNode{}, corrupt("extent tree", number, "checksum is wrong (inode %d)", in.number)
		}
	} else {
		fits = (f.sb.blockSize - extentEntry) / extentEntry
	}
	child := extentNode{raw: block, lower: n.key(i), upper: n.upper, owner: in.number}
	if i+1 < n.entries {
		child.upper = n.key(i + 1)
	}
	if err := child.parse(n.depth-1, fits); err != nil {
		return extentNode{}, err
	}
	if child.entries > 0 && child.key(0) != child.lower {
		return extentNode{}, corrupt("extent tree", number, "begins at block %d of inode %d instead of %d",
			child.key(0), in.number, child.lower)
	}
	return child, nil
}

// parse checks the header and that the entries are in order, within their bounds
// and do not overlap. A depth of -1 takes any: the root decides.
func (n *extentNode) parse(depth, fits int) error {
	le := binary.LittleEndian
	if le.Uint16(n.raw) != extentMagic {
		return corrupt("inode", uint64(n.owner), "no extent tree node where one should be")
	}
	n.entries = int(le.Uint16(n.raw[2:]))
	most := int(le.Uint16(n.raw[4:]))
	n.depth = int(le.Uint16(n.raw[6:]))
	switch {
	case depth < 0 && n.depth > extentDepthMax, depth >= 0 && n.depth != depth:
		return corrupt("inode", uint64(n.owner), "extent tree node of depth %d", n.depth)
	case most == 0 || most > fits || n.entries > most:
		return corrupt("inode", uint64(n.owner), "extent tree node with %d of %d entries", n.entries, most)
	case n.entries == 0 && n.depth > 0: // an empty leaf is a hole, to the kernel too
		return corrupt("inode", uint64(n.owner), "empty extent tree node")
	}
	return n.checkOrder()
}

func (n *extentNode) checkOrder() error {
	free := n.lower
	for i := range n.entries {
		key := n.key(i)
		length := uint64(1)
		if n.depth == 0 {
			length, _ = n.length(i)
		}
		if key < free || length == 0 || key+length > n.upper {
			return corrupt("inode", uint64(n.owner), "extent %d at block %d is out of order", i, key)
		}
		free = key + length
	}
	return nil
}

func (n *extentNode) entry(i int) []byte {
	return n.raw[extentEntry+extentEntry*i:][:extentEntry]
}

// key is the first logical block of entry i.
func (n *extentNode) key(i int) uint64 {
	return uint64(binary.LittleEndian.Uint32(n.entry(i)))
}

// length of the extent i of a leaf, in blocks, and whether it was written.
func (n *extentNode) length(i int) (uint64, bool) {
	length := uint64(binary.LittleEndian.Uint16(n.entry(i)[4:]))
	if length > extentInitMax {
		return length - extentInitMax, false
	}
	return length, true
}

// search returns the last entry that begins at or before logical, or -1.
func (n *extentNode) search(logical uint64) int {
	low, high := 0, n.entries
	for low < high {
		middle := int(uint(low+high) / 2)
		if n.key(middle) <= logical {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low - 1
}

// leafRun finds the extent, which must lie within the file system as a whole, or
// the hole.
func (f *FS) leafRun(n *extentNode, logical uint64) (run, error) {
	i := n.search(logical)
	if i >= 0 {
		length, written := n.length(i)
		if skip := logical - n.key(i); skip < length {
			e := n.entry(i)
			start := uint64(binary.LittleEndian.Uint32(e[8:])) | uint64(binary.LittleEndian.Uint16(e[6:]))<<32
			r := run{kind: runUnwritten, physical: start + skip, blocks: length - skip}
			if written {
				r.kind = runData
			}
			return r, f.checkBlocks("data block", start, length)
		}
	}
	end := n.upper
	if i+1 < n.entries {
		end = n.key(i + 1)
	}
	return run{blocks: end - logical}, nil
}
