package reconciler_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/go-logr/logr"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	devicefake "github.com/cargomedia/s3export/device/fake"
	"github.com/cargomedia/s3export/providers"
	providerfake "github.com/cargomedia/s3export/providers/fake"
	"github.com/cargomedia/s3export/providers/importexport"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
	"github.com/cargomedia/s3export/verify"
	verifyfake "github.com/cargomedia/s3export/verify/fake"
)

// errCrash is what everything answers once the process is dead.
var errCrash = errors.New("the process is dead")

const (
	drivePath = "/dev/sdx"
	otherPath = "/dev/sdy"
)

// world is a service, a host with two disks, a source and a state directory. It
// can be cut at each effect, and started again.
type world struct {
	want    specs.Document
	traits  providers.Traits
	service *providerfake.Service
	disks   *devicefake.Disks
	source  *verifyfake.Source
	store   *journal.Store
	local   time.Time

	effects int
	cut     int // the effect before or after which the process dies; 0 never
	after   bool
	dead    bool
	names   []string // of the effects, in order
	away    *devicefake.Disk
}

func newWorld(traits providers.Traits) *world {
	w := &world{traits: traits, local: noon, source: verifyfake.NewSource(), store: journal.New(quickDir())}
	w.want = document(specs.Verified, "size: 4TB")
	w.want.Spec.Verify.Sample = "all"
	w.service = providerfake.New(providerfake.Options{Traits: traits})
	w.service.SetHooks(w.before, w.then)
	w.disks = devicefake.New(devicefake.Options{Before: w.before, After: w.then})
	w.disks.Plug(devicefake.Disk{Identity: identity, Path: drivePath})
	w.disks.Plug(devicefake.Disk{Identity: device.Identity{Kind: device.Block, Serial: "OTHER", Size: identity.Size}, Path: otherPath, Foreign: `ntfs "WORK"`})
	for i := range 5 {
		key, data := fmt.Sprintf("2026/%d.jpg", i), []byte(fmt.Sprintf("content %d", i))
		w.source.Put("photos", key, data, verifyfake.Modified(noon.AddDate(0, -1, 0)))
		w.service.Put("photos", key, data)
	}
	return w
}

// quickDir is a temporary directory in memory where there is one: the sweep saves
// thousands of records, each with its fsync.
func quickDir() string {
	dir, err := os.MkdirTemp("/dev/shm", "sweep-")
	if err != nil {
		return GinkgoT().TempDir()
	}
	DeferCleanup(os.RemoveAll, dir)
	return dir
}

func (w *world) before(op string) error {
	if w.dead {
		return errCrash
	}
	w.effects++
	w.names = append(w.names, op)
	if w.effects == w.cut && !w.after {
		w.dead = true
		return errCrash
	}
	return nil
}

func (w *world) then(string) error {
	if w.effects == w.cut && w.after {
		w.dead = true
	}
	if w.dead {
		return errCrash
	}
	return nil
}

// around runs an effect of our own files between the hooks.
func (w *world) around(op string, effect func() error) error {
	if err := w.before(op); err != nil {
		return err
	}
	if err := effect(); err != nil {
		return err
	}
	return w.then(op)
}

// cutJournal is the journal with a hook around each save.
type cutJournal struct {
	*journal.Store
	w *world
}

func (j cutJournal) Save(ctx context.Context, r Record) (saved Record, err error) {
	err = j.w.around("save", func() (err error) { saved, err = j.Store.Save(ctx, r); return err })
	return saved, err
}

// cutDrives is the records of drives with a hook around each save.
type cutDrives struct {
	*journal.Store
	w *world
}

func (d cutDrives) SaveDrive(ctx context.Context, r DriveRecord) (saved DriveRecord, err error) {
	err = d.w.around("drive", func() (err error) { saved, err = d.Store.SaveDrive(ctx, r); return err })
	return saved, err
}

// cutEvidence is the evidence with a hook around each file.
type cutEvidence struct {
	*evidence.Keeper
	w *world
}

func (e cutEvidence) Survey(ctx context.Context, d specs.Document, before []PriorCopy) (f BaselineFact, err error) {
	err = e.w.around("baseline", func() (err error) { f, err = e.Keeper.Survey(ctx, d, before); return err })
	return f, err
}

func (e cutEvidence) CloseBaseline(ctx context.Context, d specs.Document, start BaselineFact) (f BaselineFact, err error) {
	err = e.w.around("baseline", func() (err error) { f, err = e.Keeper.CloseBaseline(ctx, d, start); return err })
	return f, err
}

func (e cutEvidence) KeepLabel(ctx context.Context, d specs.Document, ids []providers.JobID, l providers.Label) (f LabelFact, err error) {
	err = e.w.around("label", func() (err error) { f, err = e.Keeper.KeepLabel(ctx, d, ids, l); return err })
	return f, err
}

func (e cutEvidence) KeepLog(ctx context.Context, d specs.Document, l LoadFact) (f LogFact, err error) {
	err = e.w.around("log", func() (err error) { f, err = e.Keeper.KeepLog(ctx, d, l); return err })
	return f, err
}

