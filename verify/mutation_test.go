package verify_test

import (
	"bytes"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

// A mutation damages the file "photos/m" and names what must be found.
type mutation struct {
	name string
	do   func(files map[string][]byte)
	want string
}

const victim, neighbor = "photos/m", "photos/n"

func flip(at func(n int) int) func(map[string][]byte) {
	return func(f map[string][]byte) {
		c := bytes.Clone(f[victim])
		c[at(len(c))] ^= 0x10
		f[victim] = c
	}
}

func move(to string) func(map[string][]byte) {
	return func(f map[string][]byte) { f[to] = f[victim]; delete(f, victim) }
}

var mutations = []mutation{
	{"first bit", flip(func(int) int { return 0 }), "photos/m differ ContentDiffers"},
	{"middle bit", flip(func(n int) int { return n / 2 }), "photos/m differ ContentDiffers"},
	{"last bit", flip(func(n int) int { return n - 1 }), "photos/m differ ContentDiffers"},
	{"truncated by one", func(f map[string][]byte) { f[victim] = f[victim][:len(f[victim])-1] }, "photos/m differ SizeDiffers"},
	{"emptied", func(f map[string][]byte) { f[victim] = nil }, "photos/m differ SizeDiffers"},
	{"extended by one", func(f map[string][]byte) { f[victim] = append(bytes.Clone(f[victim]), 0) }, "photos/m differ SizeDiffers"},
	{"zeroed", func(f map[string][]byte) { f[victim] = make([]byte, len(f[victim])) }, "photos/m differ ContentDiffers"},
	{"a block zeroed", func(f map[string][]byte) {
		c := bytes.Clone(f[victim])
		clear(c[len(c)/4 : len(c)/2])
		f[victim] = c
	}, "photos/m differ ContentDiffers"},
	{"swapped with a neighbor", func(f map[string][]byte) { f[victim], f[neighbor] = f[neighbor], f[victim] },
		"photos/m differ ContentDiffers, photos/n differ ContentDiffers"},
	{"missing", func(f map[string][]byte) { delete(f, victim) }, "photos/m missingOnDevice NotThere"},
	{"renamed", move("photos/zz"), "photos/m missingOnDevice NotThere, photos/zz extra Unknown"},
	{"wrong case", move("photos/M"), "photos/M extra Unknown, photos/m missingOnDevice NotThere"},
	{"in another directory", move("photos/d/m"), "photos/d/m extra Unknown, photos/m missingOnDevice NotThere"},
	{"extra", func(f map[string][]byte) { f["photos/m-"] = []byte("x") }, "photos/m- extra Unknown"},
	{"nothing", func(map[string][]byte) {}, ""},
}

func content(tag string, n int) []byte {
	return []byte(strings.Repeat(fmt.Sprintf("<%s %d>", tag, n), n)[:n])
}

var _ = Describe("damage", func() {
	for _, upload := range []string{"single", "multipart"} {
		for _, m := range mutations {
			It(fmt.Sprintf("is found: %s, %s upload", m.name, upload), func() {
				l := newLoad()
				for i := range 30 {
					l.both(fmt.Sprintf("d/%d", i), fmt.Sprintf("other %d", i))
				}
				for _, key := range []string{"m", "n"} {
					c := content(key, 5000)
					if upload == "multipart" {
						putParts(key, string(c), []int{2048, 2048, 904})(l)
					} else {
						put(key, string(c))(l)
					}
					l.tree.Files["photos/"+key] = c
				}
				closed := l.end(l.start())
				m.do(l.tree.Files)
				report := run(l.request(population(closed)))
				var got []string
				for _, f := range report.Findings {
					got = append(got, fmt.Sprintf("%s %s %s", f.Path, f.Outcome, f.Reason))
				}
				Expect(strings.Join(got, ", ")).To(Equal(m.want))
				if m.want == "" || strings.HasSuffix(m.want, "m- extra Unknown") {
					Expect(report.Verdict()).To(Equal(verify.Pass))
				} else {
					Expect(report.Verdict()).To(Equal(verify.Fail))
				}
			})
		}
	}
})
