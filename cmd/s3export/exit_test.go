package main

import (
	"errors"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/verify"
)

var _ = DescribeTable("the exit code of an outcome", func(o reconciler.Outcome, plain, waited int) {
	Expect(exitCode(o, false)).To(Equal(plain))
	Expect(exitCode(o, true)).To(Equal(waited), "with --wait")
},
	Entry("nothing is left to do", reconciler.Converged{}, 0, 0),
	Entry("it waits", reconciler.Waiting{Reason: reconciler.ShipDrive}, 0, 3),
	Entry("it waits for a drive", reconciler.Waiting{Reason: reconciler.PlugInDrive}, 0, 3),
	Entry("it was told to wait", reconciler.Waiting{Reason: reconciler.Suspended}, 0, 3),
	Entry("it tries again", reconciler.Waiting{Reason: reconciler.Retrying, Failed: true}, 1, 1),
	Entry("the device is busy", reconciler.Waiting{Reason: reconciler.DeviceBusy}, 0, 3),
	Entry("a person is needed", reconciler.Blocked{Reason: reconciler.EraseNotAllowed}, 4, 4),
	Entry("a device is refused", reconciler.Blocked{Reason: "DeviceForeign"}, 4, 4),
	Entry("a reason that nobody knows", reconciler.Blocked{Reason: "SomethingNew"}, 4, 4),
	Entry("the verification failed", reconciler.Blocked{Reason: reconciler.VerificationFailed}, 5, 5),
	Entry("the verification is incomplete", reconciler.Blocked{Reason: reconciler.VerificationIncomplete}, 6, 6),
)

var _ = DescribeTable("the exit code of a verdict", func(v verify.Verdict, want int) {
	Expect(verdictCode(v)).To(Equal(want))
},
	Entry(nil, verify.Pass, 0), Entry(nil, verify.Fail, 5), Entry(nil, verify.Incomplete, 6), Entry("none", verify.Verdict(""), 1),
)

var _ = DescribeTable("the exit code of several backups", func(want int, codes ...int) {
	Expect(worst(codes)).To(Equal(want))
},
	Entry("of none", 0),
	Entry("of good ones", 0, 0, 0),
	Entry("one waits", 3, 0, 3, 0),
	Entry("incomplete is worse than waiting", 6, 3, 6, 0),
	Entry("blocked is worse than incomplete", 4, 3, 6, 4),
	Entry("failed is worse than blocked", 5, 4, 6, 5),
	Entry("an error is worse than all verdicts", 1, 5, 4, 6, 3, 1),
	Entry("an interrupt ends all", 130, 1, 5, 130, 0),
)

var _ = DescribeTable("the exit codes of plan and diff", func(v view, plan, terraform, diff int) {
	Expect(asApply().of(v)).To(Equal(plan), "plan")
	Expect(asTerraform().of(v)).To(Equal(terraform), "plan --detailed-exitcode")
	Expect(asDiff().of(v)).To(Equal(diff), "diff")
},
	Entry("nothing to do", view{}, 0, 0, 0),
	Entry("it would act", view{Changed: true}, 0, 2, 1),
	Entry("a wait is no difference", view{Outcome: outcomeView{Kind: "Waiting"}}, 0, 0, 0),
	Entry("a person is needed", view{Outcome: outcomeView{Kind: "Blocked"}, ExitCode: 4}, 4, 1, 0),
	Entry("a service does not answer", view{Outcome: outcomeView{Kind: "Waiting", Failed: true}, ExitCode: 1}, 1, 1, 2),
	Entry("an error", view{Error: &problem{}, ExitCode: 1}, 1, 1, 2),
)

var _ = It("keeps errors of diff above a difference, and those of a detailed plan at 1", func() {
	Expect(asDiff().all([]int{0, 1})).To(Equal(1))
	Expect(asDiff().all([]int{1, 2, 0})).To(Equal(2))
	Expect(asDiff().all(nil)).To(Equal(0))
	Expect(asTerraform().all([]int{0, 2})).To(Equal(2))
	Expect(asTerraform().all([]int{2, 1, 0})).To(Equal(1))
	Expect(aboveOne(nil)).To(Succeed())
	Expect(aboveOne(done(1))).To(Equal(done(1)))
	Expect(problemOf(aboveOne(errors.New("x"))).ExitCode).To(Equal(2))
	Expect(problemOf(aboveOne(&interrupted{errors.New("x")})).ExitCode).To(Equal(130))
})
