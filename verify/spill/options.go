package spill

import (
	"bytes"
	"os"
)

const (
	defaultMemory = 16 << 20
	// mostFrame is the payload, in bytes, at which a frame ends: few and long reads
	// also when hundreds of runs are merged.
	mostFrame  = 64 << 10
	leastFrame = 512
	// overhead is what a record costs in memory besides its bytes.
	overhead = 32
	// longest is the most that a record may have, in bytes.
	longest = 1 << 30
)

// Options are those of a [Sorter] and of a [Spool]. The zero value will do.
type Options struct {
	// Dir is where the temporary file is made, "" where TMPDIR says.
	Dir string
	// Memory is how many bytes are held before they are written, 16 MiB if zero. Twice
	// that, and the longest record, are used at most.
	Memory int
	// Compare is the order of a Sorter, that of the bytes if nil.
	Compare func(a, b []byte) int
}

func (o Options) withDefaults() Options {
	if o.Dir == "" {
		o.Dir = os.TempDir()
	}
	if o.Memory <= 0 {
		o.Memory = defaultMemory
	}
	if o.Compare == nil {
		o.Compare = bytes.Compare
	}
	return o
}

func (o Options) frame() int { return min(max(o.Memory/16, leastFrame), mostFrame) }

// fan is how many runs are read at once.
func (o Options) fan() int { return max(o.Memory/o.frame(), 2) }
