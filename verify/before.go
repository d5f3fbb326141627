package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"strings"
	"time"

	"github.com/cargomedia/s3export/verify/spill"
)

// zip walks records that are sorted by path beside something else that is.
type zip struct {
	next func() ([]byte, error, bool)
	stop func()
	path string
	rest unpacker
	ok   bool
	err  error
}

func newZip(records iter.Seq2[[]byte, error]) *zip {
	z := &zip{}
	z.next, z.stop = iter.Pull2(records)
	z.advance()
	return z
}

func (z *zip) advance() {
	record, err, ok := z.next()
	z.ok, z.err = ok && err == nil, err
	if z.ok {
		z.rest = unpacker{rest: record}
		z.path = z.rest.str()
	}
}

// to goes on to the path and reports whether there is a record of it. Paths come in
// order.
func (z *zip) to(path string) bool {
	for z.ok && strings.Compare(z.path, path) < 0 {
		z.advance()
	}
	return z.ok && z.path == path
}

// before is what an interrupted run has found.
type before struct {
	sorter *spill.Sorter
	zip    *zip
}

func newBefore(ctx context.Context, sorter *spill.Sorter) *before {
	return &before{sorter: sorter, zip: newZip(sorter.Sorted(ctx))}
}

// rewind goes back to the first path.
func (b *before) rewind(ctx context.Context) {
	if b != nil {
		b.zip.stop()
		b.zip = newZip(b.sorter.Sorted(ctx))
	}
}

func (b *before) close() {
	if b != nil {
		b.zip.stop()
	}
}

// result returns what is known of a unit, if it is the same as it was then and the source
// has answered. Units come in the order of paths.
func (b *before) result(one item) (result, bool) {
	if b == nil || one.unit.entry.Mounted {
		return result{}, false
	}
	digest := one.unit.digest()
	for b.zip.to(one.unit.path()) {
		u := b.zip.rest
		same := u.str() == digest
		res := result{item: one}
		res.read, res.spent = u.num(), time.Duration(u.num())
		res.finding = u.finding()
		if same && u.err() == nil && !res.finding.Reason.Unanswered() {
			return res, true
		}
		b.zip.advance()
	}
	return result{}, false
}

// digest names the states of a unit and the file that is compared with them.
func (u *unit) digest() string {
	var p packer
	for i := range u.states {
		p.expected(&u.states[i])
	}
	p.num(u.entry.Size)
	p.time(u.entry.ModTime)
	p.num(int64(u.entry.Inode))
	sum := sha256.Sum256(p)
	return hex.EncodeToString(sum[:16])
}

func (res *result) note() note {
	return note{Unit: res.item.unit.digest(), Finding: &res.finding, Read: res.read, Nanos: int64(res.spent)}
}
