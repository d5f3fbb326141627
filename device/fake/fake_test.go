package fake_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/device/conformance"
	"github.com/cargomedia/s3export/device/fake"
)

func TestFake(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "Fake Disks Suite")
}

type lab struct {
	*fake.Disks
	n int
}

func (l *lab) Blank(size int64) device.Selector {
	l.n++
	path := fmt.Sprintf("/images/%d.img", l.n)
	l.Plug(fake.Disk{Path: path, Identity: device.Identity{Kind: device.Image, Size: size, Backing: path}})
	return device.Selector{Image: path, Serial: "IMG-test"}
}

func (l *lab) Scribble(s device.Selector) {
	l.Change(s.Image, func(k *fake.Disk) { k.Foreign = "unknown data" })
}

func (l *lab) PutFile(s device.Selector, name, content string) {
	l.Change(s.Image, func(k *fake.Disk) { k.Volume.Files[name] = []byte(content) })
}

func (l *lab) Remove(s device.Selector) { l.Unplug(s.Image) }

var _ = Describe("fake disks", func() {
	conformance.Suite(func() (conformance.Disks, conformance.Lab) {
		d := fake.New(fake.Options{})
		return d, &lab{Disks: d}
	})

	It("can be cut before and after each effect, and each cut is recognized", func() {
		v := device.NewVolumeID("photos-a", "1")
		crash := errors.New("crash")
		for cut := 1; ; cut++ {
			n := 0
			hook := func(string) error {
				if n++; n == cut {
					return crash
				}
				return nil
			}
			d := fake.New(fake.Options{Before: hook, After: hook})
			s := (&lab{Disks: d}).Blank(1 << 30)
			st, err := d.Inspect(context.Background(), s)
			Expect(err).NotTo(HaveOccurred())
			c, r := st.Claim(v)
			Expect(r).NotTo(HaveOccurred())
			err = d.Format(context.Background(), c, v)
			if err == nil {
				Expect(cut).To(BeNumerically(">", 6))
				k, _ := d.Disk(s.Image)
				Expect(k.Erases).To(Equal(1))
				Expect(k.Written).To(BeNumerically(">", 0))
				break
			}
			Expect(err).To(MatchError(crash))
			st, err = d.Inspect(context.Background(), s)
			Expect(err).NotTo(HaveOccurred())
			Expect(st.Relation(v)).To(BeElementOf(device.Blank, device.HalfMade, device.OursEmpty))
			_, r = st.Claim(v)
			Expect(r).NotTo(HaveOccurred())
		}
	})

	It("lists several that match", func() {
		d := fake.New(fake.Options{})
		for _, path := range []string{"/dev/sda", "/dev/sdb"} {
			d.Plug(fake.Disk{Path: path, Identity: device.Identity{Kind: device.Block, Serial: "WD-1", Size: 4e12}})
		}
		st, err := d.Inspect(context.Background(), device.Selector{Serial: "WD-1"})
		Expect(err).NotTo(HaveOccurred())
		Expect(st.Presence).To(Equal(device.Ambiguous))
		Expect(st.Matches).To(ConsistOf(ContainSubstring("/dev/sda"), ContainSubstring("/dev/sdb")))
	})
})
