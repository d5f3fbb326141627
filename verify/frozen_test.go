package verify_test

import (
	"context"
	"iter"

	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

// frozen lists a population now, so that the bucket can change between its listing
// and the comparison.
func frozen(p verify.Population) func(context.Context) iter.Seq2[verify.Expected, error] {
	var all []verify.Expected
	for e, err := range p.Objects(context.Background()) {
		Expect(err).NotTo(HaveOccurred())
		all = append(all, e)
	}
	return func(context.Context) iter.Seq2[verify.Expected, error] {
		return func(yield func(verify.Expected, error) bool) {
			for _, e := range all {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}
