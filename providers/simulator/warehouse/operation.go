package warehouse

import (
	"iter"

	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/specs/manifest"
)

// selected yields the objects of an operation in key byte order: those with the
// prefix, after beginMarker and up to endMarker, endMarker itself included.
func selected(st *store.Store, o manifest.Operation) iter.Seq2[store.Object, error] {
	return func(yield func(store.Object, error) bool) {
		for object, err := range st.Objects(o.ExportBucket, o.Prefix, o.BeginMarker) {
			if err == nil && o.EndMarker != "" && object.Key > o.EndMarker {
				return
			}
			if !yield(object, err) {
				return
			}
		}
	}
}
