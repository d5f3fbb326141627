package fill_test

import (
	"context"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

var _ = Describe("objects that nothing proves", func() {
	var s *service
	BeforeEach(func() {
		s = newService()
		Expect(s.store.CreateBucket("old", store.BucketOptions{Encryption: store.EncryptionKMS, NoChecksum: true})).To(Succeed())
		s.ranges = "[{bucket: photos}, {bucket: old}]"
		s.put("proven", "content")
		_, err := s.store.Put("old", "empty", strings.NewReader(""), store.PutOptions{})
		Expect(err).NotTo(HaveOccurred())
		for i := range 3 {
			_, err := s.store.Put("old", fmt.Sprint(i), strings.NewReader("content"), store.PutOptions{})
			Expect(err).NotTo(HaveOccurred())
		}
	})

	It("are counted", func(ctx context.Context) {
		Expect(s.fill(ctx)).To(And(HaveField("Fetched", BeEquivalentTo(5)), HaveField("Unproven", BeEquivalentTo(3))))
		s.run = "2"
		Expect(s.fill(ctx)).To(And(HaveField("Kept", BeEquivalentTo(5)), HaveField("Unproven", BeZero())), "of what was fetched")
	})

	It("are counted also where another session has fetched them", func(ctx context.Context) {
		d, o := s.order(ctx)
		s.filler.Mount = s.mount(func() error { return errCut })
		s.effect = func(what, _ string) error {
			if what == "kept" {
				return errCut
			}
			return nil
		}
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(MatchError(errCut))
		s.effect, s.filler.Mount = nil, s.mount(nil)
		s.requests()
		Expect(s.carryOut(ctx, d, o)).To(HaveField("Unproven", BeEquivalentTo(3)))
		Expect(s.requests()).To(BeZero())
	})
})
