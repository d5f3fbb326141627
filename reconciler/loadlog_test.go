package reconciler_test

import (
	"context"
	"errors"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

var _ = Describe("the service's log", func() {
	DescribeTable("is kept before the proof", func(change func(*scene, *Run), want string) {
		s, run := begin(), returned()
		run.Load.LogBucket, run.Load.LogKey = "photos-logs", "export-log-EX1ID"
		s.seen.Device, s.seen.Job = loaded(), asked(job(providers.Returned, providers.Complete))
		change(&s, &run)
		s.seen.Record = record(run)
		Expect(cell(s.decide())).To(Equal(want))
	},
		Entry("when the drive is back", func(*scene, *Run) {}, "KeepLog (note)"),
		Entry("when the load has ended and the drive is not back", func(s *scene, run *Run) {
			run.Load.ReturnedAt = nil
			s.seen.Device, s.seen.Job = absent(), asked(job(providers.AtService, providers.Complete))
		}, "KeepLog (note)"),
		Entry("when no proof is wanted", func(s *scene, _ *Run) { s.want = document(specs.Exported) }, "KeepLog (note)"),
		Entry("not where the job names none", func(_ *scene, run *Run) { run.Load.LogKey = "" }, "Verify (note)"),
		Entry("not twice", func(_ *scene, run *Run) { run.Log = &LogFact{File: "export-log.txt"} }, "Verify (note)"),
		Entry("not where it could not be had", func(_ *scene, run *Run) { run.Log = &LogFact{Problem: "gone"} }, "Verify (note)"),
		Entry("not for a proof of before there were logs", func(_ *scene, run *Run) { run.Proofs = proven(verify.Pass, noon).Proofs }, "converged"),
		Entry("for such a proof that is asked for again", func(s *scene, run *Run) {
			run.Proofs, s.limits.Reverify = proven(verify.Pass, noon).Proofs, true
		}, "KeepLog (note)"),
		Entry("again where it could not be had, with a proof that is asked for again", func(s *scene, run *Run) {
			run.Log, s.limits.Reverify = &LogFact{Problem: "gone"}, true
		}, "KeepLog (note)"),
		Entry("not again where it is kept", func(s *scene, run *Run) {
			run.Log, s.limits.Reverify = &LogFact{File: "export-log.txt"}, true
		}, "Verify (note)"),
	)

	Describe("that cannot be had", func() {
		var w *world
		ctx := context.Background()
		BeforeEach(func() {
			w = newWorld(shipped)
			w.want.Spec.Phase = specs.Exported
			w.live()
			r := w.record()
			run := r.Run("1")
			run.Log = nil
			r.Runs = []Run{run}
			_, err := w.store.Save(ctx, r)
			Expect(err).NotTo(HaveOccurred())
			w.want.Spec.Phase = specs.Verified
		})
		reconcile := func(err error, l Limits) Result {
			GinkgoHelper()
			w.local = w.local.Add(time.Hour)
			r := w.reconciler()
			if err != nil {
				r.Evidence = unlogged{r.Evidence, err}
			}
			result, err := r.Reconcile(ctx, w.want, l)
			Expect(err).NotTo(HaveOccurred())
			return result
		}

		DescribeTable("does not stand in the way of the proof where another try would not help", func(kind providers.ErrorKind, remedy string) {
			err := &providers.Error{Kind: kind, Op: "GetObject", Code: "Code", Remedy: "allow it"}
			result := reconcile(err, Limits{})
			Expect(result.Outcome).To(Equal(Converged{Phase: specs.Verified}))
			log := result.Record.Run("1").Log
			Expect(log).To(Equal(&LogFact{At: log.At, Problem: "GetObject: Code", Remedy: remedy}))
			Expect(result.Record.Events).To(ContainElement(HaveField("Message", "could not have the service's log: GetObject: Code")))
		},
			Entry("it is gone", providers.NotFound, "put it back there, if somebody has moved or removed it"),
			Entry("it may not be read", providers.Denied, "allow it"),
			Entry("its bucket is in another region", providers.Invalid, "allow it"),
			Entry("it is too long", providers.Unexpected, "allow it"),
		)

		DescribeTable("is waited for where another try may help", func(kind providers.ErrorKind) {
			err := &providers.Error{Kind: kind, Op: "GetObject", Remedy: "wait"}
			result := reconcile(err, Limits{})
			Expect(result.Outcome).To(HaveField("Reason", Retrying))
			Expect(result.Record.Run("1").Log).To(BeNil())
			Expect(reconcile(nil, Limits{}).Outcome).To(Equal(Converged{Phase: specs.Verified}))
		},
			Entry("the network is down", providers.Unreachable),
			Entry("the service is down", providers.Transient),
			Entry("the service is busy", providers.Throttled),
		)

		It("blocks when it cannot be kept", func() {
			err := &FileError{Op: "writing", Path: "export-log.txt", Err: errors.New("no space"), Remedy: "make room"}
			Expect(reconcile(err, Limits{}).Outcome).To(HaveField("Reason", FileTrouble))
		})

		It("is asked for again, once, with a proof that is asked for again", func() {
			denied := &providers.Error{Kind: providers.Denied, Op: "GetObject", Remedy: "allow it"}
			reconcile(denied, Limits{})
			result := reconcile(denied, Limits{Reverify: true})
			Expect(result.Outcome).To(Equal(Converged{Phase: specs.Verified}))
			Expect(names(result.Done)).To(Equal([]string{"KeepLog", "Verify"}))
			result = reconcile(nil, Limits{Reverify: true})
			Expect(result.Record.Run("1").Log).To(And(HaveField("File", "export-log.txt"), HaveField("Problem", "")))
			Expect(names(reconcile(nil, Limits{Reverify: true}).Done)).To(Equal([]string{"Verify"}))
		})
	})
})

// unlogged is evidence that cannot have the service's log.
type unlogged struct {
	Evidence
	err error
}

func (u unlogged) KeepLog(context.Context, specs.Document, LoadFact) (LogFact, error) {
	return LogFact{}, u.err
}

func names(steps []Step) (all []string) {
	for _, s := range steps {
		all = append(all, s.Name)
	}
	return all
}

// record reads the world's record.
func (w *world) record() Record {
	GinkgoHelper()
	r, err := w.store.Load(context.Background(), "photos-a")
	Expect(err).NotTo(HaveOccurred())
	return r
}
