package device

import (
	"bytes"
	"context"
	"testing"

	g "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"
)

// torn is a disk in memory on which a sequence of writes can be cut at any sector.
type torn struct {
	b      []byte
	sector int64
}

func (d *torn) state() State {
	c, err := readContent(context.Background(), medium{ReaderAt: bytes.NewReader(d.b), size: int64(len(d.b)), sector: d.sector})
	Expect(err).NotTo(HaveOccurred())
	return State{Presence: Present, Path: "disk", Identity: Identity{Kind: Image, Size: int64(len(d.b))}, Content: c}
}

// sweep does the steps sector by sector and calls seen after each one that changed
// something.
func (d *torn) sweep(steps []write, seen func(State)) {
	for _, s := range steps {
		for off := int64(0); off < int64(len(s.data)); off += d.sector {
			to := d.b[s.at+off:][:d.sector]
			from := s.data[off:][:d.sector]
			if bytes.Equal(to, from) {
				continue
			}
			copy(to, from)
			seen(d.state())
		}
	}
}

var _ = g.Describe("the table that is written", func() {
	v, old := NewVolumeID("photos-a", "2"), NewVolumeID("photos-a", "1")
	const size = 16 << 20

	begin := func(l layout) []write {
		steps, err := l.begin()
		Expect(err).NotTo(HaveOccurred())
		return steps
	}
	finish := func(l layout, label string) []write {
		steps, err := l.finish(label)
		Expect(err).NotTo(HaveOccurred())
		return steps
	}
	lay := func(sector int64, v VolumeID) layout {
		l, err := newLayout(size, sector, v)
		Expect(err).NotTo(HaveOccurred())
		return l
	}

	g.DescribeTable("is recognized after every single sector", func(sector int64) {
		d := &torn{make([]byte, size), sector}
		n := 0
		d.sweep(begin(lay(sector, v)), func(st State) {
			n++
			Expect(st.Relation(v)).To(Equal(HalfMade), "after sector %d", n)
			_, r := st.Claim(v)
			Expect(r).NotTo(HaveOccurred())
		})
		Expect(n).To(BeNumerically(">=", 6))
		d.sweep(finish(lay(sector, v), v.Label), func(st State) { Expect(st.Relation(v)).To(Equal(HalfMade)) })
		Expect(d.state().Content.Partitions[0].Name).To(Equal(v.Label))

		g.By("written over that of an older run whose superblock is gone")
		d = &torn{make([]byte, size), sector}
		for _, s := range append(begin(lay(sector, old)), finish(lay(sector, old), old.Label)...) {
			copy(d.b[s.at:], s.data)
		}
		d.sweep(begin(lay(sector, v)), func(st State) {
			Expect([]Relation{st.Relation(v), st.Relation(old)}).To(ConsistOf(HalfMade, Foreign))
			_, r := st.Claim(v, old)
			Expect(r).NotTo(HaveOccurred())
		})
		Expect(d.state().Relation(v)).To(Equal(HalfMade))
	},
		g.Entry("with sectors of 512 bytes", int64(512)),
		g.Entry("with sectors of 4096 bytes", int64(4096)),
	)

	g.It("is read from its backup when the primary one is broken", func() {
		d := &torn{make([]byte, size), 512}
		d.sweep(append(begin(lay(512, v)), finish(lay(512, v), "label")...), func(State) {})
		whole := readGPT(bytes.NewReader(d.b), size, 512)
		for _, at := range []int{512, 512 + 56, 1024, 1024 + 40} {
			was := d.b[at]
			d.b[at] ^= 1
			t := readGPT(bytes.NewReader(d.b), size, 512)
			Expect(t).NotTo(BeNil())
			Expect(t.fromBackup).To(BeTrue())
			Expect(t.partitions).To(Equal(whole.partitions))
			d.b[at] = was
		}
		d.b[512]++
		d.b[size-512]++
		Expect(readGPT(bytes.NewReader(d.b), size, 512)).To(BeNil())
		Expect(d.state().Relation(v)).To(Equal(Foreign))
	})

	g.It("is found behind a bridge with other sectors", func() {
		d := &torn{make([]byte, size), 4096}
		d.sweep(begin(lay(4096, v)), func(State) {})
		d.sector = 512
		Expect(d.state().Relation(v)).To(Equal(HalfMade))
	})

	g.It("survives a round trip of any partition", func() {
		rapid.Check(g.GinkgoTB(), func(t *rapid.T) {
			p := Partition{
				GUID: derive("a", rapid.String().Draw(t, "seed"), ""), Type: linuxData,
				Name:  rapid.StringMatching(`[ -~äöü😀]{0,18}`).Draw(t, "name"),
				Start: 512 * rapid.Int64Range(0, 1<<40).Draw(t, "start"), Size: 512 * rapid.Int64Range(1, 1<<40).Draw(t, "size"),
			}
			b, err := gptEntry(p, 512)
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := readGPTEntry(b, 512); !ok || got != p {
				t.Fatalf("%+v became %+v", p, got)
			}
		})
	})
})

// empty is a huge disk of zeros with one run of data.
type empty struct{ data span }

func (e empty) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	from, to := max(off, e.data.off), min(off+int64(len(p)), e.data.off+e.data.len)
	for i := from; i < to; i++ {
		p[i-off] = 0xA5
	}
	return len(p), nil
}

var _ = g.Describe("what is read of a large disk", func() {
	const size = 4_000_787_030_016

	g.It("is bounded", func() {
		total := int64(0)
		for _, s := range places(size, []span{{1 << 40, scanData}}) {
			total += s.len
		}
		Expect(total).To(BeNumerically("<=", 64<<20))
	})

	g.It("meets every run that is as long as the distance of two samples", func() {
		const step = size / scanSamples
		all := places(size, nil)
		for i := range int64(scanSamples - 1) {
			run := span{step*i + 1, step}
			Expect(all).To(ContainElement(Satisfy(func(s span) bool {
				return s.off < run.off+run.len && run.off < s.off+s.len && s.off >= run.off
			})), "run at %d", run.off)
		}
		s, err := readPlaces(context.Background(), empty{span{step*77 + 1, step}}, size, all)
		Expect(err).NotTo(HaveOccurred())
		Expect(s.blank()).To(BeFalse())
	})
})

func FuzzContent(f *testing.F) {
	v := NewVolumeID("photos-a", "1")
	l, err := newLayout(1<<20, 512, v)
	if err != nil {
		f.Fatal(err)
	}
	l.partition.Start, l.partition.Size = 64<<10, 512<<10
	b := make([]byte, 96<<10)
	if steps, err := l.begin(); err == nil {
		for _, s := range steps {
			if s.at+int64(len(s.data)) <= int64(len(b)) {
				copy(b[s.at:], s.data)
			}
		}
	}
	f.Add(b)
	f.Add([]byte("short"))
	for _, m := range magics() {
		b := make([]byte, 80<<10)
		if m.offsets[0] >= 0 && m.offsets[0] < 70<<10 {
			copy(b[m.offsets[0]:], m.bytes)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m := medium{ReaderAt: bytes.NewReader(b), size: int64(len(b)), sector: 512}
		c, err := readContent(context.Background(), m)
		if err != nil {
			t.Fatalf("a disk that can be read: %v", err)
		}
		if c.Blank == (c.Found != "") {
			t.Fatalf("blank %v, found %q", c.Blank, c.Found)
		}
		if c.Blank && len(bytes.Trim(b, "\x00")) > 0 && len(bytes.Trim(b, "\xff")) > 0 {
			t.Fatal("not blank")
		}
	})
}
