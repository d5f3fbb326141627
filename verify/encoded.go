package verify

import (
	"bytes"
	"context"
	"iter"

	"github.com/cargomedia/s3export/verify/keyname"
	"github.com/cargomedia/s3export/verify/spill"
)

// encoded yields the objects of encoded ranges in the order of a baseline. Names are given
// in the order of keys, which is not that of paths, and all ranges of a directory share
// them. So the whole listing is sorted, outside of memory.
func encoded(ctx context.Context, src Source, ranges []Range) iter.Seq2[Expected, error] {
	return func(yield func(Expected, error) bool) {
		sorter := newSorter("", byLine)
		defer func() { _ = sorter.Close() }()
		for _, group := range byDirectory(ranges) {
			if err := name(merged(ctx, src, group), group[0].Directory, sorter); err != nil {
				yield(Expected{}, err)
				return
			}
		}
		for record, err := range sorter.Sorted(ctx) {
			var e Expected
			if err == nil {
				u := unpacker{rest: record}
				e = u.expected()
				err = u.err()
			}
			if !yield(e, temporary(err)) || err != nil {
				return
			}
		}
	}
}

// name gives the objects of one bucket and directory their paths.
func name(objects iter.Seq2[Expected, error], directory string, sorter *spill.Sorter) error {
	var namer keyname.Namer
	var record packer
	for e, err := range objects {
		if err != nil {
			return err
		}
		path, dir := namer.Path(e.Key, e.Size)
		if dir {
			path += "/"
		}
		e.Path = pathIn(directory, path)
		record = record[:0]
		record.expected(&e)
		if err := sorter.Add(record); err != nil {
			return temporary(err)
		}
	}
	return nil
}

// byLine is the order of a baseline, of packed lines.
func byLine(a, b []byte) int {
	x, y := unpacker{rest: a}, unpacker{rest: b}
	for range 3 { // path, bucket, key
		if c := bytes.Compare(x.bytes(), y.bytes()); c != 0 {
			return c
		}
	}
	return 0
}
