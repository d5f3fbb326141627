package conformance

import (
	"context"
	"errors"
	"io"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

// Disks is the subject.
type Disks interface {
	Inspect(ctx context.Context, s device.Selector) (device.State, error)
	Format(ctx context.Context, c device.Claim, v device.VolumeID) error
	WriteSignature(ctx context.Context, t device.SignatureTarget, text []byte) error
	Open(ctx context.Context, s device.Selector, k device.Key) (device.Volume, error)
}

// Lab makes disks and changes them behind the subject's back. Its methods fail the
// running spec themselves.
type Lab interface {
	// Blank makes a blank disk of this size.
	Blank(size int64) device.Selector
	// Scribble puts data on it that are not ours.
	Scribble(s device.Selector)
	// PutFile writes a file to the root of our volume.
	PutFile(s device.Selector, name, content string)
	// Remove takes the disk away.
	Remove(s device.Selector)
}

const size = 24 << 20

// bench is one spec's subject with its lab.
type bench struct {
	disks Disks
	lab   Lab
}

// Suite adds the specs to the tree. newBench is called for each of them.
func Suite(newBench func() (Disks, Lab)) {
	var b bench
	BeforeEach(func() { b.disks, b.lab = newBench() })
	v, other := device.NewVolumeID("photos-a", "2"), device.NewVolumeID("photos-a", "1")

	It("says what is not here", func() {
		s := b.lab.Blank(size)
		b.lab.Remove(s)
		Expect(b.inspect(s).Presence).To(Equal(device.Absent))
		b.refuses(s, v, device.DeviceAbsent)
		_, err := b.disks.Open(context.Background(), s, device.Key{})
		expectReason(err, device.DeviceAbsent)
	})
	It("formats what is blank", func() {
		s := b.lab.Blank(size)
		st := b.inspect(s)
		Expect(st.Presence).To(Equal(device.Present))
		Expect(st.Relation(v)).To(Equal(device.Blank))
		Expect(st.Identity.Size).To(BeEquivalentTo(size))
		b.format(s, v)
		st = b.inspect(s)
		Expect(st.Relation(v)).To(Equal(device.OursEmpty))
		Expect(st.Relation(other)).To(Equal(device.Foreign))
		Expect(st.Content.FileSystem).To(And(HaveField("UUID", v.UUID), HaveField("Label", v.Label)))
	})
	It("gives no claim on foreign data", func() {
		s := b.lab.Blank(size)
		b.lab.Scribble(s)
		Expect(b.inspect(s).Relation(v)).To(Equal(device.Foreign))
		b.refuses(s, v, device.DeviceForeign)
	})
	It("gives no claim on another device", func() {
		s := b.lab.Blank(size)
		s.Size = device.SizeCheck{Bytes: 4_000_000_000_000, Tolerance: 0.02}
		Expect(b.inspect(s).Mismatch).To(ContainSubstring("wanted 4.0 TB"))
		b.refuses(s, v, device.DeviceMismatch)
	})
	It("honors no claim once the content has changed", func() {
		s := b.lab.Blank(size)
		c := b.claim(s, v)
		b.lab.Scribble(s)
		before := b.inspect(s)
		expectReason(b.disks.Format(context.Background(), c, v), device.DeviceChanged)
		Expect(b.inspect(s).Content).To(Equal(before.Content))
	})
	It("honors a claim once, and for its own volume", func() {
		s := b.lab.Blank(size)
		c := b.claim(s, v)
		expectReason(b.disks.Format(context.Background(), c, other), device.DeviceChanged)
		expectReason(b.disks.Format(context.Background(), device.Claim{}, v), device.DeviceChanged)
		Expect(b.disks.Format(context.Background(), c, v)).To(Succeed())
		expectReason(b.disks.Format(context.Background(), c, v), device.DeviceChanged)
	})
	It("does nothing when the caller has given up", func() {
		s := b.lab.Blank(size)
		c := b.claim(s, v)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := b.disks.Inspect(ctx, s)
		Expect(err).To(MatchError(context.Canceled))
		Expect(b.disks.Format(ctx, c, v)).To(MatchError(context.Canceled))
		Expect(b.inspect(s).Content.Blank).To(BeTrue())
	})
	Context("with a volume of ours", func() { b.volumes(&b, v, other) })
	Context("with a SIGNATURE", func() { b.signatures(&b, v) })
}

func (bench) volumes(b *bench, v, newer device.VolumeID) {
	It("erases it again when it is empty", func() {
		s := b.formatted(v)
		b.lab.PutFile(s, "SIGNATURE", "text")
		Expect(b.inspect(s).Relation(v)).To(Equal(device.OursEmpty))
		b.format(s, v)
		Expect(b.inspect(s).Content.FileSystem.Signature).To(BeEmpty())
	})
	It("does not erase it when it holds files", func() {
		s := b.formatted(v)
		b.lab.PutFile(s, "photo.jpg", "data")
		Expect(b.inspect(s).Relation(v)).To(Equal(device.OursLoaded))
		b.refuses(s, v, device.DeviceHasData)
		_, r := b.inspect(s).Claim(newer)
		Expect(r).To(HaveField("Reason", device.DeviceForeign))
	})
	It("erases it for a run that replaces it", func() {
		s := b.formatted(v)
		b.lab.PutFile(s, "photo.jpg", "data")
		c, r := b.inspect(s).Claim(newer, v)
		Expect(r).NotTo(HaveOccurred())
		Expect(b.disks.Format(context.Background(), c, newer)).To(Succeed())
		Expect(b.inspect(s).Relation(newer)).To(Equal(device.OursEmpty))
	})
	It("reads it", func() {
		s := b.formatted(v)
		b.lab.PutFile(s, "b", "second")
		b.lab.PutFile(s, "a", "first")
		vol, err := b.disks.Open(context.Background(), s, device.Key{})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(vol.Close)
		Expect(vol.Info().UUID).To(Equal(v.UUID))
		content := map[string]string{}
		var order []string
		Expect(vol.Walk(context.Background(), "", func(e device.Entry) error {
			order = append(order, e.Path)
			if e.Type == device.Regular {
				content[e.Path] = read(vol, e)
			}
			return e.Err
		})).To(Succeed())
		Expect(order).To(Equal([]string{"a", "b", "lost+found"}))
		Expect(content).To(Equal(map[string]string{"a": "first", "b": "second"}))

		By("stopping where it is told to")
		stop := errors.New("stop")
		Expect(vol.Walk(context.Background(), "", func(device.Entry) error { return stop })).To(MatchError(stop))
		Expect(vol.Walk(context.Background(), "no/such", func(device.Entry) error { return stop })).To(Succeed())

		By("keeping writers out")
		err = b.disks.WriteSignature(context.Background(), device.SignatureTarget{Selector: s, FileSystemUUID: v.UUID}, []byte("x"))
		expectReason(err, device.DeviceInUse)
		Expect(vol.Close()).To(Succeed())
		Expect(vol.Close()).To(Succeed())
		Expect(b.disks.WriteSignature(context.Background(), device.SignatureTarget{Selector: s, FileSystemUUID: v.UUID}, []byte("x"))).To(Succeed())
	})
	It("does not open what holds none", func() {
		s := b.lab.Blank(size)
		_, err := b.disks.Open(context.Background(), s, device.Key{})
		expectReason(err, device.DeviceForeign)
	})
}

func (bench) signatures(b *bench, v device.VolumeID) {
	sign := func(s device.Selector, uuid, text string) error {
		return b.disks.WriteSignature(context.Background(), device.SignatureTarget{Selector: s, FileSystemUUID: uuid}, []byte(text))
	}
	It("writes, repeats and replaces it", func() {
		s := b.formatted(v)
		for _, text := range []string{"one\n", "one\n", "two", "one\r\n\x00\xff"} {
			Expect(sign(s, v.UUID, text)).To(Succeed())
			Expect(b.inspect(s).Content.FileSystem.Signature).To(Equal(text))
			Expect(b.inspect(s).Relation(v)).To(Equal(device.OursEmpty))
		}
	})
	It("keeps other files", func() {
		s := b.formatted(v)
		b.lab.PutFile(s, "photo.jpg", "data")
		Expect(sign(s, v.UUID, "text")).To(Succeed())
		Expect(b.inspect(s).Content.FileSystem).To(And(HaveField("Signature", "text"), HaveField("HasFiles", true)))
	})
	It("refuses another file system, and none", func() {
		s := b.formatted(v)
		expectReason(sign(s, "11111111-2222-4333-8444-555555555555", "text"), device.DeviceChanged)
		Expect(b.inspect(s).Content.FileSystem.Signature).To(BeEmpty())
		expectReason(sign(b.lab.Blank(size), v.UUID, "text"), device.DeviceForeign)
	})
}

func (b *bench) inspect(s device.Selector) device.State {
	GinkgoHelper()
	st, err := b.disks.Inspect(context.Background(), s)
	Expect(err).NotTo(HaveOccurred())
	return st
}

func (b *bench) claim(s device.Selector, v device.VolumeID) device.Claim {
	GinkgoHelper()
	c, r := b.inspect(s).Claim(v)
	Expect(r).NotTo(HaveOccurred())
	return c
}

func (b *bench) format(s device.Selector, v device.VolumeID) {
	GinkgoHelper()
	Expect(b.disks.Format(context.Background(), b.claim(s, v), v)).To(Succeed())
}

func (b *bench) formatted(v device.VolumeID) device.Selector {
	GinkgoHelper()
	s := b.lab.Blank(size)
	b.format(s, v)
	return s
}

func (b *bench) refuses(s device.Selector, v device.VolumeID, why device.Reason) {
	GinkgoHelper()
	_, r := b.inspect(s).Claim(v)
	Expect(r).To(HaveOccurred())
	Expect(r.Reason).To(Equal(why), r.Message)
	Expect(r.Message).NotTo(BeEmpty())
	Expect(r.Remedy).NotTo(BeEmpty())
}

func read(v device.Volume, e device.Entry) string {
	GinkgoHelper()
	r, err := v.Open(e)
	Expect(err).NotTo(HaveOccurred())
	b, err := io.ReadAll(io.NewSectionReader(r, 0, e.Size))
	Expect(err).NotTo(HaveOccurred())
	return string(b)
}

func expectReason(err error, why device.Reason) {
	GinkgoHelper()
	var e *device.Error
	Expect(errors.As(err, &e)).To(BeTrue(), "%v", err)
	Expect(e.Reason).To(Equal(why), "%v", err)
	Expect(e.Remedy).NotTo(BeEmpty())
}
