package verify

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
)

// bufferSize is what one read asks of the drive, in bytes.
const bufferSize = 1 << 20

// layout is how an object was uploaded: parts of size bytes each, the last one
// takes what is left. No parts: a single upload.
type layout struct {
	parts int
	size  int64
}

// even reports whether all parts but the last can be of one size.
func (l layout) even(total int64) bool {
	if l.size <= 0 {
		return false
	}
	return (total+l.size-1)/l.size == int64(l.parts)
}

// possible reports whether the parts before the last fit into the object.
func (l layout) possible(total int64) bool {
	return l.size > 0 && int64(l.parts-1)*l.size < total
}

// digest computes an ETag from bytes that are written to it in order.
type digest struct {
	layout layout
	part   hash.Hash
	whole  hash.Hash // of the parts' MD5s; nil for a single upload
	left   int64     // bytes until this part ends
	number int       // of this part, from 1
}

func newDigest(l layout) *digest {
	d := &digest{layout: l, part: md5.New(), number: 1}
	if l.parts > 0 {
		d.whole, d.left = md5.New(), l.size
	}
	return d
}

func (d *digest) write(p []byte) {
	for d.whole != nil && d.number < d.layout.parts && int64(len(p)) >= d.left {
		d.part.Write(p[:d.left])
		p = p[d.left:]
		d.endPart()
		d.left = d.layout.size
		d.number++
	}
	d.part.Write(p)
	d.left -= int64(len(p))
}

func (d *digest) endPart() {
	d.whole.Write(d.part.Sum(nil))
	d.part.Reset()
}

func (d *digest) etag() string {
	if d.whole == nil {
		return hex.EncodeToString(d.part.Sum(nil))
	}
	d.endPart()
	return hex.EncodeToString(d.whole.Sum(nil)) + "-" + strconv.Itoa(d.layout.parts)
}

// readFault is a read error and where in the file it happened.
type readFault struct {
	offset int64
	err    error
}

func (f *readFault) Error() string { return fmt.Sprintf("reading at byte %d: %v", f.offset, f.err) }
func (f *readFault) Unwrap() error { return f.err }

// readInto reads the file once, from start to end, into all digests. buf is lent by
// the caller; done is told of each read.
func readInto(ctx context.Context, file io.ReaderAt, size int64, w feed) error {
	for offset := int64(0); offset < size; {
		if err := ctx.Err(); err != nil {
			return err
		}
		want := min(int64(len(w.buf)), size-offset)
		n, err := file.ReadAt(w.buf[:want], offset)
		for _, d := range w.digests {
			d.write(w.buf[:n])
		}
		offset += int64(n)
		w.done(int64(n))
		if int64(n) == want {
			continue
		}
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return &readFault{offset: offset, err: err}
	}
	return nil
}

type feed struct {
	buf     []byte
	digests []*digest
	done    func(bytes int64)
}
