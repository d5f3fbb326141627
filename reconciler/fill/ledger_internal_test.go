package fill

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
)

// book is a drive with a ledger.
type book struct {
	dir  string
	root *os.Root
}

func newBook() *book {
	GinkgoHelper()
	b, err := openBook(Scratch(GinkgoTB()))
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(b.root.Close)
	return b
}

func openBook(dir string) (*book, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &book{dir, root}, root.MkdirAll(bundle.Dir, 0o755)
}

// session adds paths as entries of a size, and ends.
func (b *book) session(of string, size int64, paths ...string) {
	GinkgoHelper()
	l, err := openLedger(b.root, of)
	Expect(err).NotTo(HaveOccurred())
	Expect(l.add(lines(size, paths...))).To(Succeed())
	Expect(l.close()).To(Succeed())
}

func lines(size int64, paths ...string) []entry {
	var all []entry
	for _, p := range paths {
		all = append(all, entry{Expected: verify.Expected{Path: p, Object: verify.Object{Bucket: "b", Key: p, Size: size, LastModified: time.Unix(0, 0).UTC()}}})
	}
	return all
}

// newest returns the size of the newest line of each path that is found in order.
func (b *book) newest(of string, ours bool, paths ...string) (map[string]int64, error) {
	l, err := openLedger(b.root, of)
	if err != nil {
		return nil, err
	}
	all := l.cursors(ours)
	defer all.stop()
	found := map[string]int64{}
	for _, p := range slices.Sorted(slices.Values(paths)) {
		if e, ok := all.to(p); ok {
			found[p] = e.Size
		}
	}
	return found, all.err()
}

func (b *book) files() int {
	all, _ := filepath.Glob(filepath.Join(b.dir, ledgerName(0)[:len(ledgerName(0))-len("0.jsonl")]+"*"))
	return len(all)
}

var _ = Describe("the ledger", func() {
	var b *book
	BeforeEach(func() { b = newBook() })

	It("goes on in one file while objects come in order", func() {
		for i := range 200 {
			b.session("x", int64(i), fmt.Sprintf("%03d", i))
		}
		Expect(b.files()).To(Equal(1))
		Expect(b.newest("x", true, "000", "123", "199", "200")).To(Equal(map[string]int64{"000": 0, "123": 123, "199": 199}))
	})

	It("knows the newest line of 200 sessions that begin anew", func() {
		for i := range 200 {
			b.session("x", int64(i), "a", "b", fmt.Sprintf("c%03d", i))
		}
		Expect(b.files()).To(Equal(200))
		Expect(b.newest("x", true, "a", "b", "c007", "d")).To(Equal(map[string]int64{"a": 199, "b": 199, "c007": 7}))
	})

	It("begins another file where one session is out of order", func() {
		b.session("x", 1, "b", "c", "a", "d")
		Expect(b.files()).To(Equal(2))
		Expect(b.newest("x", true, "a", "b", "c", "d")).To(HaveLen(4))
	})

	It("believes no line that was not ended, and goes on behind those that were", func() {
		b.session("x", 1, "a", "b")
		file := filepath.Join(b.dir, ledgerName(0))
		text, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		for cut := range text {
			Expect(os.WriteFile(file, text[:len(text)-cut], 0o644)).To(Succeed())
			whole := strings.Count(string(text[:len(text)-cut]), "\n") - 1
			found, err := b.newest("x", true, "a", "b", "c")
			Expect(err).NotTo(HaveOccurred())
			Expect(found).To(HaveLen(max(whole, 0)))
			b.session("x", 2, "c")
			Expect(b.newest("x", true, "a", "b", "c")).To(And(HaveLen(max(whole, 0)+1), HaveKeyWithValue("c", int64(2))), fmt.Sprint(cut))
			Expect(os.RemoveAll(filepath.Join(b.dir, ledgerName(1)))).To(Succeed())
		}
	})

	It("passes over a line that has rotted", func() {
		b.session("x", 1, "a", "b", "c")
		file := filepath.Join(b.dir, ledgerName(0))
		text, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		at := strings.Split(string(text), "\n")
		at[2] = "\x00" + at[2][1:]
		Expect(os.WriteFile(file, []byte(strings.Join(at, "\n")), 0o644)).To(Succeed())
		Expect(b.newest("x", true, "a", "b", "c")).To(HaveLen(2))
		b.session("x", 2, "b")
		Expect(b.newest("x", true, "a", "b", "c")).To(Equal(map[string]int64{"a": 1, "b": 2, "c": 1}))
	})

	It("tells its own copy from others, and is removed as a whole", func() {
		b.session("x", 1, "a", "b")
		b.session("y", 2, "a", "c")
		b.session("x", 3, "c")
		Expect(b.newest("x", true, "a", "b", "c")).To(Equal(map[string]int64{"a": 1, "b": 1, "c": 3}))
		Expect(b.newest("x", false, "a", "b", "c")).To(Equal(map[string]int64{"a": 2, "c": 2}))
		Expect(b.newest("z", true, "a", "b", "c")).To(BeEmpty())
		l, err := openLedger(b.root, "z")
		Expect(err).NotTo(HaveOccurred())
		Expect(l.drop()).To(Succeed())
		Expect(b.files()).To(BeZero())
	})

	It("keeps keys that are no text", func() {
		b.session("x", 1, "b/\xff", "b/\xff\x00")
		Expect(b.newest("x", true, "b/\xff", "b/\xff\x00")).To(HaveLen(2))
	})

	It("may add again what could not be written", func() {
		l, err := openLedger(b.root, "x")
		Expect(err).NotTo(HaveOccurred())
		Expect(l.add(lines(1, "a"))).To(Succeed())
		out := l.out
		l.out, err = os.Open(out.Name()) // nothing can be written to it
		Expect(err).NotTo(HaveOccurred())
		Expect(l.add(lines(1, "b", "c"))).NotTo(Succeed())
		l.out = out
		Expect(l.add(lines(2, "b", "c"))).To(Succeed())
		Expect(l.close()).To(Succeed())
		Expect(b.newest("x", true, "a", "b", "c")).To(Equal(map[string]int64{"a": 1, "b": 2, "c": 2}))
	})
})

func TestLedgerProperty(t *testing.T) {
	dir := Scratch(t)
	names := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("ab/%")), 1, 4, -1), 1, 8)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		b, err := openBook(filepath.Join(dir, "drive"))
		if err != nil {
			if err = os.Mkdir(filepath.Join(dir, "drive"), 0o755); err == nil {
				b, err = openBook(filepath.Join(dir, "drive"))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(filepath.Join(dir, "drive"))
		defer b.root.Close()
		want := map[string]int64{}
		for i := range rapid.IntRange(1, 6).Draw(t, "sessions") {
			l, err := openLedger(b.root, "x")
			if err != nil {
				t.Fatal(err)
			}
			for range rapid.IntRange(1, 3).Draw(t, "batches") {
				paths := names.Draw(t, "paths")
				if err := l.add(lines(int64(i*10), paths...)); err != nil {
					t.Fatal(err)
				}
				for _, p := range paths {
					want[p] = int64(i * 10)
				}
			}
			if err := l.close(); err != nil {
				t.Fatal(err)
			}
		}
		found, err := b.newest("x", true, slices.Collect(maps.Keys(want))...)
		if err != nil || !maps.Equal(found, want) {
			t.Fatalf("%v, want %v: %v", found, want, err)
		}
	})
}
