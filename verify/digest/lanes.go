package digest

import (
	"crypto/md5"
	"hash"
	"sync"

	md5simd "github.com/minio/md5-simd"
)

// Lanes computes several MD5s side by side, in the lanes of the processor's vector
// registers. Where it has no AVX2 they are those of crypto/md5, at its speed. A Lanes
// is safe for concurrent use; it holds a goroutine and 1.5 MiB until it is closed.
type Lanes struct {
	mu     sync.Mutex
	server md5simd.Server // nil once it has ended
	// free lanes are lent again and never closed: md5-simd keeps a record of each
	// hasher that it made for good.
	free    []*lane
	lent    int
	closed  bool
	batches []*batch // free
}

// NewLanes starts lanes. Close them when the last stream is through.
func NewLanes() *Lanes { return &Lanes{server: md5simd.NewServer()} }

// New returns a set of which the MD5s are computed in lanes. Close gives the lanes back.
func (l *Lanes) New(wanted ...Wanted) (*Set, error) {
	s := &Set{lanes: l}
	if err := s.Reset(wanted...); err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends the lanes once the last open stream is closed. It may be repeated.
func (l *Lanes) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.end()
	return nil
}

// lend wants the lock.
func (l *Lanes) lend() hash.Hash {
	if l.closed {
		return md5.New()
	}
	l.lent++
	last := len(l.free) - 1
	if last < 0 {
		return &lane{hasher: l.server.NewHash()}
	}
	h := l.free[last]
	l.free = l.free[:last]
	h.Reset()
	return h
}

// back wants the lock.
func (l *Lanes) back(h hash.Hash) {
	if own, ok := h.(*lane); ok {
		l.free = append(l.free, own)
		l.lent--
	}
	l.end()
}

// busy reports whether enough lanes are lent for them to be faster than crypto/md5.
func (l *Lanes) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lent >= fewest
}

// end wants the lock.
func (l *Lanes) end() {
	if l.closed && l.lent == 0 && l.server != nil {
		l.server.Close()
		l.server, l.free, l.batches = nil, nil, nil
	}
}
