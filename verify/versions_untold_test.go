package verify_test

import (
	"bytes"
	"context"
	"errors"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

// silentOf is a source that does not answer about a version.
type silentOf struct {
	verify.Source
	version string
}

func (s silentOf) Head(ctx context.Context, o verify.Object, a verify.Ask) (verify.Head, error) {
	if o.VersionID == s.version {
		return verify.Head{}, errors.New("no route to host")
	}
	return s.Source.Head(ctx, o, a)
}

// amendedLoad is a load whose baseline has a SHA-256 of each object, and a drive of which
// one file has rotten since and another is short.
func amendedLoad() (*load, []byte) {
	GinkgoHelper()
	l := newLoad()
	for _, key := range []string{"good", "rotten", "short"} {
		l.both(key, ten)
	}
	closed := l.end(l.start())
	var amended bytes.Buffer
	amender, err := verify.AmendBaseline(bytes.NewReader(closed), &amended)
	Expect(err).NotTo(HaveOccurred())
	r := l.request(population(closed))
	r.Runtime.Sink, r.Runtime.SHA256 = amender, true
	run(r)
	_, err = amender.Close()
	Expect(err).NotTo(HaveOccurred())
	l.tree.Files["photos/rotten"] = []byte("0123456780")
	l.tree.Files["photos/short"] = []byte("012345678")
	return l, amended.Bytes()
}

var _ = Describe("a source that does not answer", func() {
	It("does not hide what the baseline proves: the report counts what differs from it", func() {
		l, baseline := amendedLoad()
		l.src.FailVersions(errors.New("no route to host"))
		l.src.FailHeads(errors.New("no route to host"))
		report := run(l.request(population(baseline)))
		Expect(report.Verdict()).To(Equal(verify.Incomplete))
		Expect(report.Sentence()).To(Equal("2 of 3 present with the right size; content of 1 of 3 compared, 0 bad; 2 error, 2 of them not what is listed"))
		Expect(report.Findings).To(HaveExactElements(
			And(HaveField("Path", "photos/rotten"), HaveField("Outcome", verify.Failure), HaveField("Reason", verify.VersionsNotTold),
				HaveField("Evidence.Method", verify.BySHA256), HaveField("Evidence.Have", Not(BeEmpty())),
				HaveField("Detail", Equal("it is not what is listed; other versions were not told: no route to host"))),
			And(HaveField("Path", "photos/short"), HaveField("Reason", verify.VersionsNotTold), HaveField("Evidence.Method", verify.BySize))))
	})

	DescribeTable("about a version leaves open what the file is", func(setUp func(*load), want types.GomegaMatcher) {
		l := newLoad()
		setUp(l)
		file("photos/k", "0000000000")(l)
		request := l.request(l.live())
		request.Source = silentOf{l.src, "v1"}
		Expect(run(request).Findings).To(HaveExactElements(want))
	},
		Entry("that differs", put("k", "9876543210", fake.Versioned("v2", stored([]byte(ten), "v1"))), And(HaveField("Reason", verify.VersionsNotTold),
			HaveField("Detail", And(HavePrefix("it is not what is listed; another version was not told: "), HaveSuffix("no route to host"))))),
		Entry("that is unverifiable", put("k", "9876543210", fake.Encrypted(verify.CustomerKey), fake.Versioned("v2", stored([]byte(ten), "v1"))),
			And(HaveField("Reason", verify.EncryptedETag), HaveField("Detail", HavePrefix("customer; another version was not told: ")))),
	)

	It("does not hide that an ETag is not equal, which proves nothing yet", func() {
		l := newLoad()
		l.both("k", ten)
		request := l.request(population(l.end(l.start())))
		l.tree.Files["photos/k"] = []byte("0123456780")
		l.src.FailHeads(errors.New("no route to host"))
		Expect(run(request).Findings).To(HaveExactElements(And(HaveField("Reason", verify.SourceError),
			HaveField("Detail", Equal("its checksum is another than the object's, which need not mean that it differs: no route to host")))))
	})
})
