package device_test

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/device/conformance"
)

// imageLab makes image files.
type imageLab struct{}

func (imageLab) Blank(size int64) device.Selector { return imageOf(newImage(size)) }

func (imageLab) Scribble(s device.Selector) { poke(s.Image, 12<<20, []byte("somebody's data")) }

func (imageLab) PutFile(s device.Selector, name, content string) {
	from := filepath.Join(GinkgoT().TempDir(), "file")
	Expect(os.WriteFile(from, []byte(content), 0o644)).To(Succeed())
	oracle("debugfs", "-w", "-R", "write "+from+" "+name, s.Image+"?offset=1048576")
}

func (imageLab) Remove(s device.Selector) { Expect(os.Remove(s.Image)).To(Succeed()) }

var _ = Describe("disks in image files", func() {
	conformance.Suite(func() (conformance.Disks, conformance.Lab) {
		return device.New(device.Options{LockWait: lockWait}), imageLab{}
	})
})
