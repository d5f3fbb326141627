package verify_test

import (
	"errors"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

var _ = DescribeTable("older versions are asked for", func(err error, outcome verify.Outcome, asked int64) {
	l := newLoad()
	for i := range 3 {
		l.both(fmt.Sprint(i), ten)
		l.tree.Files[fmt.Sprint("photos/", i)] = []byte("something!")
	}
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
