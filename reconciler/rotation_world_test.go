package reconciler_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-logr/logr"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	devicefake "github.com/cargomedia/s3export/device/fake"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
	verifyfake "github.com/cargomedia/s3export/verify/fake"
)

// copyTime is how long a copy takes in the story.
const copyTime = 3 * time.Hour

// rotation is the station of examples/rotation, its drives and their places, and a bucket
// that people work in.
type rotation struct {
	docs   []specs.Document // in the order of the drives
	disks  *devicefake.Disks
	away   map[string]*devicefake.Disk // by backup; the others are at the station
	source *verifyfake.Source
	store  *journal.Store
	now    time.Time
	told   strings.Builder   // the calendar
	stands map[string]string // by backup, what was told of it last
	keys   int               // of the last drive that was encrypted
	most   int               // proven copies that there were at once
	photos int
}

func newRotation(start time.Time) *rotation {
	GinkgoHelper()
	docs, err := specs.Load([]string{"../examples/rotation/backups.yaml"}, specs.Options{})
	Expect(err).NotTo(HaveOccurred())
	r := &rotation{
		docs: docs, disks: devicefake.New(devicefake.Options{}), source: verifyfake.NewSource(), store: journal.New(quickDir()),
		now: start, away: map[string]*devicefake.Disk{}, stands: map[string]string{},
	}
	for _, d := range docs {
		drive := blankDrive(d)
		drive.Path = "/dev/" + d.Spec.Device.Name
		r.away[d.Metadata.Name] = &drive
	}
	r.shoot(400)
	return r
}

// shoot has somebody put photos into the bucket.
func (r *rotation) shoot(n int) {
	for range n {
		r.photos++
		r.source.Put("photos", fmt.Sprintf("%06d.jpg", r.photos), fmt.Appendf(nil, "photo %d", r.photos), verifyfake.Modified(r.now))
	}
}

// work is what people do in a month: new photos, some edited, one deleted. None of that is
// a disaster.
func (r *rotation) work() {
	r.shoot(10)
	for i := range 5 {
		r.source.Put("photos", fmt.Sprintf("%06d.jpg", r.photos-20-i), fmt.Appendf(nil, "edited %s", r.now), verifyfake.Modified(r.now))
	}
	r.source.Delete("photos", fmt.Sprintf("%06d.jpg", r.photos-100))
}

func (r *rotation) tell(d specs.Document, format string, args ...any) {
	fmt.Fprintf(&r.told, "%s  %s  %s\n", r.now.Format("2006-01-02 Mon"), d.Spec.Device.Name, fmt.Sprintf(format, args...))
}

func (r *rotation) bring(d specs.Document) {
	GinkgoHelper()
	drive := r.away[d.Metadata.Name]
	Expect(drive).NotTo(BeNil(), "%s is not away", d.Metadata.Name)
	delete(r.away, d.Metadata.Name)
	r.disks.Plug(*drive)
	r.tell(d, "is brought and plugged in")
}

func (r *rotation) takeAway(d specs.Document) {
	GinkgoHelper()
	drive, here := r.disks.Unplug("/dev/" + d.Spec.Device.Name)
	Expect(here).To(BeTrue(), "%s is not here", d.Metadata.Name)
	r.away[d.Metadata.Name] = &drive
	r.tell(d, "is taken to %s", d.Spec.Device.Location)
}

// disk is the drive of a backup, wherever it is.
func (r *rotation) disk(d specs.Document) devicefake.Disk {
	if away := r.away[d.Metadata.Name]; away != nil {
		return *away
	}
	drive, _ := r.disks.Disk("/dev/" + d.Spec.Device.Name)
	return drive
}

func (r *rotation) here(d specs.Document) bool { return r.away[d.Metadata.Name] == nil }

// reconcile has watch look at a backup, and tells what comes of it.
func (r *rotation) reconcile(d specs.Document) Result {
	GinkgoHelper()
	result, err := r.reconciler().Reconcile(context.Background(), d, Limits{})
	Expect(err).NotTo(HaveOccurred())
	if len(result.Done) > 0 {
		run := result.Record.Runs[len(result.Record.Runs)-1]
		p, _ := run.LatestProof()
		r.tell(d, "run %s: %d objects, %s", run.Name, run.Baseline.Objects, p.Verdict)
	}
	stands := ""
	switch o := result.Outcome.(type) {
	case Waiting:
		stands = fmt.Sprintf("%s: %s; until %s", o.Reason, o.Message, o.Ends)
	case Blocked:
		stands = fmt.Sprintf("%s: %s; %s", o.Reason, o.Message, o.Remedy)
	case Converged:
	}
	if stands != "" && stands != r.stands[d.Metadata.Name] {
		r.tell(d, "%s", stands)
	}
	r.stands[d.Metadata.Name] = stands
	return result
}

// proven are the drives that hold a proven copy, wherever they are.
func (r *rotation) proven() map[string]DriveRecord {
	GinkgoHelper()
	all, err := r.store.ListDrives(context.Background())
	Expect(err).NotTo(HaveOccurred())
	found := map[string]DriveRecord{}
	for _, d := range all {
		if d.Retired == nil && d.Holds.Proven() {
			found[d.Holds.Backup] = d
		}
	}
	return found
}

// Fill implements Filler: the objects of the baseline are what is on the drive afterwards.
func (r *rotation) Fill(ctx context.Context, d specs.Document, o FillOrder) (Filled, error) {
	r.expectCopies()
	files := map[string][]byte{}
	for e, err := range evidence.Lines(r.store.RunDir(d.Metadata.Name, d.Spec.Run)+"/"+o.Run.Baseline.File, o.Run.Baseline.Digest)(ctx) {
		if err != nil {
			return Filled{}, err
		}
		var data bytes.Buffer
		body, err := r.source.Download(ctx, e.Object, 0)
		if err == nil {
			_, err = io.Copy(&data, body)
		}
		if err != nil {
			return Filled{}, err
		}
		files[e.Path] = data.Bytes()
	}
	r.disks.Change("/dev/"+d.Spec.Device.Name, func(k *devicefake.Disk) { k.Volume.Files, k.Written = files, k.Written+1 })
	r.now = r.now.Add(copyTime)
	b := *o.Run.Baseline
	b.Complete = true
	return Filled{Load: LoadFact{EndedAt: r.now, ReturnedAt: &r.now}, Baseline: b}, nil
}

// FormatEncrypted implements Encrypter. What is in the volume is not hidden here.
func (r *rotation) FormatEncrypted(ctx context.Context, c device.Claim, v device.VolumeID, keys []device.Key) error {
	r.keys = len(keys)
	return r.disks.Format(ctx, c, v)
}

func (r *rotation) reconciler() *Reconciler {
	clock := func() time.Time { return r.now }
	secrets := func(context.Context, secret.Source) (secret.Value, error) { return secret.NewValue("4321"), nil }
	keeper := &evidence.Keeper{Journal: r.store, Source: r.source, Buckets: buckets{}, Devices: r.disks, Secrets: secrets, Clock: clock}
	return &Reconciler{
		Planner: Planner{
			Source: keeper, Traits: refreshing, Disks: r.disks, Journal: r.store, Drives: r.store, Clock: clock, Secrets: secrets,
		},
		DiskWriter: r.disks, Encrypter: r, Evidence: keeper, Filler: r, Random: rand.Reader, Log: logr.Discard(),
	}
}

var (
	_ Filler    = (*rotation)(nil)
	_ Encrypter = (*rotation)(nil)
)
