package reconciler_test

import (
	"context"
	"io/fs"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	devicefake "github.com/cargomedia/s3export/device/fake"
	"github.com/cargomedia/s3export/providers"
	providerfake "github.com/cargomedia/s3export/providers/fake"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
)

// blankDrive returns the drive that a spec asks for, blank.
func blankDrive(d specs.Document) devicefake.Disk {
	s := d.Spec.Device
	drive := devicefake.Disk{Path: "/dev/sdx", Identity: device.Identity{Kind: device.Block, Serial: s.Serial, WWN: s.WWN, Size: 4_000_000_000_000}}
	if n, _, err := s.Size.Parse(); err == nil && n > 0 {
		drive.Identity.Size = n
	}
	if s.ByID != "" {
		drive.ByID, drive.Identity.Serial = []string{s.ByID}, "SERIAL-1"
	}
	if s.Image != "" {
		drive.Path, drive.Identity.Kind, drive.Identity.Serial = s.Image, device.Image, d.DeviceID()
	}
	return drive
}

// everything is a source that is in order, whatever is asked for.
type everything struct{}

func (everything) Survey(context.Context, specs.Document, []PriorCopy) (BaselineFact, error) {
	return surveyed().Fact, nil
}

var _ = Describe("the examples", func() {
	var paths []string
	err := filepath.WalkDir("../examples", func(path string, _ fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); ext == ".yaml" || ext == ".yml" {
			paths = append(paths, path)
		}
		return err
	})
	It("are there", func() {
		Expect(err).NotTo(HaveOccurred())
		Expect(len(paths)).To(BeNumerically(">=", 4))
	})
	for _, path := range paths {
		It("plans "+path, func() {
			docs, err := specs.Load([]string{path}, specs.Options{})
			Expect(err).NotTo(HaveOccurred())
			for _, d := range docs {
				disks := devicefake.New(devicefake.Options{})
				disks.Plug(blankDrive(d))
				traits := shipped
				if d.Spec.Provider.Pull != nil {
					traits = providers.Traits{Fill: providers.ByUs, Refreshes: true}
				}
				p := &Planner{
					Traits: traits, Jobs: providerfake.New(providerfake.Options{Traits: traits}), Disks: disks, Source: everything{},
					Journal: journal.New(GinkgoT().TempDir()), Drives: journal.New(GinkgoT().TempDir()), Clock: noon.Local,
					Secrets: func(context.Context, secret.Source) (secret.Value, error) { return secret.NewValue("4321"), nil },
				}
				plan, err := p.Plan(GinkgoT().Context(), d, Limits{AllowErase: true})
				Expect(err).NotTo(HaveOccurred())
				_, acting := plan.Next()
				Expect(acting || d.Spec.Suspend || d.Spec.Phase == specs.Canceled).To(BeTrue(), "%s: %+v", d.Metadata.Name, plan.Outcome())
			}
		})
	}
})
