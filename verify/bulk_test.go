package verify_test

import (
	"context"
	"fmt"
	"io"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

// backwardsTree is a drive on which the files lie in the opposite order of their names.
type backwardsTree struct {
	verify.Tree
	read []verify.Entry
}

func (t *backwardsTree) Walk(ctx context.Context, root string, yield func(verify.Entry) error) error {
	place := int64(1 << 40)
	return t.Tree.Walk(ctx, root, func(e verify.Entry) error {
		if e.Regular {
			place -= 1 << 20
			e.Place, e.Map = place, "\x00\xff of "+e.Path
		}
		return yield(e)
	})
}

func (t *backwardsTree) ReadFiles(ctx context.Context, entries []verify.Entry, yield func(verify.Entry, io.ReaderAt, error) error) error {
	for _, e := range entries {
		t.read = append(t.read, e)
		file, err := t.Open(e)
		if err := yield(e, file, err); err != nil {
			return err
		}
	}
	return ctx.Err()
}

var _ = Describe("a tree that reads many files at once", func() {
	It("gets them in the order of the device, each with its map", func() {
		l := newLoad()
		for i := range 3000 {
			l.both(fmt.Sprintf("2026/%04d", i), fmt.Sprint("content ", i))
		}
		tree := &backwardsTree{Tree: l.tree}
		r := l.request(l.live())
		r.Tree = tree
		Expect(run(r).Sentence()).To(ContainSubstring("content of all 3,000 compared, 0 bad"))
		Expect(tree.read).To(HaveLen(3000))
		last := int64(-1)
		for _, e := range tree.read {
			Expect(e.Place).To(BeNumerically(">", last))
			Expect(e.Map).To(Equal("\x00\xff of " + e.Path))
			last = e.Place
		}
	})
})
