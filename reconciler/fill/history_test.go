package fill_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
)

// history is a drive, and all that has ever been on it at the end of a run.
type history struct {
	*shelf
	dice *rand.Rand
	kept map[string]bool // contents
	puts int
}

// change has somebody work in the bucket.
func (h *history) change() {
	keys := []string{"a", "a/", "a/b", "a/b/", "a/b/c", "a//b", "b", "b-", "b/x", "b/x/y", "%", "%41", "\x01", "a\xff", "z"}
	for range h.dice.IntN(8) {
		key := keys[h.dice.IntN(len(keys))]
		h.puts++
		switch content, there := h.contents[[2]string{bucket, key}]; {
		case there && h.dice.IntN(3) == 0:
			h.remove(key)
		case there && h.dice.IntN(4) == 0:
			h.put(key, content) // again
		case key[len(key)-1] == '/' && h.dice.IntN(3) > 0:
			h.put(key, "")
		default:
			h.put(key, fmt.Sprintf("content %d of %q", h.puts, key))
		}
	}
}

// expectAll looks at what must be there when a copy has ended.
func (h *history) expectAll(ctx context.Context) {
	GinkgoHelper()
	b, err := bundle.Open(os.DirFS(h.dir))
	Expect(err).NotTo(HaveOccurred())
	files := h.files(bucket)
	want := map[string]string{}
	for e, err := range b.Population().Objects(ctx) {
		Expect(err).NotTo(HaveOccurred())
		content, there := h.contents[[2]string{bucket, e.Key}]
		Expect(there).To(BeTrue(), e.Key)
		if e.Kind == verify.KindMarker {
			Expect(filepath.Join(h.dir, e.Path)).To(BeADirectory())
			continue
		}
		want[e.Path[len(bucket)+1:]] = content
	}
	Expect(files).To(Equal(want))
	everything := slices.Collect(maps.Values(h.files(".")))
	for content := range h.kept {
		Expect(everything).To(ContainElement(content))
	}
}

// run fills the drive, and is cut now and then.
func (h *history) fillSomehow(ctx context.Context) {
	GinkgoHelper()
	for {
		d, o := h.order(ctx)
		for range 1 + h.dice.IntN(3) {
			h.effect = nil
			if h.dice.IntN(3) > 0 {
				h.effect = cutAt(new(int), 1+h.dice.IntN(15))
			}
			block := filepath.Join(h.dir, bundle.Dir, []string{".baseline.jsonl.gz.tmp", ".backup.json.tmp", ".SHA256SUMS.tmp", ".README.txt.tmp"}[h.dice.IntN(4)])
			if h.dice.IntN(4) == 0 {
				Expect(os.MkdirAll(filepath.Join(block, "x"), 0o755)).To(Succeed())
			}
			filled, err := h.filler.Fill(ctx, d, o)
			Expect(os.RemoveAll(block)).To(Succeed())
			if err == nil {
				h.expectWhole(ctx, d, filled)
				return
			}
		}
		if h.dice.IntN(2) == 0 {
			h.change() // and it is listed anew
		}
	}
}

var _ = DescribeTable("whatever happens, nothing is lost and all is there at the end", func(ctx context.Context, seed int) {
	h := &history{shelf: newShelf(), dice: rand.New(rand.NewPCG(uint64(seed), 1)), kept: map[string]bool{}}
	h.pull = ", prune: Extra"
	h.batch = 1 + h.dice.IntN(3)
	h.put("z", "the first")
	for run := range 8 {
		h.again(fmt.Sprint(run + 1))
		h.change()
		if len(h.contents) == 0 {
			h.put("z", "once more")
		}
		h.fillSomehow(ctx)
		h.expectAll(ctx)
		for _, content := range h.files(bucket) {
			h.kept[content] = true
		}
	}
}, func() (all []TableEntry) {
	for seed := range seeds {
		all = append(all, Entry(fmt.Sprint("seed ", seed), seed))
	}
	return all
}())

// seeds is how many histories there are; more were run when this was written.
const seeds = 10
