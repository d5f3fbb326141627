package verify_test

import (
	"bytes"
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

// hostile are keys that no service brings onto a drive as they are, and the paths that
// they have; those without one are markers.
var hostile = map[string]string{
	"a":                       "a",
	"a-b":                     "a-b",
	"a/b":                     "a%2Fb",
	"a/b/c":                   "a%2Fb%2Fc",
	"a/":                      "",
	"d//e":                    "d/%2Fe",
	"d/":                      "",
	"/f":                      "%2Ff",
	"../g":                    "%2E%2E/g",
	"h\x00\n":                 "h%00%0A",
	"\xff\xfe":                "%FF%FE",
	"i%2F":                    "i%252F",
	"i/":                      "i%2F", // with content
	"é":                       "é",
	"\u00e9/e\u0301":          "é%2Fe\u0301",
	strings.Repeat("l", 300):  "%~ab5229cf2ab02374979771ed150911ce4a6e211ed1e0d897cc155c5f04bb6d59",
	"q\"uo<te>&":              "q\"uo<te>&",
	".s3export/baseline.json": "%2Es3export/baseline.json",
	"lost+found":              "%6Cost+found",
}

// encodedLoad has the hostile keys and their copies.
func encodedLoad(ranges ...verify.Range) *load {
	l := newLoad()
	l.ranges = ranges
	for i := range l.ranges {
		l.ranges[i].Bucket, l.ranges[i].Directory, l.ranges[i].Naming = "photos", "top/photos", verify.Encoded
	}
	for key, path := range hostile {
		if path == "" {
			l.src.Put("photos", key, nil, fake.Modified(longAgo))
			continue
		}
		l.src.Put("photos", key, []byte("content of "+key), fake.Modified(longAgo))
		l.tree.Files["top/photos/"+path] = []byte("content of " + key)
	}
	return l
}

var _ = Describe("a copy with encoded names", func() {
	DescribeTable("holds every key", func(ranges ...verify.Range) {
		l := encodedLoad(ranges...)
		start := l.start()
		for _, p := range []verify.Population{population(start), population(l.end(start)), l.live()} {
			report := run(l.request(p))
			Expect(report.Findings).To(BeEmpty())
			Expect(report.Verdict()).To(Equal(verify.Pass))
			Expect(report.Count(verify.Match)).To(BeEquivalentTo(len(hostile) - 2))
			Expect(report.Totals.Markers).To(BeEquivalentTo(2))
		}
	},
		Entry("of a bucket", verify.Range{}),
		Entry("of two ranges that share what lies in each other's way", verify.Range{Through: "a"}, verify.Range{After: "a"}),
		Entry("of ranges that overlap", verify.Range{Through: "i"}, verify.Range{After: "D"}, verify.Range{}),
	)

	It("holds them on a real file system", func() {
		l := encodedLoad(verify.Range{})
		root := GinkgoT().TempDir()
		for path, content := range l.tree.Files {
			write(root, path, string(content))
		}
		r := l.request(l.live())
		r.Tree = open(root)
		Expect(run(r).Findings).To(BeEmpty())
	})

	It("has nothing that a person would have to decide", func() {
		l := encodedLoad(verify.Range{})
		var out bytes.Buffer
		sum, survey, err := verify.TakeBaseline(context.Background(), l.src, l.ranges, &out, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(sum.Unnameable).To(BeZero())
		Expect(sum.Markers).To(BeEquivalentTo(2))
		Expect(survey.Issues).To(BeEmpty())
		Expect(survey.Need.Files).To(BeEquivalentTo(len(hostile) - 2))
		Expect(survey.Ranges[0].Objects).To(BeEquivalentTo(len(hostile)))
	})

	It("tells how far the listing is", func() {
		l := encodedLoad(verify.Range{})
		var steps progress
		_, _, err := verify.TakeBaseline(context.Background(), l.src, l.ranges, &bytes.Buffer{}, &steps)
		Expect(err).NotTo(HaveOccurred())
		Expect(steps).To(HaveExactElements(HaveField("Objects", int64(len(hostile)))))
	})

	DescribeTable("says of a file that no object leads to", func(path string, o verify.Outcome, r verify.Reason) {
		l := encodedLoad(verify.Range{Prefix: "a/\n"})
		clear(l.tree.Files)
		l.tree.Files["top/photos/"+path] = []byte("x")
		Expect(run(l.request(l.live())).Findings).To(HaveExactElements(And(HaveField("Outcome", o), HaveField("Reason", r))))
	},
		Entry("that its key is not listed", "a/%0Ax", verify.MissingOnSource, verify.NotListed),
		Entry("also beside a file", "a%2F%0Ax", verify.MissingOnSource, verify.NotListed),
		Entry("also where nobody can know its key", "a/%~"+strings.Repeat("0", 64), verify.MissingOnSource, verify.NotListed),
		Entry("that its key is outside of the range", "a/x", verify.Extra, verify.OutsideRange),
		Entry("that it has none", "a/\nx", verify.Extra, verify.OutsideRange),
		Entry("nor one below the digest of another", "b/%~"+strings.Repeat("0", 64), verify.Extra, verify.OutsideRange),
	)

	DescribeTable("is of ranges that cannot take each other's paths", func(problem string, ranges ...verify.Range) {
		for i := range ranges {
			if ranges[i].Naming == "" {
				ranges[i].Naming = verify.Encoded
			}
		}
		_, err := verify.Live(fake.NewSource(), ranges)
		if problem == "" {
			Expect(err).NotTo(HaveOccurred())
			return
		}
		Expect(err).To(MatchError(ContainSubstring(problem)))
		Expect(err).To(HaveField("Remedy", Not(BeEmpty())))
	},
		Entry("beside each other", "", verify.Range{Bucket: "b", Directory: "a"}, verify.Range{Bucket: "c", Directory: "a-b"}, verify.Range{Bucket: "c", Directory: "a-b", Prefix: "x"}),
		Entry("two buckets in one directory", `"a" would hold`, verify.Range{Bucket: "b", Directory: "a"}, verify.Range{Bucket: "c", Directory: "/a/"}),
		Entry("one below the other", `"a/b" would hold`, verify.Range{Bucket: "b", Directory: "a/b"}, verify.Range{Bucket: "b", Directory: "a"}, verify.Range{Bucket: "b", Directory: "a-b"}),
		Entry("one in the root", `would hold`, verify.Range{Bucket: "b", Directory: ""}, verify.Range{Bucket: "b", Directory: "-"}),
		Entry("in our own folder", `not for objects`, verify.Range{Bucket: "b", Directory: ".s3export/x"}),
		Entry("named in another way", `naming "rot13"`, verify.Range{Bucket: "b", Directory: "a"}, verify.Range{Bucket: "c", Directory: "c", Naming: "rot13"}),
	)
})

type progress []verify.Step

func (p *progress) Progress(s verify.Step) { *p = append(*p, s) }
