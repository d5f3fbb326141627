package verify_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

// rottenLoad has so many files, of which none is what is listed.
func rottenLoad(files int) *load {
	l := newLoad()
	for i := range files {
		l.both(fmt.Sprint(i), ten)
		l.tree.Files[fmt.Sprint("photos/", i)] = []byte("something!")
	}
	return l
}

var _ = DescribeTable("older versions are asked for", func(err error, outcome verify.Outcome, asked int64) {
	l := rottenLoad(3)
	l.src.FailVersions(err)
	request := l.request(l.live())
	request.Runtime.Workers = 1
	report := run(request)
	Expect(report.Count(outcome)).To(BeEquivalentTo(3), report.Sentence())
	Expect(report.Requests.Versions).To(Equal(asked))
},
	Entry("each time that it may be answered", errors.New("503 SlowDown"), verify.Failure, int64(3)),
	Entry("once, where they may not be seen", fmt.Errorf("listing: %w", verify.ErrDenied), verify.Differ, int64(1)),
	Entry("once, where the server has none", fmt.Errorf("listing: %w", verify.ErrNotSupported), verify.Differ, int64(1)),
)

// telling is a source that answers questions for versions as it was told to; each call
// gets the number of the question, from 1.
type telling struct {
	verify.Source
	asked *atomic.Int64
	tell  func(question int64, o verify.Object) ([]verify.Object, error)
}

func (t telling) Versions(_ context.Context, o verify.Object) ([]verify.Object, error) {
	return t.tell(t.asked.Add(1), o)
}

// told compares a load, where versions are answered by tell.
func told(l *load, tell func(int64, verify.Object) ([]verify.Object, error)) verify.Report {
	GinkgoHelper()
	request := l.request(l.live())
	request.Source = telling{l.src, new(atomic.Int64), tell}
	request.Runtime.Workers = 1
	return run(request)
}

// kept is an answer of a bucket with versions.
func kept(o verify.Object) []verify.Object {
	o.VersionID, o.Current = "v2", true
	old := o
	old.VersionID, old.Current, old.Size = "v1", false, o.Size+1
	return []verify.Object{o, old}
}

var _ = DescribeTable("a file is bad where no older version of it can be seen, though others can", func(denied error) {
	report := told(rottenLoad(5), func(question int64, o verify.Object) ([]verify.Object, error) {
		if question == 2 || question == 3 {
			return nil, fmt.Errorf("listing: %w", denied)
		}
		return kept(o), nil
	})
	Expect(report.Count(verify.Differ)).To(BeEquivalentTo(5), report.Sentence())
	Expect(report.Requests.Versions).To(BeEquivalentTo(5), "the others are asked about")
},
	Entry("for the rights are lacking", verify.ErrDenied),
	Entry("for the server does not know the request", verify.ErrNotSupported),
)

var _ = Describe("a bucket that does not tell of versions", func() {
	fault := errors.New("nobody answers")

	It("is not asked for ever", func() {
		report := told(rottenLoad(9), func(int64, verify.Object) ([]verify.Object, error) { return nil, fault })
		Expect(report.Count(verify.Failure)).To(BeEquivalentTo(9), report.Sentence())
		Expect(report.Requests.Versions).To(BeEquivalentTo(3))
		Expect(report.Findings[8].Detail).To(ContainSubstring(fault.Error()))
	})

	It("is asked on where it fails now and then", func() {
		report := told(rottenLoad(9), func(question int64, o verify.Object) ([]verify.Object, error) {
			if question%3 != 0 {
				return nil, fault
			}
			return kept(o), nil
		})
		Expect(report.Count(verify.Differ)).To(BeEquivalentTo(3), report.Sentence())
		Expect(report.Requests.Versions).To(BeEquivalentTo(9))
	})
})
