package verify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

// unanswered is a source that lists, and tells nothing of single objects.
type unanswered struct{ *fake.Source }

func (unanswered) Head(context.Context, verify.Object, verify.Ask) (verify.Head, error) {
	return verify.Head{}, errors.New("access denied")
}

var _ = Describe("a survey", func() {
	ctx := context.Background()
	survey := func(src verify.Source, ranges ...verify.Range) verify.Survey {
		GinkgoHelper()
		_, s, err := verify.TakeBaseline(ctx, src, ranges, io.Discard, nil)
		Expect(err).NotTo(HaveOccurred())
		return s
	}

	It("counts what each range selects, by storage class", func() {
		src := fake.NewSource()
		src.Put("b", "a/1", []byte("12345"))
		src.Put("b", "a/2", []byte("123"), fake.Class("GLACIER"))
		src.Put("b", "z/1", []byte("1"), fake.Class("STANDARD_IA"))
		src.Put("c", "k", []byte("12"))
		s := survey(src, verify.Range{Bucket: "b", Directory: "b"}, verify.Range{Bucket: "c", Directory: "c"}, verify.Range{Bucket: "b", Prefix: "none/", Directory: "b"})
		Expect(s.Ranges).To(HaveLen(3))
		Expect(s.Ranges[0].Objects).To(BeEquivalentTo(3))
		Expect(s.Ranges[0].Bytes).To(BeEquivalentTo(9))
		Expect(s.Ranges[0].Classes).To(Equal([]verify.ClassCount{
			{Name: "GLACIER", Objects: 1, Bytes: 3}, {Name: "STANDARD", Objects: 1, Bytes: 5}, {Name: "STANDARD_IA", Objects: 1, Bytes: 1},
		}))
		Expect(s.Ranges[1].Objects).To(BeEquivalentTo(1))
		Expect(s.Ranges[2].Objects).To(BeZero())
	})

	It("tells two equal ranges apart", func() {
		src := fake.NewSource()
		src.Put("b", "k", []byte("1"))
		r := verify.Range{Bucket: "b", Directory: "b"}
		s := survey(src, r, r)
		Expect(s.Ranges[0].Objects).To(BeEquivalentTo(1))
		Expect(s.Ranges[1].Objects).To(BeEquivalentTo(1))
	})

	type load struct {
		keys map[string][]fake.Option
		want map[verify.IssueKind]int64
	}
	DescribeTable("finds what does not come onto the drive as it is", func(l load) {
		src := fake.NewSource()
		for key, options := range l.keys {
			content := []byte("x")
			if strings.HasSuffix(key, "/") {
				content = nil
			}
			src.Put("b", key, content, options...)
		}
		s := survey(src, verify.Range{Bucket: "b", Directory: "b"})
		got := map[verify.IssueKind]int64{}
		for _, i := range s.Issues {
			got[i.Kind] = i.Objects
			Expect(i.Examples).NotTo(BeEmpty())
		}
		Expect(got).To(Equal(l.want))
	},
		Entry("nothing", load{map[string][]fake.Option{"a": nil, "b/c": nil, "d/": nil}, map[verify.IssueKind]int64{}}),
		Entry("archived", load{map[string][]fake.Option{"a": {fake.Class("GLACIER")}, "b": {fake.Class("DEEP_ARCHIVE")}, "c": {fake.Class("GLACIER_IR")}},
			map[verify.IssueKind]int64{verify.IssueArchived: 2}}),
		Entry("an archived marker is a directory", load{map[string][]fake.Option{"a/": {fake.Class("GLACIER")}}, map[verify.IssueKind]int64{}}),
		Entry("no paths", load{map[string][]fake.Option{"a//b": nil, "../x": nil, strings.Repeat("n", 256): nil}, map[verify.IssueKind]int64{verify.IssueUnnameable: 3}}),
		Entry("a file and a directory, with a name between them", load{map[string][]fake.Option{"a": nil, "a-b": nil, "a/b": nil, "a/c": nil, "ab": nil},
			map[verify.IssueKind]int64{verify.IssueColliding: 2}}),
		Entry("a marker beside its files", load{map[string][]fake.Option{"a/": nil, "a/b": nil}, map[verify.IssueKind]int64{}}),
		Entry("customer keys", load{map[string][]fake.Option{"a": {fake.Encrypted(verify.CustomerKey)}, "b": {fake.Encrypted("aws:kms")}, "c": nil},
			map[verify.IssueKind]int64{verify.IssueCustomerKey: 1}}),
	)

	It("finds two buckets whose keys lead to one path", func() {
		src := fake.NewSource()
		src.Put("b", "k", []byte("1"))
		src.Put("c", "k", []byte("2"))
		s := survey(src, verify.Range{Bucket: "b", Directory: "d"}, verify.Range{Bucket: "c", Directory: "d"})
		i, found := s.Issue(verify.IssueColliding)
		Expect(found).To(BeTrue())
		Expect(i).To(Equal(verify.Issue{Kind: verify.IssueColliding, Objects: 1, Bytes: 1, Examples: []string{"s3://c/k"}}))
	})

	It("looks at twenty objects at most, the same ones each time", func() {
		src := fake.NewSource()
		for i := range 500 {
			src.Put("b", fmt.Sprintf("%04d", i), []byte("1"))
		}
		before := src.Heads()
		s := survey(src, verify.Range{Bucket: "b", Directory: "b"})
		Expect(s.Probed).To(Equal(20))
		Expect(src.Heads() - before).To(Equal(20))
		Expect(survey(src, verify.Range{Bucket: "b", Directory: "b"})).To(Equal(s))
	})

	It("goes on when single objects may not be looked at, and says so", func() {
		src := unanswered{fake.NewSource()}
		src.Put("b", "k", []byte("1"))
		s := survey(src, verify.Range{Bucket: "b", Directory: "b"})
		Expect(s.Probed).To(BeZero())
		Expect(s.ProbeProblem).To(Equal("access denied"))
	})

	It("adds up whole blocks, directories and entries", func() {
		src := fake.NewSource()
		src.Put("b", "a/b/1", bytes.Repeat([]byte("x"), 4097))
		src.Put("b", "a/b/2", nil)
		src.Put("b", "a/c", []byte("x"))
		src.Put("b", "e/", nil)
		s := survey(src, verify.Range{Bucket: "b", Directory: "d"})
		Expect(s.Need).To(Equal(verify.Need{Files: 3, Directories: 4, Bytes: 3*4096 + 4*4096}), "d, d/a, d/a/b and d/e")
	})
})

