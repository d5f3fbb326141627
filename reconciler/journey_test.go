package reconciler_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	devicefake "github.com/cargomedia/s3export/device/fake"
	"github.com/cargomedia/s3export/providers"
	providerfake "github.com/cargomedia/s3export/providers/fake"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

const days = 24 * time.Hour

// parcel is a submitted run on its journey, days after it began.
type parcel struct {
	run   Run
	job   providers.Job
	drive device.State
	after time.Duration // on the service's clock, since noon
}

func (p parcel) decide() Decision {
	traits := shipped
	traits.Patience = providerfake.Shipping().Patience
	seen := Snapshot{At: noon, Traits: traits, Record: record(p.run), Device: p.drive}
	if p.job.ID != "" {
		p.job.ObservedAt = noon.Add(p.after)
		seen.Job = asked(p.job)
	}
	return Decide(document(specs.Verified), seen, Limits{})
}

// underWay is a parcel that has left.
func underWay(after time.Duration, told ...Told) parcel {
	run := submitted()
	run.Job.CreatedAt, run.Job.ExpiresAt = noon, noon.Add(30*days)
	run.Journey = &JourneyFact{LeftAt: noon}
	run.Told = told
	return parcel{run: run, job: job(providers.NotReceived, providers.Pending), drive: absent(), after: after}
}

func back(after time.Duration, told ...Told) parcel {
	run := returned()
	run.Journey = &JourneyFact{ReceivedAt: noon, ClockAhead: int64(after.Seconds())}
	run.Load.Carrier, run.Load.Tracking = "UPS", "1Z9"
	run.Told = told
	return parcel{run: run, drive: absent()}
}

func atSite(p providers.Progress, j JourneyFact, after time.Duration) parcel {
	run := submitted()
	run.Journey = &j
	return parcel{run: run, job: job(providers.AtService, p), drive: absent(), after: after}
}

