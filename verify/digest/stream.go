package digest

import (
	"crypto/md5"
	"hash"
)

// Stream is an MD5 of [Lanes]. It is for one goroutine at a time.
type Stream struct {
	lanes *Lanes
	lane  hash.Hash // nil once it was given back
	alone hash.Hash // crypto/md5; nil until it is needed
	now   hash.Hash // which of them has the content; nil before its first byte
}

// NewStream returns an MD5 whose bytes are hashed together with those of the other
// streams that are written to meanwhile, from goroutines of their own or by
// [Interleave]. A content that begins while fewer than six streams are open is hashed
// by crypto/md5, as all is in lanes that are closed. Close it.
func (l *Lanes) NewStream() *Stream {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &Stream{lane: l.lend(), lanes: l}
}

// Size is that of an MD5, 16 bytes.
func (s *Stream) Size() int { return md5.Size }

// BlockSize is that of an MD5, 64 bytes.
func (s *Stream) BlockSize() int { return md5.BlockSize }

// Write adds bytes. It never fails.
func (s *Stream) Write(p []byte) (int, error) {
	if s.now == nil {
		s.begin()
	}
	return s.now.Write(p)
}

// Sum appends the sum of what was written, and changes nothing.
func (s *Stream) Sum(b []byte) []byte {
	if s.now == nil {
		s.begin()
	}
	return s.now.Sum(b)
}

// Reset forgets what was written.
func (s *Stream) Reset() {
	if s.now != nil {
		s.now.Reset()
		s.now = nil
	}
}

func (s *Stream) begin() {
	if s.now = s.lane; s.lanes.busy() {
		return
	}
	if s.alone == nil {
		s.alone = md5.New()
	}
	s.now = s.alone
}

// Close gives the lane back. It may be repeated; nothing else may follow.
func (s *Stream) Close() error {
	s.lanes.mu.Lock()
	defer s.lanes.mu.Unlock()
	if s.lane != nil {
		s.lanes.back(s.lane)
		s.lane, s.alone, s.now = nil, nil, nil
	}
	return nil
}

// Interleave writes each buffer to the stream of the same index, a piece of each in
// turn: one goroutine keeps all lanes busy so. For the parts of one object, of which
// the caller has read some bytes each. There are as many streams as buffers.
func Interleave(streams []*Stream, buffers [][]byte) {
	for at, more := 0, true; more; at += piece {
		more = false
		for i, s := range streams {
			more = feed(s, buffers[i], at) || more
		}
	}
}

// feed writes the piece at an offset, and reports whether there is one behind it.
func feed(h hash.Hash, buffer []byte, at int) bool {
	if at >= len(buffer) {
		return false
	}
	end := min(at+piece, len(buffer))
	_, _ = h.Write(buffer[at:end]) // a hash never fails
	return end < len(buffer)
}
