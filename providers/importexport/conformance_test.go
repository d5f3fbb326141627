package importexport_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/conformance"
	"github.com/cargomedia/s3export/providers/importexport"
	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/jobs"
	"github.com/cargomedia/s3export/specs/secret"
)

var _ = Describe("the client against the simulator", func() {
	for _, ended := range []jobs.StatusOfEnded{jobs.AsStatus, jobs.AsException} {
		Describe("with ended jobs shown as "+string(ended), func() {
			conformance.Jobs(conformance.Harness{
				Bucket: "photos", LogBucket: "photos-logs", PageSize: 3,
				New: func(ctx context.Context) (conformance.Service, conformance.Controls) {
					return newWorld(ctx, ended)
				},
			})
		})
	}
})

var _ = It("lists all jobs of the simulator, newest first", func(ctx context.Context) {
	client, _ := newWorld(ctx, jobs.AsStatus)
	var want []providers.ListedJob
	for i := range 7 {
		text := fmt.Sprintf(`{manifestVersion: "2.0", deviceId: D%d, fileSystem: EXT4, logBucket: photos-logs, pinCode: "1234",
operations: [{exportBucket: photos}], returnAddress: {name: N, street1: S, city: C, stateOrProvince: WA, postalCode: "1", phoneNumber: "1", country: USA}}`, i)
		job, err := client.CreateJob(ctx, providers.JobRequest{Manifest: secret.NewValue(text)})
		Expect(err).NotTo(HaveOccurred())
		want = append([]providers.ListedJob{{ID: job.ID, Created: job.Created, Type: "Export", Canceled: i == 2}}, want...)
	}
	Expect(client.CancelJob(ctx, want[4].ID)).To(Succeed())
	var got []providers.ListedJob
	Expect(client.Jobs(ctx, func(j providers.ListedJob) error {
		got = append(got, j)
		return nil
	})).To(Succeed())
	Expect(got).To(Equal(want))
})

// world is a simulator, a client of it, and the drives that are shipped to it.
type world struct {
	*simulator.Control
	client *importexport.Client
	drives *drives
	faults simulator.Faults
}

func newWorld(ctx context.Context, ended jobs.StatusOfEnded) (*importexport.Client, conformance.Controls) {
	GinkgoHelper()
	base := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	drives := &drives{signatures: map[string]string{}}
	server, err := simulator.Start(context.WithoutCancel(ctx), simulator.Options{
		WorkDir: GinkgoT().TempDir(), Disks: drives, Now: func() time.Time { return base },
	})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Close)
	info := server.Info()
	client, err := importexport.New(importexport.Options{
		Credentials: credentials.NewStaticCredentialsProvider(info.AccessKeyID, info.SecretAccessKey, ""),
		Region:      info.Region,
		Endpoint:    info.Endpoint,
		PageSize:    3,
		MaxBackoff:  time.Millisecond,
	})
	Expect(err).NotTo(HaveOccurred())
	w := &world{
		Control: simulator.NewControl(info.Endpoint),
		client:  client, drives: drives,
		faults: simulator.Faults{EndedStatus: ended},
	}
	Expect(w.SetFaults(ctx, w.faults)).To(Succeed())
	for _, bucket := range []string{"photos", "photos-logs"} {
		Expect(w.CreateBucket(ctx, simulator.Bucket{Name: bucket})).To(Succeed())
	}
	return client, conformance.Controls{LoseCreate: w.loseCreate, Start: w.start, Expire: w.expire, Advance: w.advance}
}

func (w *world) loseCreate(ctx context.Context) {
	GinkgoHelper()
	f := w.faults
	f.Rules = []simulator.Rule{{Kind: simulator.ResetAfter, Service: simulator.ImportExport, Operation: "CreateJob", Count: 1}}
	Expect(w.SetFaults(ctx, f)).To(Succeed())
}

// start ships a drive that carries the job's SIGNATURE and lets the load begin.
func (w *world) start(ctx context.Context, id providers.JobID) {
	GinkgoHelper()
	job, err := w.client.Job(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	image := filepath.Join(GinkgoT().TempDir(), "drive.img")
	Expect(os.WriteFile(image, nil, 0o600)).To(Succeed())
	Expect(os.Truncate(image, 4<<20)).To(Succeed())
	w.drives.sign(filepath.Base(image), job.Signature)
	_, err = w.Ship(ctx, string(id), image)
	Expect(err).NotTo(HaveOccurred())
	_, err = w.AdvanceTo(ctx, string(id), "loading")
	Expect(err).NotTo(HaveOccurred())
}

func (w *world) expire(ctx context.Context, id providers.JobID) {
	GinkgoHelper()
	_, err := w.AdvanceTo(ctx, string(id), simulator.ExpiredStage)
	Expect(err).NotTo(HaveOccurred())
}

func (w *world) advance(ctx context.Context, by time.Duration) {
	GinkgoHelper()
	_, err := w.Advance(ctx, by)
	Expect(err).NotTo(HaveOccurred())
}

// drives are shipped images that hold nothing but a SIGNATURE file.
type drives struct {
	mu         sync.Mutex
	signatures map[string]string // by file name at home
}

func (d *drives) sign(name, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.signatures[name] = text
}

func (*drives) Inspect(_ context.Context, s device.Selector) (device.State, error) {
	return device.State{
		Selector: s, Presence: device.Present, Path: s.Image,
		Content: device.Content{FileSystem: &device.FileSystem{Type: "ext4"}},
	}, nil
}

func (d *drives) Open(_ context.Context, s device.Selector, _ device.Key) (device.Volume, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for name, text := range d.signatures {
		if strings.HasPrefix(filepath.Base(s.Image), name) {
			return volume(text), nil
		}
	}
	return volume(""), nil
}

// volume holds a SIGNATURE file with this text.
type volume string

func (v volume) Walk(_ context.Context, _ string, yield func(device.Entry) error) error {
	return yield(device.Entry{Path: "SIGNATURE", Type: device.Regular, Size: int64(len(v))})
}

func (v volume) Open(device.Entry) (io.ReaderAt, error) { return strings.NewReader(string(v)), nil }
func (v volume) Info() device.FileSystem                { return device.FileSystem{Type: "ext4"} }
func (v volume) Close() error                           { return nil }
