package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

func TestVerify(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "verify")
}

// The times of every test: the job is made, the load ends, the drive is verified.
var (
	longAgo   = time.Date(2026, 8, 1, 9, 0, 0, 0, time.UTC)
	during    = time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	loadEnded = time.Date(2026, 11, 5, 9, 0, 0, 0, time.UTC)
	afterLoad = time.Date(2026, 11, 9, 9, 0, 0, 0, time.UTC)
	verified  = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
)

// load is a bucket before and after a load, and the drive that came back.
type load struct {
	src    *fake.Source
	tree   *fake.Tree
	ranges []verify.Range
}

func newLoad() *load {
	return &load{src: fake.NewSource(), tree: fake.NewTree(map[string][]byte{}),
		ranges: []verify.Range{{Bucket: "photos", Directory: "photos"}}}
}

// both puts an object and its copy.
func (l *load) both(key, content string) {
	l.src.Put("photos", key, []byte(content), fake.Modified(longAgo))
	l.tree.Files["photos/"+key] = []byte(content)
}

func (l *load) start() []byte {
	GinkgoHelper()
	var out bytes.Buffer
	_, _, err := verify.TakeBaseline(context.Background(), l.src, l.ranges, &out, nil)
	Expect(err).NotTo(HaveOccurred())
	return out.Bytes()
}

func (l *load) end(start []byte) []byte {
	GinkgoHelper()
	var out bytes.Buffer
	_, err := verify.CloseBaseline(context.Background(), bytes.NewReader(start), l.live(), &out, nil)
	Expect(err).NotTo(HaveOccurred())
	return out.Bytes()
}

func population(baseline []byte) verify.Population {
	GinkgoHelper()
	b, err := verify.OpenBaseline(bytes.NewReader(baseline))
	Expect(err).NotTo(HaveOccurred())
	return b.Population()
}

func (l *load) live() verify.Population { return livePopulation(l.src, l.ranges) }

func livePopulation(src verify.Source, ranges []verify.Range) verify.Population {
	p, err := verify.Live(src, ranges)
	if err != nil {
		panic(err)
	}
	return p
}

func (l *load) request(p verify.Population) verify.Request {
	return verify.Request{
		Tree: l.tree, Source: l.src, Population: p, LoadEnded: loadEnded,
		Draw:    verify.Draw{All: true, Seed: verify.Seed{1, 2, 3}},
		Layout:  verify.DefaultLayout(),
		About:   verify.About{Subject: verify.Subject{Tool: "s3export test", Backup: "photos-a"}, Attempt: 1},
		Runtime: verify.Runtime{Now: func() time.Time { return verified }},
	}
}

func run(r verify.Request) verify.Report {
	GinkgoHelper()
	report, err := verify.Run(context.Background(), r)
	Expect(err).NotTo(HaveOccurred())
	conserved(report)
	return report
}

// conserved checks that every object and every file is accounted for.
func conserved(r verify.Report) {
	GinkgoHelper()
	var kept int64
	for _, f := range r.Findings {
		Expect(f.Outcome).NotTo(Equal(verify.Match))
		Expect(f.Remedy()).NotTo(BeEmpty(), "%+v", f)
		kept++
	}
	var all int64
	for _, o := range verify.Outcomes() {
		if o != verify.Match {
			all += r.Count(o)
		}
	}
	Expect(kept + r.Omitted).To(Equal(all))
	var objects int64
	for _, f := range r.Findings {
		if f.Bucket != "" {
			objects++
		}
	}
	if r.Sample.All && r.Omitted == 0 {
		Expect(objects + r.Count(verify.Match)).To(Equal(r.Totals.Objects))
	}
}

// golden compares text with a file of testdata; UPDATE_GOLDEN=1 writes it.
func golden(name string, text []byte) {
	GinkgoHelper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		Expect(os.WriteFile(file, text, 0o644)).To(Succeed())
	}
	want, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred())
	Expect(string(text)).To(Equal(string(want)))
}

func bytesOf(text []byte) *bytes.Reader { return bytes.NewReader(text) }

func asJSON(v any) string {
	GinkgoHelper()
	text, err := json.Marshal(v)
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

func fromJSON(text string, into any) error { return json.Unmarshal([]byte(text), into) }