var _ = DescribeTable("a parcel", func(p func() parcel, want string, stalled Reason, says string) {
	d := p().decide()
	Expect(cell(d)).To(Equal(want))
	var message, remedy string
	var condition Reason
	for _, c := range d.Conditions {
		if c.Type == "Stalled" {
			condition = c.Reason
		}
	}
	switch o := d.Hold.(type) {
	case Waiting:
		message, remedy = o.Message, o.Remedy
		Expect(o.Stalled).To(Equal(stalled))
		Expect(o.Ends).NotTo(BeEmpty())
		Expect(o.NextLook.After(o.Since)).To(BeTrue())
		Expect(condition).To(Equal(stalled))
		if stalled == "" {
			Expect(remedy).To(BeEmpty())
		} else {
			Expect(remedy).NotTo(BeEmpty())
		}
	case Blocked:
		message, remedy = o.Message, o.Remedy
		Expect(remedy).NotTo(BeEmpty())
		Expect(condition).To(Equal(o.Reason))
	case Converged:
	}
	Expect(message).To(ContainSubstring(says))
},
	Entry("ready, with its end in sight", func() parcel { p := underWay(0); p.drive = ours(signature, false); return p }, "wait: ShipDrive", Reason(""), "expires on 2026-12-23"),
	Entry("ready, and too late to arrive in time", func() parcel { p := underWay(20 * days); p.drive = ours(signature, false); return p }, "wait: ShipDrive", ExpiresSoon, "expires on"),
	Entry("left", func() parcel { return underWay(days) }, "wait: InTransitToAWS", Reason(""), "is on its way to the service; its job expires on 2026-12-23"),
	Entry("shipped by somebody", func() parcel {
		return underWay(days, Told{What: ToldShipped, Service: noon, Carrier: "UPS", Tracking: "1Z1"})
	}, "wait: InTransitToAWS", Reason(""), "by UPS 1Z1"),
	Entry("overdue with a carrier that is known", func() parcel { return underWay(15*days, Told{What: ToldShipped, Service: noon, Carrier: "UPS"}) }, "wait: InTransitToAWS", Overdue, "overdue since 2026-12-07"),
	Entry("not yet overdue with one that is not", func() parcel { return underWay(15 * days) }, "wait: InTransitToAWS", Reason(""), ""),
	Entry("overdue with one that is not", func() parcel { return underWay(18 * days) }, "wait: InTransitToAWS", Overdue, "overdue since 2026-12-10"),
	Entry("shipped later than it was missed", func() parcel {
		return underWay(15*days, Told{What: ToldShipped, Service: noon.Add(5 * days), Carrier: "UPS"})
	}, "wait: InTransitToAWS", Reason(""), ""),
	Entry("delivered, and being registered", func() parcel {
		return underWay(12*days, Told{What: ToldReceived, At: noon, Service: noon.Add(8 * days)})
	}, "wait: InTransitToAWS", Reason(""), "was delivered (recorded 2026-11-23)"),
	Entry("delivered, and never registered", func() parcel { return underWay(16*days, Told{What: ToldReceived, Service: noon.Add(8 * days)}) }, "wait: InTransitToAWS", Overdue, "overdue since 2026-12-08"),
	Entry("held by customs", func() parcel { return underWay(days, Told{What: ToldCustomsHold, At: noon}) }, "wait: CustomsHold", CustomsHold, "held by customs on its way to the service"),
	Entry("released by customs", func() parcel {
		return underWay(days, Told{What: ToldCustomsHold}, Told{What: ToldReceived, Service: noon})
	}, "wait: InTransitToAWS", Reason(""), "was delivered"),
	Entry("lost", func() parcel { return underWay(days, Told{What: ToldLost, At: noon}) }, "blocked: ParcelLost", Reason(""), "lost on its way to the service"),
	Entry("lost, and turned up there", func() parcel {
		p := atSite(providers.Pending, JourneyFact{ReceivedAt: noon}, days)
		p.run.Told = []Told{{What: ToldLost}}
		return p
	}, "wait: AtAWS", Reason(""), ""),
	Entry("at the service", func() parcel { return atSite(providers.Pending, JourneyFact{ReceivedAt: noon}, 13*days) }, "wait: AtAWS", Reason(""), ""),
	Entry("at the service and not begun", func() parcel { return atSite(providers.Pending, JourneyFact{ReceivedAt: noon}, 15*days) }, "wait: AtAWS", Overdue, "overdue since 2026-12-07"),
	Entry("being loaded", func() parcel {
		return atSite(providers.InProgress, JourneyFact{ReceivedAt: noon, LoadingAt: noon.Add(13 * days)}, 15*days)
	}, "wait: AtAWS", Reason(""), ""),
	Entry("being loaded for ever", func() parcel {
		return atSite(providers.InProgress, JourneyFact{ReceivedAt: noon, LoadingAt: noon}, 15*days)
	}, "wait: AtAWS", Overdue, "overdue since"),
	Entry("loaded and kept", func() parcel {
		p := atSite(providers.Complete, JourneyFact{ReceivedAt: noon}, 8*days)
		p.run.Baseline.Complete = true
		p.run.Load = &LoadFact{EndedAt: noon}
		return p
	}, "wait: InTransitBack", Overdue, "overdue since 2026-11-30"),
	Entry("sent back", func() parcel { return back(days) }, "wait: PlugInDrive", Reason(""), "the service has sent it back by UPS 1Z9"),
	Entry("sent back and overdue", func() parcel { return back(8 * days) }, "wait: PlugInDrive", Overdue, "overdue since 2026-11-30"),
	Entry("sent back and arrived", func() parcel { return back(20*days, Told{What: ToldReceived, Back: true}) }, "wait: PlugInDrive", Reason(""), "it has arrived"),
	Entry("sent back and held by customs", func() parcel { return back(days, Told{What: ToldCustomsHold, Back: true}) }, "wait: CustomsHold", CustomsHold, "on its way back"),
	Entry("sent back and lost", func() parcel { return back(days, Told{What: ToldLost, Back: true}) }, "blocked: ParcelLost", Reason(""), "lost on its way back"),
	Entry("sent back, lost and plugged in", func() parcel { p := back(days, Told{What: ToldLost, Back: true}); p.drive = loaded(); return p }, "Verify (note)", Reason(""), ""),
)

