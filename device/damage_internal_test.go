package device

import (
	"bytes"
	"context"
	"errors"
	"io"

	g "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"
)

// rotten is a disk in memory of which pages cannot be read.
type rotten struct {
	b    []byte
	bad  []int64 // offsets of pages
	errn error
}

func (r rotten) ReadAt(p []byte, off int64) (int, error) {
	for _, at := range r.bad {
		if at < off+int64(len(p)) && at+scanPage > off {
			n := copy(p, r.b[off:max(off, at)])
			return n, r.errn
		}
	}
	return bytes.NewReader(r.b).ReadAt(p, off)
}

var _ = g.Describe("a disk that is damaged", func() {
	const size = 64 << 20
	v := NewVolumeID("photos-a", "1")

	// ours is the table of our volume on a disk of that size.
	ours := func(size int64) []byte {
		l, err := newLayout(size, 512, v)
		Expect(err).NotTo(HaveOccurred())
		d := &torn{make([]byte, size), 512}
		steps, err := l.begin()
		Expect(err).NotTo(HaveOccurred())
		for _, s := range steps {
			copy(d.b[s.at:], s.data)
		}
		return d.b
	}
	look := func(r io.ReaderAt, size int64) State {
		g.GinkgoHelper()
		c, err := readContent(context.Background(), medium{ReaderAt: r, size: size, sector: 512})
		Expect(err).NotTo(HaveOccurred())
		return State{Presence: Present, Path: "disk", Identity: Identity{Kind: Image, Size: size}, Content: c}
	}
	refusal := func(s State) *Refusal {
		g.GinkgoHelper()
		_, r := s.Claim(v)
		Expect(r).To(HaveOccurred())
		return r
	}

	g.It("is not blank where it cannot be read", func() {
		st := look(rotten{make([]byte, size), []int64{size / 2, size/2 + scanPage, size - scanPage}, unix.EIO}, size)
		Expect(st.Content.Blank).To(BeFalse())
		Expect(st.Content.Unreadable).To(Equal([]ByteRange{{size / 2, 2 * scanPage}, {size - scanPage, scanPage}}))
		Expect(refusal(st)).To(And(HaveField("Reason", DeviceFailing), HaveField("Message", ContainSubstring("the first at byte 33554432"))))
	})

	g.It("is recognized, but not erased, where it can be read", func() {
		b := ours(size)
		st := look(rotten{b, []int64{size / 2}, unix.EIO}, size)
		Expect(st.Relation(v)).To(Equal(HalfMade))
		Expect(refusal(st).Reason).To(Equal(DeviceFailing))
		whole := look(bytes.NewReader(b), size)
		Expect(whole.Content.Fingerprint).NotTo(Equal(st.Content.Fingerprint))
	})

	g.It("is recognized by its backup when the first sectors cannot be read", func() {
		st := look(rotten{ours(size), []int64{0, 4096, 8192}, unix.EIO}, size)
		Expect(st.Relation(v)).To(Equal(HalfMade))
		Expect(st.Content.Found).To(ContainSubstring("only its backup"))
	})

	g.DescribeTable("ends the look", func(bad int, errn error) {
		r := rotten{b: make([]byte, size), errn: errn}
		for i := range bad {
			r.bad = append(r.bad, int64(i)*scanPage)
		}
		_, err := readContent(context.Background(), medium{ReaderAt: r, size: size, sector: 512})
		Expect(errors.Is(err, errn)).To(BeTrue(), "%v", err)
	},
		g.Entry("when it is dying", 2*scanErrors, unix.EIO),
		g.Entry("when it is gone", 1, unix.ENXIO),
		g.Entry("when it has no medium any more", 1, unix.ENOMEDIUM),
	)

	g.It("is told to be shorter than when its table was made", func() {
		st := look(bytes.NewReader(ours(size)[:size-5<<20]), size-5<<20)
		Expect(st.Content.Missing).To(BeEquivalentTo(5 << 20))
		Expect(st.Relation(v)).To(Equal(HalfMade), "the table is known all the same")
		Expect(refusal(st)).To(And(HaveField("Reason", DeviceShrank), HaveField("Message", ContainSubstring("5 MiB shorter"))))
	})

	g.DescribeTable("is recognized by its backup before the end, behind a bridge that shows more", func(more int64) {
		b := append(ours(size), make([]byte, more)...)
		copy(b, make([]byte, 64<<10))
		st := look(bytes.NewReader(b), size+more)
		Expect(st.Relation(v)).To(Equal(HalfMade))
		Expect(st.Content.Missing).To(BeZero())
		Expect(st.Content.Partitions).To(HaveLen(1))
	},
		g.Entry("by one sector", int64(512)),
		g.Entry("by 1 MiB", int64(1<<20)),
		g.Entry("by 3 MiB and a bit", int64(3<<20+1536)),
	)

	g.It("is not taken for ours by a backup that is a copy elsewhere", func() {
		b := make([]byte, size)
		copy(b[size-2<<20:], ours(size)[size-33<<9:]) // its own place is not where it lies
		Expect(look(bytes.NewReader(b), size).Relation(v)).To(Equal(Foreign))
	})
})
