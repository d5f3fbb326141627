package verify

import (
	"context"
	"iter"

	"github.com/cargomedia/s3export/verify/digest"
)

// expecting is a Source that counts what it is asked, and answers as the listing lets
// expect.
type expecting struct {
	heads map[string]int64 // by storage class
}

// List implements Source.
func (e *expecting) List(context.Context, Range, func(Object) error) error { return nil }

// Head implements Source.
func (e *expecting) Head(_ context.Context, o Object, a Ask) (Head, error) {
	e.heads[o.StorageClass]++
	h := Head{}
	tag := parseETag(o.ETag)
	if a.Part > 0 {
		h.Parts, h.PartSize = tag.parts, o.Size
		if sizes := digest.Candidates(o.Size, max(tag.parts, 1)); len(sizes) > 0 {
			h.PartSize = sizes[0]
		}
	}
	if a.Checksums && o.Stored.Computable() {
		h.Checksums = []Checksum{{Algorithm: o.Stored, Composite: o.Composite, Sum: make([]byte, 1)}}
	}
	return h, nil
}

// Parts implements Source.
func (e *expecting) Parts(context.Context, Object) ([]Part, error) { return nil, ErrNotSupported }

// Versions implements Source.
func (e *expecting) Versions(context.Context, Object) ([]Object, error) {
	return nil, ErrNotSupported
}

// counting counts what a population yields.
func counting(objects func(context.Context) iter.Seq2[Expected, error], n *int64) func(context.Context) iter.Seq2[Expected, error] {
	return func(ctx context.Context) iter.Seq2[Expected, error] {
		*n = 0 // of the last walk
		return func(yield func(Expected, error) bool) {
			for e, err := range objects(ctx) {
				*n++
				if !yield(e, err) {
					return
				}
			}
		}
	}
}
