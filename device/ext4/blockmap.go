package ext4

type runKind uint8

const (
	runHole runKind = iota
	runUnwritten
	runData
)

// run is a stretch of a file that is mapped in one way.
type run struct {
	kind     runKind
	physical uint64 // first block on the device; not with runHole
	blocks   uint64 // at least 1
}

// runAt says how the file is mapped from block logical on (below 2^32). It keeps
// nothing: each call goes down from the inode through the cache and verifies what
// it passes, so that memory does not depend on how fragmented a file is.
func (f *FS) runAt(in *inode, logical uint64) (run, error) {
	if in.flags&flagExtents != 0 {
		return f.extentRun(in, logical)
	}
	r, err := f.pointerRun(in, logical)
	if err != nil || r.kind == runHole {
		return r, err
	}
	return r, f.checkBlocks("data block", r.physical, r.blocks)
}
