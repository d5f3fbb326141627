package verify

import (
	"bytes"
	"context"
	"iter"

	"github.com/cargomedia/s3export/verify/spill"
)

// Register is a listing that somebody has written down, such as an S3 Inventory, brought
// into the order of keys. Add everything, then use Source. Close it after use.
type Register struct {
	sorter *spill.Sorter
	record packer
}

// NewRegister returns an empty register that keeps temporary files in dir; empty: the
// system's.
func NewRegister(dir string) *Register { return &Register{sorter: newSorter(dir, bytes.Compare)} }

// Close removes what was kept.
func (r *Register) Close() { _ = r.sorter.Close() }

// Add takes in an object. Of two with the same bucket and key either may be used.
func (r *Register) Add(o Object) error {
	name := nameKey(o.Bucket, o.Key)
	r.record = append(r.record[:0], name...)
	r.record = append(r.record, 0, 0)
	at := len(r.record)
	r.record.expected(&Expected{Object: o})
	r.record.trailer(at)
	return r.sorter.Add(r.record)
}

// nameKey makes bytes that sort as bucket and key do: a zero byte is written as 0 1, and
// the end of a name as 0 0.
func nameKey(bucket, key string) []byte {
	escape := func(s string) []byte { return bytes.ReplaceAll([]byte(s), []byte{0}, []byte{0, 1}) }
	return append(append(escape(bucket), 0, 0), escape(key)...)
}

// trailer notes where the packed part of a record begins.
func (p *packer) trailer(at int) {
	*p = append(*p, byte(at>>24), byte(at>>16), byte(at>>8), byte(at))
}

func unpackObject(record []byte) (Object, error) {
	end := len(record) - 4
	if end < 0 {
		return Object{}, errPacked
	}
	at := int(record[end])<<24 | int(record[end+1])<<16 | int(record[end+2])<<8 | int(record[end+3])
	if at > end {
		return Object{}, errPacked
	}
	u := unpacker{rest: record[at:end]}
	e := u.expected()
	return e.Object, u.err()
}

// objects yields what was added, each bucket and key once.
func (r *Register) objects(ctx context.Context) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		var last Object
		some := false
		for record, err := range r.sorter.Sorted(ctx) {
			var o Object
			if err == nil {
				o, err = unpackObject(record)
			}
			if err == nil && some && o.Bucket == last.Bucket && o.Key == last.Key {
				continue
			}
			last, some = o, true
			if !yield(o, err) || err != nil {
				return
			}
		}
	}
}

// Source returns src, with the register in place of its listing.
func (r *Register) Source(src Source) Source { return registered{src, r} }

type registered struct {
	Source
	register *Register
}

// List implements Source.
func (r registered) List(ctx context.Context, in Range, yield func(Object) error) error {
	for o, err := range r.register.objects(ctx) {
		if err != nil {
			return err
		}
		if o.Bucket != in.Bucket || !in.selects(o.Key) {
			continue
		}
		if err := yield(o); err != nil {
			return err
		}
	}
	return nil
}

// listedBy returns where the ETags of a source's listing come from.
func listedBy(src Source) Witness {
	switch src := src.(type) {
	case testified:
		return listedBy(src.Source)
	case registered:
		return WitnessInventory
	}
	return WitnessETag
}

// Testimony returns src, with what the register knows of the content of objects put into
// its listing. It is used of an object whose ETag is the register's: what is told without
// one may be of what was there before.
func (r *Register) Testimony(src Source) Source { return testified{src, r} }

type testified struct {
	Source
	register *Register
}

// List implements Source.
func (t testified) List(ctx context.Context, in Range, yield func(Object) error) error {
	next, stop := iter.Pull2(t.register.objects(ctx))
	defer stop()
	told, err, ok := next()
	return t.Source.List(ctx, in, func(o Object) error {
		name := nameKey(in.Bucket, o.Key)
		for ok && err == nil && bytes.Compare(nameKey(told.Bucket, told.Key), name) < 0 {
			told, err, ok = next()
		}
		if err != nil {
			return err
		}
		if ok && told.Bucket == in.Bucket && told.Key == o.Key && told.ETag == o.ETag && o.ETag != "" {
			o.Known = told.Known
		}
		return yield(o)
	})
}
