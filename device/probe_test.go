package device_test

import (
	"context"
	"crypto/rand"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/device/capacity"
)

// blankClaim claims a blank device.
func blankClaim(d *device.Disks, s device.Selector) device.Claim {
	GinkgoHelper()
	c, r := inspect(d, s).ClaimBlank()
	Expect(r).NotTo(HaveOccurred())
	return c
}

var _ = Describe("a probe of the capacity", func() {
	d := device.New(device.Options{LockWait: lockWait})
	v := device.NewVolumeID("photos-a", "1")
	ctx := context.Background()
	options := capacity.Options{Random: rand.Reader}

	It("trusts an image, and leaves it blank with the same fingerprint", func() {
		path := newImage(64 << 20)
		before := inspect(d, imageOf(path)).Content.Fingerprint
		r, err := d.ProbeCapacity(ctx, blankClaim(d, imageOf(path)), options)
		Expect(err).NotTo(HaveOccurred())
		Expect(r).To(And(HaveField("Verdict", capacity.Genuine), HaveField("Size", BeEquivalentTo(64<<20))))
		Expect(inspect(d, imageOf(path)).Content).To(Equal(device.Content{Blank: true, Fingerprint: before}))
	})

	It("needs a claim of a blank device, that still holds", func() {
		path := newImage(64 << 20)
		for _, c := range []device.Claim{{}, claim(d, imageOf(path), v)} {
			_, err := d.ProbeCapacity(ctx, c, options)
			Expect(asError(err).Reason).To(Equal(device.DeviceChanged))
		}
		c := blankClaim(d, imageOf(path))
		poke(path, 17, []byte("mine"))
		before := digest(path)
		_, err := d.ProbeCapacity(ctx, c, options)
		Expect(asError(err).Reason).To(Equal(device.DeviceChanged))
		Expect(digest(path)).To(Equal(before))
	})

	It("is refused on everything that is not blank", func() {
		path := newImage(64 << 20)
		format(d, path, v)
		_, r := inspect(d, imageOf(path)).ClaimBlank()
		Expect(r).To(HaveField("Reason", device.DeviceForeign))
	})

	It("keeps others out, and is kept out", func() {
		path := newImage(64 << 20)
		c := blankClaim(d, imageOf(path))
		f, err := os.Open(path)
		Expect(err).NotTo(HaveOccurred())
		defer f.Close()
		Expect(unix.Flock(int(f.Fd()), unix.LOCK_EX)).To(Succeed())
		_, err = d.ProbeCapacity(ctx, c, options)
		Expect(asError(err).Reason).To(Equal(device.DeviceInUse))
		Expect(unix.Flock(int(f.Fd()), unix.LOCK_UN)).To(Succeed())
		o := options
		o.Progress = func(capacity.Stage, int64, int64) {
			Expect(unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB)).To(MatchError(unix.EWOULDBLOCK))
		}
		_, err = d.ProbeCapacity(ctx, c, o)
		Expect(err).NotTo(HaveOccurred())
	})

	It("leaves a blank device, whenever it was killed, and the next one takes that away", func() {
		path := newImage(64 << 20)
		remains := 0
		for range 12 {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "S3EXPORT_TEST_PROBE="+path)
			Expect(cmd.Start()).To(Succeed())
			died := make(chan struct{})
			go func() { _ = cmd.Wait(); close(died) }()
			select {
			case <-time.After(time.Duration(mrand.IntN(60)) * time.Millisecond):
				_ = cmd.Process.Kill()
				<-died
			case <-died:
			}
			st := inspect(d, imageOf(path))
			Expect(st.Content.Blank).To(BeTrue(), "%+v", st.Content)
			Expect(st.Relation(v)).To(Equal(device.Blank))
			if st.Content.Found != "" {
				Expect(st.Content.Found).To(Equal("the remains of a capacity probe"))
				remains++
			}
			_, r := st.Claim(v)
			Expect(r).NotTo(HaveOccurred())
		}
		AddReportEntry("with remains", fmt.Sprint(remains, " of 12"))
		_, err := d.ProbeCapacity(ctx, blankClaim(d, imageOf(path)), options)
		Expect(err).NotTo(HaveOccurred())
		Expect(inspect(d, imageOf(path)).Content.Found).To(BeEmpty())
	})

	// interrupted returns an image on which a probe was ended before it read back.
	interrupted := func() string {
		GinkgoHelper()
		path := newImage(64 << 20)
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		o := options
		o.Progress = func(s capacity.Stage, _, _ int64) {
			if s == capacity.Reading {
				cancel()
			}
		}
		_, err := d.ProbeCapacity(ctx, blankClaim(d, imageOf(path)), o)
		Expect(err).To(MatchError(context.Canceled))
		return path
	}

	It("leaves what a format takes no notice of", func() {
		path := interrupted()
		Expect(inspect(d, imageOf(path)).Content).To(And(HaveField("Blank", true), HaveField("Found", Not(BeEmpty()))))
		format(d, path, v)
		oracle("e2fsck", "-fn", path+"?offset=1048576")
	})

	It("does not hide a foreign byte among what it leaves", func() {
		path := interrupted()
		poke(path, 4096+100, []byte{^byte(0)})
		_, r := inspect(d, imageOf(path)).ClaimBlank()
		Expect(r).To(And(HaveField("Reason", device.DeviceForeign), HaveField("Message", ContainSubstring("the first at byte 4096"))))
	})

	Describe("of block devices", Label("root"), func() {
		BeforeEach(needRoot)

		It("trusts a loop device, and sees data between the places of an inspection", func() {
			path := newImage(512 << 20)
			attach(path)
			s := device.Selector{Serial: inspect(d, imageOf(path)).Identity.Backing}
			r, err := d.ProbeCapacity(ctx, blankClaim(d, s), options)
			Expect(err).NotTo(HaveOccurred())
			Expect(r.Verdict).To(Equal(capacity.Genuine))

			poke(path, 101<<20+512, []byte("overlooked"))
			c := blankClaim(d, s)
			before := digest(path)
			_, err = d.ProbeCapacity(ctx, c, options)
			Expect(asError(err)).To(And(HaveField("Reason", device.DeviceForeign),
				HaveField("Message", ContainSubstring(fmt.Sprintf("the first at byte %d", 101<<20+512))), HaveField("Remedy", ContainSubstring("blkdiscard"))))
			Expect(digest(path)).To(Equal(before))
		})

		It("needs the device for itself", func() {
			path := newImage(64 << 20)
			node := attach(path)
			s := device.Selector{Serial: inspect(d, imageOf(path)).Identity.Backing}
			c := blankClaim(d, s)
			other, err := os.OpenFile(node, os.O_RDONLY|unix.O_EXCL, 0)
			Expect(err).NotTo(HaveOccurred())
			defer other.Close()
			_, err = d.ProbeCapacity(ctx, c, options)
			Expect(asError(err).Reason).To(Equal(device.DeviceInUse))
		})
	})
})

// probeVictim probes an image, to be killed meanwhile.
func probeVictim(path string) int {
	d, ctx := device.New(device.Options{}), context.Background()
	st, err := d.Inspect(ctx, imageOf(path))
	if err != nil {
		return 1
	}
	c, r := st.ClaimBlank()
	if r != nil {
		return 1
	}
	if _, err := d.ProbeCapacity(ctx, c, capacity.Options{Random: rand.Reader}); err != nil {
		return 1
	}
	return 0
}
