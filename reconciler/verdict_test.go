package reconciler_test

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
)

var _ = DescribeTable("a copy that lacks objects says how it goes on",
	func(repair bool, want string) {
		lacking := &UncopiedError{Objects: 2, First: &providers.Error{Kind: providers.Denied, Op: "GetObject", Remedy: "allow it"}, Repair: repair}
		o, ok := Judged(fmt.Errorf("copying the source: %w", lacking)).(Blocked)
		Expect(ok).To(BeTrue())
		Expect(o.Reason).To(Equal(ObjectsUncopied))
		Expect(o.Remedy).To(Equal("allow it; then " + want))
	},
	Entry("an apply", false, "apply again: only what is missing is fetched"),
	Entry("a repair", true, "run `s3export repair` again: only what is still bad is fetched"),
)
