package restore

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cargomedia/s3export/providers/s3"
)

// errCorrupt is the cause of the error about a file that is not what the object was.
var errCorrupt = errors.New("the drive does not hold what it ought to")

// errUnproven is the cause of the error about a file of which nothing says what it ought
// to be.
var errUnproven = errors.New("no checksum proves the file")

// bufferSize is how much of a file is read at once, in bytes.
const bufferSize = 1 << 20

// Reading is a file of the copy that is being read. It is for one goroutine at a time,
// but for ReadAt.
type Reading struct {
	item     Item
	file     io.ReaderAt
	content  io.ReaderAt // the same, no faster than is allowed
	unproven bool        // what nothing proves will do
	buffers  *sync.Pool

	proven bool // all of the following are known
	proof  Proof
	sum    [sha256.Size]byte
	layout layout
	pieces []s3.Piece // nil unless they were asked for
}

// prove reads the file, gives it to sink, and compares it with what the copy knows of it.
// Pieces are needed to send it.
func (r *Reading) prove(ctx context.Context, sink io.Writer, pieces bool) error {
	if r.proven && sink == nil && (r.pieces != nil || !pieces) {
		return nil
	}
	pieces = pieces || r.item.SHA256 == nil
	var err error
	if r.layout, err = r.lay(ctx, pieces); err != nil {
		return err
	}
	whole := sha256.New()
	var all []s3.Piece
	for _, p := range r.layout.pieces(r.item.Size) {
		from, to := r.file, []io.Writer{whole}
		if sink != nil {
			from, to = r.content, append(to, sink)
		}
		if err := r.read(ctx, &p, from, to, pieces); err != nil {
			return err
		}
		all = append(all, p)
	}
	whole.Sum(r.sum[:0])
	if pieces {
		r.pieces = all
	}
	if r.proof, err = r.judge(); err != nil {
		return err
	}
	r.proven = true
	return nil
}

// read reads one piece, and fills in its checksums.
func (r *Reading) read(ctx context.Context, p *s3.Piece, from io.ReaderAt, to []io.Writer, sums bool) error {
	part, md := sha256.New(), md5.New()
	if sums {
		to = append(to, md, part)
	}
	buffer := r.buffers.Get().(*[]byte)
	defer r.buffers.Put(buffer)
	for at := int64(0); at < p.Size; {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := (*buffer)[:min(int64(len(*buffer)), p.Size-at)]
		n, err := from.ReadAt(b, p.Offset+at)
		if n < len(b) {
			return r.short(p.Offset+at+int64(n), err)
		}
		for _, w := range to {
			if _, err := w.Write(b); err != nil {
				return err
			}
		}
		at += int64(n)
	}
	md.Sum(p.MD5[:0])
	part.Sum(p.SHA256[:0])
	return nil
}

func (r *Reading) short(at int64, err error) error {
	if errors.Is(err, io.EOF) || err == nil {
		return fmt.Errorf("%w: it ends after %d of %d bytes", errCorrupt, at, r.item.Size)
	}
	return err
}

// judge compares what was read with what is known.
func (r *Reading) judge() (Proof, error) {
	switch {
	case len(r.item.SHA256) == sha256.Size:
		if r.sum != [sha256.Size]byte(r.item.SHA256) {
			return NoProof, fmt.Errorf("%w: its SHA-256 is %x, and was %x when the copy was made", errCorrupt, r.sum, r.item.SHA256)
		}
		return BySHA256, nil
	case r.item.ETag != "" && r.etag() == r.item.ETag:
		return ByETag, nil
	case r.unproven:
		return NoProof, nil
	}
	return NoProof, fmt.Errorf("%w: no SHA-256 of it is known, and no MD5 of it is the ETag %q: it is rotten, or its object was encrypted with a KMS key", errUnproven, r.item.ETag)
}

// etag is the ETag that S3 gives to an object that is sent in these pieces.
func (r *Reading) etag() string {
	if !r.layout.multipart {
		if len(r.pieces) != 1 {
			return ""
		}
		return hex.EncodeToString(r.pieces[0].MD5[:])
	}
	all := md5.New()
	for i := range r.pieces {
		all.Write(r.pieces[i].MD5[:])
	}
	return fmt.Sprintf("%x-%d", all.Sum(nil), len(r.pieces))
}
