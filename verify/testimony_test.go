package verify_test

import (
	"crypto/sha256"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/digest"
)

var _ = Describe("what somebody has written down", func() {
	evidence := func(l *load, src verify.Source) verify.Evidence {
		GinkgoHelper()
		live, err := verify.Live(src, l.ranges)
		Expect(err).NotTo(HaveOccurred())
		request := l.request(live)
		request.Source = src
		var s sink
		request.Runtime.Sink = &s
		Expect(run(request).Verdict()).To(Equal(verify.Pass))
		Expect(s.got).To(HaveLen(1))
		return s.got[0].Evidence
	}
	var l *load
	var r *verify.Register
	BeforeEach(func() {
		l, r = newLoad(), verify.NewRegister(GinkgoT().TempDir())
		DeferCleanup(r.Close)
		single(fox)(l)
	})

	It("is the witness of a match: an inventory, though all is read ahead", func() {
		Expect(r.Add(stored(fox, "").Object)).To(Succeed())
		Expect(evidence(l, r.Source(l.src)).Witness).To(Equal(verify.WitnessInventory))
	})

	It("comes before the ETag: a SHA-256 by Batch Operations", func() {
		o, sum := stored(fox, "").Object, sha256.Sum256(fox)
		o.Known = &verify.Known{Algorithm: digest.SHA256, Sum: sum[:], Witness: verify.WitnessBatch}
		Expect(r.Add(o)).To(Succeed())
		e := evidence(l, r.Testimony(l.src))
		Expect(fmt.Sprint(e.Method, " ", e.Witness)).To(Equal("sha256 batch"))
		Expect(l.src.Heads()).To(BeZero())
	})
})
