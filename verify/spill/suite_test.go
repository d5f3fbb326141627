package spill_test

import (
	"bytes"
	"context"
	"iter"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify/spill"
)

func TestSpill(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "spill")
}

// kept is what a Sorter and a Spool have in common.
type kept interface {
	Add(record []byte) error
	Spilled() int64
	Close() error
}

func records(seq iter.Seq2[[]byte, error]) (all [][]byte, err error) {
	for record, e := range seq {
		if e != nil {
			return all, e
		}
		all = append(all, bytes.Clone(record))
	}
	return all, nil
}

// drain reads both kinds alike.
func drain(k kept) ([][]byte, error) {
	if s, ok := k.(*spill.Sorter); ok {
		return records(s.Sorted(context.Background()))
	}
	return records(k.(*spill.Spool).Records(context.Background()))
}

// byFirst orders by the first byte, so that many records are equal.
func byFirst(a, b []byte) int { return bytes.Compare(a[:min(1, len(a))], b[:min(1, len(b))]) }
