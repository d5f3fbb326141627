package reconciler_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/specs"
)

var _ = DescribeTable("a job that ended badly says what was found",
	func(said, want string) {
		bad := job(providers.AtService, providers.Failed)
		bad.ProgressMessage = said
		bad.Failure = &providers.Failure{Reason: "MissingSignature", Meaning: "there is no SIGNATURE file", Remedy: "send it again"}
		seen := Snapshot{At: noon, Traits: shipped, Job: asked(bad), Device: absent(), Record: record(submitted()), Checked: &CheckSeen{}, Surveyed: surveyed()}
		d := Decide(document(specs.Verified), seen, Limits{})
		Expect(d.Hold).To(BeAssignableToTypeOf(Blocked{}))
		Expect(d.Hold.(Blocked).Message).To(HaveSuffix(want))
	},
	Entry("in the service's words", "no file of that name", " ended as Failed: no file of that name"),
	Entry("in ours where it says nothing", "", " ended as Failed: there is no SIGNATURE file"),
)
