package verify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

// refusing is a downloader that fails, at once or after some bytes.
type refusing struct {
	verify.Downloader
	err   error
	after int64
}

func (r refusing) Download(ctx context.Context, o verify.Object, offset int64) (io.ReadCloser, error) {
	if r.after == 0 {
		return nil, r.err
	}
	body, err := r.Downloader.Download(ctx, o, offset)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(io.MultiReader(io.LimitReader(body, r.after), breaking{r.err})), nil
}

type breaking struct{ err error }

func (b breaking) Read([]byte) (int, error) { return 0, b.err }

// sealed is an object whose listing proves nothing. The drive has what it was before.
func sealed() *load {
	l := newLoad()
	l.tree.Name = "ext4 of a drive"
	put("k", "9876543210", fake.Encrypted(verify.CustomerKey), fake.Versioned("v2", stored([]byte(ten), "v1")))(l)
	file("photos/k", ten)(l)
	return l
}

var _ = Describe("what the source did not answer", func() {
	var path string
	BeforeEach(func() { path = filepath.Join(GinkgoT().TempDir(), "notes") })

	// sitting compares with notes that it leaves.
	sitting := func(l *load, download verify.Downloader) verify.Report {
		GinkgoHelper()
		n, err := verify.OpenNotes(path, func() time.Time { return verified })
		Expect(err).NotTo(HaveOccurred())
		request := l.request(l.live())
		request.Runtime.Notes, request.Download = n, download
		report := run(request)
		Expect(n.Close()).To(Succeed())
		return report
	}

	It("for versions is said where the file is no more than unverifiable, and asked again", func() {
		l := sealed()
		l.src.FailVersions(errors.New("no route to host"))
		Expect(sitting(l, nil).Findings).To(HaveExactElements(And(HaveField("Reason", verify.EncryptedETag),
			HaveField("Detail", "customer; other versions were not told: no route to host"))))
		l.src.FailVersions(nil)
		Expect(sitting(l, nil).Tallies).To(HaveExactElements(HaveField("Reason", verify.OldVersion)))
	})

	It("for versions condemns no file, though its download differs", func() {
		l := sealed()
		l.src.FailVersions(errors.New("no route to host"))
		Expect(sitting(l, l.src).Findings).To(HaveExactElements(And(HaveField("Reason", verify.VersionsNotTold), HaveField("Evidence.Method", verify.ByDownload))))
		l.src.FailVersions(nil)
		Expect(sitting(l, l.src).Tallies).To(HaveExactElements(HaveField("Reason", verify.OldVersion)))
	})

	DescribeTable("to a download is asked again", func(fails refusing) {
		l := sealed()
		file("photos/k", "9876543210")(l)
		fails.Downloader = l.src
		Expect(sitting(l, fails).Findings).To(HaveExactElements(And(HaveField("Reason", verify.EncryptedETag),
			HaveField("Detail", "customer; the download failed: no route to host"))))
		Expect(sitting(l, l.src).Tallies).To(HaveExactElements(HaveField("Outcome", verify.Match)))
	},
		Entry("that does not begin", refusing{err: errors.New("no route to host")}),
		Entry("that breaks", refusing{err: errors.New("no route to host"), after: 3}),
	)

	DescribeTable("is kept where it was an answer", func(why error) {
		l := sealed()
		file("photos/k", "0000000000")(l)
		no := refusing{Downloader: l.src, err: fmt.Errorf("getting: %w", why)}
		Expect(sitting(l, no).Requests.Get).To(BeEquivalentTo(1))
		report := sitting(l, no)
		Expect(report.Requests.Get).To(BeZero())
		Expect(report.Findings).To(HaveExactElements(HaveField("Detail", ContainSubstring("the download failed: getting"))))
	},
		Entry("denied", verify.ErrDenied),
		Entry("gone", verify.ErrGone),
		Entry("changed", verify.ErrChanged),
		Entry("archived", verify.ErrArchived),
		Entry("unknown to the server", verify.ErrNotSupported),
	)
})