var _ = Describe("a split", func() {
	ctx := context.Background()
	source := func() *fake.Source {
		src := fake.NewSource()
		for i := range 10 {
			src.Put("b", fmt.Sprintf("k%d", i), bytes.Repeat([]byte("x"), 1<<20))
		}
		src.Put("c", "z", bytes.Repeat([]byte("x"), 1<<20))
		return src
	}
	ranges := []verify.Range{{Bucket: "b", Directory: "b"}, {Bucket: "c", Directory: "c"}}

	It("is one part where all fits", func() {
		parts, err := verify.Split(ctx, source(), ranges, verify.Room{Bytes: 1 << 30, Inodes: 1000}, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(parts).To(Equal([][]verify.Range{ranges}))
	})

	It("ends a part where the next one begins, and selects what the ranges select", func() {
		parts, err := verify.Split(ctx, source(), ranges, verify.Room{Bytes: 4<<20 + 64<<10, Inodes: 1000}, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(parts).To(Equal([][]verify.Range{
			{{Bucket: "b", Directory: "b", Through: "k3"}},
			{{Bucket: "b", Directory: "b", After: "k3", Through: "k7"}},
			{{Bucket: "b", Directory: "b", After: "k7"}, {Bucket: "c", Directory: "c"}},
		}))
		for _, part := range parts {
			_, s, err := verify.TakeBaseline(ctx, source(), part, io.Discard, nil)
			Expect(err).NotTo(HaveOccurred())
			Expect(verify.Room{Bytes: 4<<20 + 64<<10, Inodes: 1000}.Holds(s.Need)).To(BeTrue())
		}
	})

	It("turns between two ranges where the first one just fits", func() {
		parts, err := verify.Split(ctx, source(), ranges, verify.Room{Bytes: 10<<20 + 32<<10, Inodes: 1000}, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(parts).To(Equal([][]verify.Range{{ranges[0]}, {ranges[1]}}))
	})

	It("counts files where bytes are plenty", func() {
		parts, err := verify.Split(ctx, source(), ranges[:1], verify.Room{Bytes: 1 << 30, Inodes: 8}, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(len(parts)).To(BeNumerically(">", 1))
	})

	It("names an object that fits on no drive", func() {
		_, err := verify.Split(ctx, source(), ranges, verify.Room{Bytes: 1 << 20, Inodes: 100}, nil)
		Expect(err).To(MatchError(ContainSubstring(`s3://b/k0 has 1048576 bytes`)))
		var e *verify.Error
		Expect(errors.As(err, &e)).To(BeTrue())
		Expect(e.Remedy).NotTo(BeEmpty())
	})
})
