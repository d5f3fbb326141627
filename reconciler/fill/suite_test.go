package fill_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/reconciler/fill"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
)

func TestFill(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "reconciler/fill")
}

const bucket = "photos"

// station is a drive, which is a directory, and all that is needed to fill it.
type station struct {
	dir    string // of the drive
	home   string // of the state and the spec
	root   *os.Root
	now    time.Time
	filler *fill.Filler
	keeper *evidence.Keeper
	run    string
	ranges string // of the spec, in YAML
	pull   string // more of spec.provider.pull, in YAML
	more   string // lines of spec
}

func newStation(source verify.Source) *station {
	GinkgoHelper()
	s := &station{
		dir: fill.Scratch(GinkgoTB()), home: fill.Scratch(GinkgoTB()), now: time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC),
		run: "1", ranges: "[{bucket: " + bucket + "}]",
	}
	var err error
	s.root, err = os.OpenRoot(s.dir)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(s.root.Close)
	store := journal.New(filepath.Join(s.home, "state"))
	s.keeper = &evidence.Keeper{Journal: store, Source: source, Buckets: anywhere{}, Clock: s.clock}
	s.filler = &fill.Filler{
		Journal: store, Clock: s.clock, Tool: "s3export test", Lacks: func(error) string { return "" },
		IsFull: func(err error) bool { return errors.Is(err, errFull) },
	}
	s.filler.Mount = s.mount(nil)
	return s
}

// mount gives the drive with what its sync does; nil: nothing.
func (s *station) mount(sync func() error) func(context.Context, specs.Document, reconciler.Run, device.Selector, device.VolumeID) (fill.Drive, error) {
	return func(context.Context, specs.Document, reconciler.Run, device.Selector, device.VolumeID) (fill.Drive, error) {
		return &folder{s.root, sync}, nil
	}
}

func (s *station) clock() time.Time {
	s.now = s.now.Add(time.Second)
	return s.now
}

// folder is a drive.
type folder struct {
	root *os.Root
	sync func() error
}

func (f *folder) Root() *os.Root { return f.root }
func (f *folder) Sync() error {
	if f.sync != nil {
		return f.sync()
	}
	return nil
}
func (f *folder) Explain(err error) error { return fmt.Errorf("drive: %w", err) }
func (f *folder) Close() error            { return nil }

// anywhere has every bucket.
type anywhere struct{}

func (anywhere) BucketRegion(context.Context, string) (string, error) { return "us-east-1", nil }
func (anywhere) CanWrite(context.Context, string, string) error       { return nil }

// document reads the spec anew.
func (s *station) document() specs.Document {
	GinkgoHelper()
	text := fmt.Sprintf(`apiVersion: s3export.cargomedia.ch/v1alpha1
kind: Backup
metadata: {name: photos-a}
spec:
  phase: Verified
  run: %q
  provider: {pull: {region: us-east-1, s3Endpoint: "http://127.0.0.1:1"%s}}
  source: {ranges: %s}
  device: {image: ./drive.img}
%s`, s.run, s.pull, s.ranges, s.more)
	file := filepath.Join(s.home, "backup.yaml")
	Expect(os.WriteFile(file, []byte(text), 0o600)).To(Succeed())
	docs, err := specs.Load([]string{file}, specs.Options{})
	Expect(err).NotTo(HaveOccurred())
	Expect(docs).To(HaveLen(1))
	return docs[0]
}

// order lists the source, as a new baseline of the run.
func (s *station) order(ctx context.Context) (specs.Document, reconciler.FillOrder) {
	GinkgoHelper()
	d := s.document()
	fact, err := s.keeper.Survey(ctx, d, nil)
	Expect(err).NotTo(HaveOccurred())
	return d, reconciler.FillOrder{
		Run: reconciler.Run{Name: s.run, Baseline: &fact}, Device: device.Identity{Serial: "S1"}, Volume: device.NewVolumeID(d.Metadata.Name, "1"),
	}
}

// fill brings the drive in line with the source as it is now.
func (s *station) fill(ctx context.Context) *reconciler.CopyFact {
	GinkgoHelper()
	d, o := s.order(ctx)
	return s.carryOut(ctx, d, o)
}

func (s *station) carryOut(ctx context.Context, d specs.Document, o reconciler.FillOrder) *reconciler.CopyFact {
	GinkgoHelper()
	filled, err := s.filler.Fill(ctx, d, o)
	Expect(err).NotTo(HaveOccurred())
	s.expectWhole(ctx, d, filled)
	return filled.Load.Copied
}

// expectWhole looks at what a copy leaves: the drive and the station say the same.
func (s *station) expectWhole(ctx context.Context, d specs.Document, filled reconciler.Filled) {
	GinkgoHelper()
	b, err := bundle.Open(os.DirFS(s.dir))
	Expect(err).NotTo(HaveOccurred())
	Expect(b.Description.BaselineDigest).To(Equal(filled.Baseline.Digest))
	here, err := os.ReadFile(filepath.Join(s.dir, bundle.Dir, bundle.BaselineName))
	Expect(err).NotTo(HaveOccurred())
	there, err := os.ReadFile(filepath.Join(s.filler.Journal.RunDir(d.Metadata.Name, d.Spec.Run), filled.Baseline.File))
	Expect(err).NotTo(HaveOccurred())
	Expect(there).To(Equal(here))
	for e, err := range b.Population().Objects(ctx) {
		Expect(err).NotTo(HaveOccurred())
		if e.Known != nil {
			info, err := os.Lstat(filepath.Join(s.dir, e.Path))
			Expect(err).NotTo(HaveOccurred())
			Expect(info.Size()).To(Equal(e.Size))
			Expect(info.ModTime()).To(BeTemporally("==", e.LastModified))
		}
	}
	names, err := fs.Glob(os.DirFS(filepath.Join(s.dir, bundle.Dir)), "*")
	Expect(err).NotTo(HaveOccurred())
	Expect(names).To(ContainElements(bundle.BackupName, bundle.BaselineName, bundle.ReadmeName, bundle.SumsName))
	for _, n := range names {
		Expect(n).To(BeElementOf(bundle.BackupName, bundle.BaselineName, bundle.ReadmeName, bundle.SumsName, bundle.ReplacedName))
	}
}

// files are those below a directory of the drive, with what they hold.
func (s *station) files(dir string) map[string]string {
	GinkgoHelper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(s.dir), dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(s.dir, name))
		all[strings.TrimPrefix(name, dir+"/")] = string(text)
		return err
	})
	if !errors.Is(err, fs.ErrNotExist) {
		Expect(err).NotTo(HaveOccurred())
	}
	return all
}

// replaced are the files that have given way in a run.
func (s *station) replaced(run string) map[string]string {
	GinkgoHelper()
	return s.files(path.Join(bundle.Dir, bundle.ReplacedName, run))
}

// write puts a file onto the drive that no copy has made.
func (s *station) write(name, text string) {
	GinkgoHelper()
	Expect(s.root.MkdirAll(path.Dir(name), 0o755)).To(Succeed())
	Expect(s.root.WriteFile(name, []byte(text), 0o644)).To(Succeed())
}