func (e cutEvidence) Paperwork(ctx context.Context, d specs.Document, run Run) (f PaperworkFact, err error) {
	err = e.w.around("paperwork", func() (err error) { f, err = e.Keeper.Paperwork(ctx, d, run); return err })
	return f, err
}

func (e cutEvidence) Prove(ctx context.Context, d specs.Document, s device.Selector, on device.Identity, run Run) (p Proof, err error) {
	err = e.w.around("prove", func() (err error) { p, err = e.Keeper.Prove(ctx, d, s, on, run); return err })
	return p, err
}

// buckets are all in one region, and may be written.
type buckets struct{}

func (buckets) BucketRegion(context.Context, string) (string, error) { return "us-east-1", nil }
func (buckets) CanWrite(context.Context, string, string) error       { return nil }

// objects gives labels out of the fake service's buckets.
type objects struct{ service *providerfake.Service }

func (o objects) Get(_ context.Context, bucket, key string, to io.Writer, _ int64) error {
	data, ok := o.service.Object(bucket, key)
	if !ok {
		return &providers.Error{Kind: providers.NotFound, Op: "GetObject", Remedy: "look"}
	}
	_, err := to.Write(data)
	return err
}

// filler copies the bucket onto the disk, as a provider does that ships nothing.
type filler struct{ w *world }

func (f filler) Fill(ctx context.Context, _ specs.Document, o FillOrder) (Filled, error) {
	if _, err := f.w.service.Fill(ctx, "photos", "photos", f); err != nil {
		return Filled{}, err
	}
	now := f.w.service.Now()
	return Filled{Load: LoadFact{EndedAt: now, ReturnedAt: &now}, Baseline: *o.Run.Baseline}, nil
}

func (f filler) WriteFile(path string, data []byte) error {
	f.w.disks.Change(drivePath, func(k *devicefake.Disk) { k.Volume.Files[path] = data })
	return nil
}

// reconciler starts the process anew.
func (w *world) reconciler() *Reconciler {
	clock := func() time.Time { return w.local }
	keeper := &evidence.Keeper{Journal: w.store, Source: w.source, Buckets: buckets{}, ReadLog: importexport.ReadLog, Objects: objects{w.service}, Devices: w.disks, Clock: clock}
	kept := cutEvidence{keeper, w}
	return &Reconciler{
		Planner: Planner{
			Source: kept, Traits: w.traits, Jobs: w.service, Disks: w.disks, Journal: cutJournal{w.store, w}, Drives: cutDrives{w.store, w}, Clock: clock,
			Secrets: func(context.Context, secret.Source) (secret.Value, error) { return secret.NewValue("4321"), nil },
		},
		JobWriter: w.service, DiskWriter: w.disks, Evidence: kept, Papers: kept, Filler: filler{w}, Random: rand.Reader, Log: logr.Discard(),
	}
}

// live reconciles until the wanted phase is reached, playing the carrier and the
// service, and starting the process again when it has died.
func (w *world) live() Record {
	GinkgoHelper()
	for range 60 {
		w.local = w.local.Add(time.Second)
		result, err := w.reconciler().Reconcile(context.Background(), w.want, Limits{})
		if w.dead {
			w.dead, w.cut = false, 0 // started again
			continue
		}
		Expect(err).NotTo(HaveOccurred())
		switch o := result.Outcome.(type) {
		case Converged:
			return result.Record
		case Blocked:
			Fail(fmt.Sprintf("blocked after effect %v: %s: %s", w.names, o.Reason, o.Message))
		case Waiting:
			w.play(o, result.Record)
		}
	}
	Fail("no end")
	return Record{}
}

// play is what happens while the backup waits.
func (w *world) play(o Waiting, r Record) {
	GinkgoHelper()
	run := r.Run("1")
	switch o.Reason {
	case ShipDrive:
		d, ok := w.disks.Unplug(drivePath)
		Expect(ok).To(BeTrue())
		Expect(string(d.Volume.Files["SIGNATURE"])).To(ContainSubstring(string(run.Job.ID)))
		w.away = &d
		Expect(w.service.Receive(run.Job.ID)).To(Succeed())
	case AtAWS:
		if w.away.Volume.UUID == id.UUID {
			Expect(w.service.Start(run.Job.ID)).To(Succeed())
			w.away.Volume = &devicefake.Volume{UUID: "99999999-2222-4333-8444-555555555555", Files: w.loadedFiles()}
			return
		}
		Expect(w.service.Load(run.Job.ID, 0)).To(Succeed())
	case InTransitBack:
		Expect(w.service.Return(run.Job.ID)).To(Succeed())
		w.disks.Plug(*w.away)
	case LookingForJob:
		w.service.Advance(settleTime)
	default:
		Fail("waiting: " + string(o.Reason) + ": " + o.Message)
	}
}

const settleTime = 61 * time.Second

func (w *world) loadedFiles() map[string][]byte {
	files := map[string][]byte{}
	for i := range 5 {
		files[fmt.Sprintf("photos/2026/%d.jpg", i)] = []byte(fmt.Sprintf("content %d", i))
	}
	return files
}

var _ verify.Source = (*verifyfake.Source)(nil)
