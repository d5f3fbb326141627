package evidence_test

import (
	"context"
	"errors"
	"math/big"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// silent lists, and answers no question.
type silent struct{ verify.Source }

func (silent) Head(context.Context, verify.Object, verify.Ask) (verify.Head, error) {
	return verify.Head{}, errors.New("no route to host")
}

var _ = DescribeTable("a sample of a spec", func(sample specs.Sample, want verify.Draw) {
	want.Seed = verify.Seed{7}
	Expect(evidence.DrawOf(sample, verify.Seed{7})).To(Equal(want))
},
	Entry(nil, specs.Sample("all"), verify.Draw{All: true}),
	Entry(nil, specs.Sample("100"), verify.Draw{Count: 100}),
	Entry(nil, specs.Sample("5%"), verify.Draw{Share: big.NewRat(1, 20)}),
	Entry(nil, specs.Sample("50GiB"), verify.Draw{Bytes: 50 << 30}),
	Entry(nil, specs.Sample("confidence=99%,maxBad=0.1%"), verify.Draw{Confidence: big.NewRat(99, 100), MaxBad: big.NewRat(1, 1000)}),
	Entry(nil, specs.Sample("rolling"), verify.Draw{Rolling: &verify.Rolling{Ledger: verify.Ledger{Seed: verify.Seed{7}}}}),
)

var _ = It("refuses a sample that is none", func() {
	_, err := evidence.DrawOf("5 %", verify.Seed{})
	var e *specs.FieldError
	Expect(errors.As(err, &e)).To(BeTrue())
})