var _ = Describe("what a person tells", func() {
	ctx := context.Background()
	var store *journal.Store
	clock := func() time.Time { return noon }
	keep := func(run Run) {
		GinkgoHelper()
		r, err := store.Load(ctx, "photos-a")
		Expect(err).NotTo(HaveOccurred())
		r.Name, r.FormatVersion, r.Runs = "photos-a", RecordVersion, []Run{run}
		_, err = store.Save(ctx, r)
		Expect(err).NotTo(HaveOccurred())
	}
	BeforeEach(func() { store = journal.New(GinkgoT().TempDir()) })

	It("is kept with its time on both clocks, in the history, and once", func() {
		run := submitted()
		run.Journey = &JourneyFact{ClockAhead: 3600}
		keep(run)
		fact := Told{What: ToldShipped, Carrier: "UPS", Tracking: "1Z1"}
		r, err := Tell(ctx, store, "photos-a", fact, clock)
		Expect(err).NotTo(HaveOccurred())
		told := r.Run("1").Told
		Expect(told).To(HaveLen(1))
		Expect(told[0].Service).To(Equal(noon.Add(time.Hour)))
		Expect(told[0].Back).To(BeFalse())
		Expect(r.Events[len(r.Events)-1].Message).To(Equal("the drive was shipped (UPS 1Z1)"))
		again, err := Tell(ctx, store, "photos-a", fact, clock)
		Expect(err).NotTo(HaveOccurred())
		Expect(again.Run("1").Told).To(HaveLen(1))
		Expect(again.Events).To(HaveLen(len(r.Events)))
	})

	It("is of the way back once the service has sent the drive back", func() {
		keep(returned())
		r, err := Tell(ctx, store, "photos-a", Told{What: ToldReceived}, clock)
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Run("1").Told[0].Back).To(BeTrue())
	})

	DescribeTable("is refused when it cannot be", func(change func(*Run), what ToldKind) {
		run := submitted()
		change(&run)
		keep(run)
		_, err := Tell(ctx, store, "photos-a", Told{What: what}, clock)
		Expect(err).To(And(BeAssignableToTypeOf(&TellError{}), HaveField("Remedy", Not(BeEmpty()))))
		r, err := store.Load(ctx, "photos-a")
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Run("1").Told).To(BeEmpty())
	},
		Entry("no job", func(r *Run) { r.Job = nil }, ToldShipped),
		Entry("no SIGNATURE", func(r *Run) { r.Signature = nil }, ToldShipped),
		Entry("canceled", func(r *Run) { r.Canceled = &CanceledFact{} }, ToldLost),
		Entry("at the service", func(r *Run) { r.Journey = &JourneyFact{ReceivedAt: noon} }, ToldLost),
		Entry("shipped after it came back", func(r *Run) { *r = returned() }, ToldShipped),
		Entry("lost after it was verified", func(r *Run) { *r = proven(verify.Pass, noon) }, ToldLost),
	)
})

var _ = Describe("a run after a lost parcel", func() {
	ctx := context.Background()
	var w *world
	BeforeEach(func() {
		w = newWorld(shipped)
		_, err := w.reconciler().Reconcile(ctx, w.want, Limits{})
		Expect(err).NotTo(HaveOccurred())
		w.disks.Unplug(drivePath)
		_, err = Tell(ctx, w.store, "photos-a", Told{What: ToldLost}, func() time.Time { return w.local })
		Expect(err).NotTo(HaveOccurred())
		w.disks.Plug(devicefake.Disk{Identity: device.Identity{Kind: device.Block, Serial: "WD-2", Size: identity.Size}, Path: "/dev/sdz"})
		w.want.Spec.Device.Serial, w.want.Spec.Run = "WD-2", "2"
	})

	It("begins by canceling the job of the lost one, so that there is never a second", func() {
		before := theJobOf(w, "1")
		result, err := w.reconciler().Reconcile(ctx, w.want, Limits{})
		Expect(err).NotTo(HaveOccurred())
		Expect(result.Done[0].Name).To(Equal("GiveUpLost"))
		Expect(result.Outcome).To(HaveField("Reason", ShipDrive))
		lost, err := w.service.Job(ctx, before)
		Expect(err).NotTo(HaveOccurred())
		Expect(lost.Progress).To(Equal(providers.Canceled))
		Expect(result.Record.Run("1").Canceled).NotTo(BeNil())
		Expect(theJobOf(w, "2")).NotTo(Equal(before))
	})

	It("does not begin when the lost one has turned up, and the old run can go on", func() {
		Expect(w.service.Start(theJobOf(w, "1"))).To(Succeed())
		result, err := w.reconciler().Reconcile(ctx, w.want, Limits{})
		Expect(err).NotTo(HaveOccurred())
		Expect(result.Outcome).To(BeAssignableToTypeOf(Blocked{}))
		Expect(result.Record.Run("2").Job).To(BeNil())
		w.want.Spec.Device.Serial, w.want.Spec.Run = "WD-1", "1"
		result, err = w.reconciler().Reconcile(ctx, w.want, Limits{})
		Expect(err).NotTo(HaveOccurred())
		Expect(result.Outcome).To(HaveField("Reason", AtAWS))
	})
})

// theJobOf is the job of a run, as the record has it.
func theJobOf(w *world, run string) providers.JobID {
	GinkgoHelper()
	r, err := w.store.Load(context.Background(), "photos-a")
	Expect(err).NotTo(HaveOccurred())
	Expect(r.Run(run).Job).NotTo(BeNil())
	return r.Run(run).Job.ID
}
