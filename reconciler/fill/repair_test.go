package fill_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

// report writes one of a proof and returns its name.
func (s *station) report(d specs.Document, bad map[string]verify.Outcome) string {
	GinkgoHelper()
	const name = "reports/2026-11-03-1.json"
	r := verify.Report{Format: "s3export-report/v1"}
	for _, path := range slices.Sorted(maps.Keys(bad)) {
		r.Findings = append(r.Findings, verify.Finding{Path: path, Bucket: bucket, Key: strings.TrimPrefix(path, bucket+"/"), Outcome: bad[path]})
		r.Tallies = append(r.Tallies, verify.Tally{Outcome: bad[path], Files: 1})
	}
	file := filepath.Join(s.filler.Journal.RunDir(d.Metadata.Name, d.Spec.Run), name)
	Expect(os.MkdirAll(filepath.Dir(file), 0o755)).To(Succeed())
	f, err := os.Create(file)
	Expect(err).NotTo(HaveOccurred())
	defer f.Close()
	Expect(r.Encode(f)).To(Succeed())
	return name
}

var _ = Describe("a repair", func() {
	var s *shelf
	var d specs.Document
	var o reconciler.FillOrder
	BeforeEach(func(ctx context.Context) {
		s = newShelf()
		for _, key := range []string{"a", "b", "c", "d", "e"} {
			s.put(key, key)
		}
		s.fill(ctx)
		s.fetched = nil
		d, o = s.order(ctx)
	})

	It("fetches what is bad again, and nothing else", func(ctx context.Context) {
		Expect(os.Remove(filepath.Join(s.dir, "photos/d"))).To(Succeed())
		o.Repair = s.report(d, map[string]verify.Outcome{
			"photos/a": verify.Differ, "photos/b": verify.ChangedAfterExport, "photos/c": verify.Match, "photos/d": verify.MissingOnDevice, "photos/x": verify.Extra,
		})
		Expect(s.carryOut(ctx, d, o)).To(And(HaveField("Fetched", BeEquivalentTo(3)), HaveField("Kept", BeEquivalentTo(2))))
		Expect(s.fetched).To(Equal([]string{"photos/a", "photos/b", "photos/d"}))
	})

	It("throws away what differs, and keeps what is merely older", func(ctx context.Context) {
		o.Repair = s.report(d, map[string]verify.Outcome{"photos/a": verify.Differ, "photos/b": verify.ChangedAfterExport, "photos/c": verify.Failure})
		s.carryOut(ctx, d, o)
		Expect(s.replaced("1")).To(Equal(map[string]string{"photos/b": "b", "photos/c": "c"}))
	})

	It("goes on where it was cut, and fetches nothing of it twice", func(ctx context.Context) {
		o.Repair = s.report(d, map[string]verify.Outcome{"photos/a": verify.Differ, "photos/b": verify.Differ, "photos/d": verify.Differ})
		s.effect = cutAt(new(int), 8)
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(MatchError(errCut))
		Expect(s.fetched).To(Equal([]string{"photos/a", "photos/b", "photos/d"}))
		s.effect, s.fetched = nil, nil
		Expect(s.carryOut(ctx, d, o)).To(HaveField("Fetched", BeEquivalentTo(3)))
		Expect(s.fetched).To(Equal([]string{"photos/d"}))
	})

	It("keeps what cannot be fetched again, and what is known of it", func(ctx context.Context) {
		s.more = "  preflight: {accept: [ArchivedObjects]}\n"
		s.source.Put(bucket, "b", []byte("b"), fake.Modified(s.at), fake.Class("GLACIER"))
		d, o = s.order(ctx)
		o.Repair = s.report(d, map[string]verify.Outcome{"photos/b": verify.Failure})
		s.carryOut(ctx, d, o)
		Expect(s.files(bucket)).To(HaveKeyWithValue("b", "b"))
		line, ok := lineOn(ctx, s, "photos/b")
		Expect(ok).To(BeTrue())
		Expect(line.Known).NotTo(BeNil())
	})

	It("needs its report", func(ctx context.Context) {
		o.Repair = "reports/none.json"
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(MatchError(ContainSubstring("none.json")))
	})
})
