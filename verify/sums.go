package verify

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/cargomedia/s3export/verify/digest"
)

// bufferSize is what one read asks of the drive, in bytes.
const bufferSize = 1 << 20

// sums are checksums of one file.
type sums []digest.Sum

// of returns the checksum that was wanted; nil when it was not computed.
func (s sums) of(w digest.Wanted) []byte {
	for i := range s {
		if s[i].Wanted == w {
			return s[i].Raw
		}
	}
	return nil
}

// keep copies checksums that are good only until the next file.
func keep(all []digest.Sum) sums {
	own := make(sums, len(all))
	for i, s := range all {
		s.Raw = bytes.Clone(s.Raw)
		own[i] = s
	}
	return own
}

// wantedOf returns what is to be computed for all candidates, each thing once.
func wantedOf(candidates []*candidate, extra ...digest.Wanted) []digest.Wanted {
	var all []digest.Wanted
	add := func(w digest.Wanted) {
		for _, one := range all {
			if one == w {
				return
			}
		}
		all = append(all, w)
	}
	for _, one := range candidates {
		for _, t := range one.trials {
			add(t.wanted)
		}
	}
	if len(all) > 0 {
		for _, w := range extra {
			add(w)
		}
	}
	return all
}

func (s sums) sha256() string {
	if sum := s.of(digest.Wanted{Algorithm: digest.SHA256}); sum != nil {
		return hex.EncodeToString(sum)
	}
	return ""
}

// md5Of is the MD5 of checksums one after the other, as the ETag of a multipart upload
// is that of its parts.
func md5Of(sums [][]byte) []byte {
	all := md5.New()
	for _, s := range sums {
		all.Write(s)
	}
	return all.Sum(nil)
}

// readFault is a read error and where in the file it happened.
type readFault struct {
	offset, length int64
	err            error
}

func (f *readFault) Error() string { return fmt.Sprintf("reading at byte %d: %v", f.offset, f.err) }
func (f *readFault) Unwrap() error { return f.err }

// stream is one pass over a file.
type stream struct {
	file  io.ReaderAt
	from  int64
	size  int64 // to be read
	buf   []byte
	pace  pace
	spent time.Duration // in reads
	read  int64
}

// pace is asked before each read; it waits where the host is to be spared.
type pace func(ctx context.Context, bytes int) error

// into reads from start to end into w.
func (s *stream) into(ctx context.Context, w io.Writer, now func() time.Time) error {
	for s.read < s.size {
		want := min(int64(len(s.buf)), s.size-s.read)
		if err := s.pace(ctx, int(want)); err != nil {
			return err
		}
		begun := now()
		n, err := s.file.ReadAt(s.buf[:want], s.from+s.read)
		s.spent += now().Sub(begun)
		_, _ = w.Write(s.buf[:n]) // hashes do not fail
		s.read += int64(n)
		if int64(n) == want {
			continue
		}
		return &readFault{offset: s.from + s.read, length: faultLength(err, s.size-s.read), err: unexpected(err)}
	}
	return nil
}

// unexpected is why a read came to fewer bytes than there should be.
func unexpected(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// blockSize is what a read error concerns at least, as far as nobody says otherwise:
// the sector of today's drives and the block of their file systems.
const blockSize = 4096

// faultLength is how many bytes of the file a read error concerns.
func faultLength(err error, left int64) int64 {
	length := int64(blockSize)
	if e, ok := errors.AsType[interface {
		error
		BadBytes() int64
	}](err); ok {
		length = e.BadBytes()
	}
	return max(1, min(length, left))
}

// lookup is a file that may have to be read again; it is opened when that is so.
type lookup struct {
	file   io.ReaderAt
	buf    []byte
	opened io.Closer // by us
}

func (l *lookup) open(t Tree, e *Entry) (io.ReaderAt, error) {
	if l.buf == nil {
		l.buf = make([]byte, bufferSize)
	}
	if l.file != nil {
		return l.file, nil
	}
	file, err := t.Open(*e)
	if err != nil {
		return nil, err
	}
	l.file = file
	l.opened, _ = file.(io.Closer)
	return file, nil
}

func (l *lookup) close() {
	if l.opened != nil {
		_ = l.opened.Close() // it was only read from
	}
}
