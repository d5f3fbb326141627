package fill_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"os"
	"path"
	"runtime"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler/fill"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// many is a source of so many objects that are all alike.
type many struct {
	verify.Source
	objects int
}

// List implements verify.Source.
func (m many) List(_ context.Context, r verify.Range, yield func(verify.Object) error) error {
	for i := range m.objects {
		o := verify.Object{Bucket: r.Bucket, Key: fmt.Sprintf("%03d/%06d.jpg", i/1000, i), Size: 1, ETag: "e", LastModified: alike}
		if err := yield(o); err != nil {
			return err
		}
	}
	return nil
}

// Head implements verify.Source: a survey looks at some.
func (many) Head(context.Context, verify.Object, verify.Ask) (verify.Head, error) {
	return verify.Head{}, nil
}

var alike = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)

// linker is a fill.Copier whose files are links to a few.
type linker struct {
	heap    *heap
	fetched *int
}

// Copy implements fill.Copier.
func (l linker) Copy(_ context.Context, root *os.Root, items iter.Seq2[providers.Item, error], keep func([]providers.Copied) error) error {
	var batch []providers.Copied
	first, dir := "", ""
	for item, err := range items {
		if err != nil {
			return err
		}
		if d := path.Dir(item.Path); d != dir {
			if err := root.MkdirAll(d, 0o755); err != nil {
				return err
			}
			dir = d
		}
		if *l.fetched%50_000 == 0 { // ext4 takes 65,000 links
			first = item.Path
			err = root.WriteFile(first, []byte("x"), 0o644)
			if err == nil {
				err = root.Chtimes(first, alike, alike)
			}
		} else {
			err = root.Link(first, item.Path)
		}
		if err != nil {
			return err
		}
		*l.fetched++
		if batch = append(batch, providers.Copied{Item: item, SHA256: sha256.Sum256(nil)}); len(batch) == 1000 {
			if err := keep(batch); err != nil {
				return err
			}
			batch = batch[:0]
			l.heap.look()
		}
	}
	return keep(batch)
}

// heap looks at what is held.
type heap struct{ begin, most uint64 }

func (h *heap) look() {
	var now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&now)
	if h.begin == 0 {
		h.begin = now.HeapAlloc
	}
	h.most = max(h.most, now.HeapAlloc)
}

var _ = It("holds little of many objects", Label("memory"), func(ctx context.Context) {
	const objects, most = 20_000, 2 << 20 // 200,000 take the same
	s := newStation(many{objects: objects})
	fetched := 0
	h := &heap{}
	s.filler.Copier = func(specs.Document, fill.Hooks) fill.Copier { return linker{h, &fetched} }
	s.pull = ", prune: Extra"
	d, o := s.order(ctx)
	h.look()
	filled, err := s.filler.Fill(ctx, d, o)
	Expect(err).NotTo(HaveOccurred())
	Expect(filled.Load.Copied.Fetched).To(BeEquivalentTo(objects))
	h.look()
	filled, err = s.filler.Fill(ctx, d, o)
	Expect(err).NotTo(HaveOccurred())
	Expect(filled.Baseline.Objects).To(BeEquivalentTo(objects))
	Expect(fetched).To(Equal(objects), "nothing is fetched twice")
	h.look()
	Expect(h.most - h.begin).To(BeNumerically("<", most))
})
