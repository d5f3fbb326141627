package digest

import (
	"crypto/md5"

	md5simd "github.com/minio/md5-simd"
)

// lane keeps a hasher of md5-simd v1.1.2 from what stops it forever: its server is
// not told of a reset, nor of the rest of a block when whole blocks follow in the same
// write. Three such messages fill the hasher's queue, and the next one waits for a
// server that sleeps; those rests of 48 hashers could hold all buffers.
type lane struct {
	hasher  md5simd.Hasher
	partial int  // bytes of the last block, which the hasher holds back
	used    bool // since the reset
	untold  bool // the server was told of nothing since the reset
	scrap   [md5.Size]byte
}

func (l *lane) Size() int      { return md5.Size }
func (l *lane) BlockSize() int { return md5.BlockSize }

// Write ends a block that was begun in a write of its own.
func (l *lane) Write(p []byte) (int, error) {
	head := 0
	if l.partial > 0 {
		head = min(md5.BlockSize-l.partial, len(p))
	}
	l.pass(p[:head])
	l.pass(p[head:])
	return len(p), nil
}

func (l *lane) pass(p []byte) {
	if len(p) == 0 {
		return
	}
	_, _ = l.hasher.Write(p) // a hash never fails
	l.used = true
	if l.partial+len(p) >= md5.BlockSize {
		l.untold = false
	}
	l.partial = (l.partial + len(p)) % md5.BlockSize
}

// Sum waits until the server is through with the queue.
func (l *lane) Sum(b []byte) []byte {
	l.untold = false
	return l.hasher.Sum(b)
}

func (l *lane) Reset() {
	if !l.used {
		return
	}
	if l.untold {
		l.Sum(l.scrap[:0])
	}
	l.hasher.Reset()
	l.used, l.untold, l.partial = false, true, 0
}
