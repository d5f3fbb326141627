package verify_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/digest"
)

var _ = Describe("a checksum that somebody has told", func() {
	told := func(etag func(verify.Object) string) verify.Report {
		GinkgoHelper()
		l := newLoad()
		l.both("k", ten)
		register := verify.NewRegister(GinkgoT().TempDir())
		DeferCleanup(register.Close)
		Expect(l.src.List(context.Background(), l.ranges[0], func(o verify.Object) error {
			o.ETag = etag(o)
			o.Known = &verify.Known{Algorithm: digest.SHA256, Sum: sumOf(digest.SHA256, []byte(ten)).Sum, Witness: verify.WitnessBatch}
			return register.Add(o)
		})).To(Succeed())
		put("k", "9876543210")(l) // since
		r := l.request(livePopulation(register.Testimony(l.src), l.ranges))
		return run(r)
	}

	It("is not used of an object that was replaced since, also where it does not say of which it is", func() {
		Expect(told(func(o verify.Object) string { return o.ETag }).Verdict()).To(Equal(verify.Fail))
		Expect(told(func(verify.Object) string { return "" }).Verdict()).To(Equal(verify.Fail))
	})
})
