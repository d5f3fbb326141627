package capacity

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"

	g "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"
)

const mib, gib = int64(1) << 20, int64(1) << 30

func run(d *drive) (Report, error) {
	return Probe(context.Background(), d, d.size, Options{Random: rand.Reader})
}

func probed(d *drive) Report {
	g.GinkgoHelper()
	r, err := run(d)
	Expect(err).NotTo(HaveOccurred())
	Expect(d.stale).To(BeZero(), "nothing is read back from a cache")
	return r
}

// wrapping begins anew after n bytes, as a chip does that ignores higher address bits.
func wrapping(size, n int64) *drive {
	d := newDrive(size)
	d.where = func(at int64) int64 { return at % n }
	return d
}

// ending loses what is beyond n bytes.
func ending(size, n int64) *drive {
	d := newDrive(size)
	d.where = func(at int64) int64 {
		if at >= n {
			return -1
		}
		return at
	}
	return d
}

var _ = g.Describe("a probe of the capacity", func() {
	g.DescribeTable("trusts a drive that keeps all, and leaves it as it was", func(size int64, fill byte) {
		d := newDrive(size)
		d.fill = fill
		r := probed(d)
		Expect(r).To(And(HaveField("Verdict", Genuine), HaveField("Low", size), HaveField("High", size), HaveField("Bad", BeZero())))
		Expect(r.Sectors).To(BeNumerically(">", 2000))
		Expect(d.blank()).To(BeTrue())
		Expect(r.Lies()).To(BeFalse())
	},
		g.Entry("small", int64(MinSize), byte(0)),
		g.Entry("of an odd size", 64*mib+3*SectorBytes, byte(0)),
		g.Entry("erased flash", 64*mib, byte(0xFF)),
		g.Entry("8 GiB", 8*gib, byte(0)),
	)

	g.DescribeTable("names the length after which addresses begin anew", func(size, n int64) {
		d := wrapping(size, n)
		r := probed(d)
		Expect(r).To(And(HaveField("Verdict", Wraps), HaveField("Low", n), HaveField("High", n)), r.String())
		Expect(r.FirstBad - r.CameBack).To(Equal(n))
		Expect(r.String()).To(ContainSubstring("goes over what came before"))
		Expect(d.blank()).To(BeTrue())
	},
		g.Entry("a quarter", 64*mib, 16*mib),
		g.Entry("half, to the byte", 64*mib, 32*mib),
		g.Entry("no power of two", 64*mib, 24*mib),
		g.Entry("nothing round at all", 64*mib, 76543*int64(SectorBytes)),
		g.Entry("just short of the end", 64*mib, 64*mib-4096),
		g.Entry("within the window", 8*gib, 2*mib),
		g.Entry("8 GB that are 1 GB", 8*gib, gib+7*SectorBytes),
	)

	g.DescribeTable("narrows down where a drive ends", func(size, n int64) {
		d := ending(size, n)
		r := probed(d)
		Expect(r.Verdict).To(Equal(Ends), r.String())
		Expect(n).To(And(BeNumerically(">=", r.Low), BeNumerically("<=", r.High)))
		Expect(r.High - r.Low).To(BeNumerically("<=", 2*blockBytes))
		Expect(r.String()).To(ContainSubstring("is lost"))
		Expect(d.blank()).To(BeTrue())
	},
		g.Entry("in the middle", 64*mib, 32*mib),
		g.Entry("at an odd sector", 64*mib, 20*mib+5*SectorBytes),
		g.Entry("within the window", 64*mib, mib/2),
		g.Entry("before the last block", 8*gib, 8*gib-blockBytes),
		g.Entry("8 GB that are 1 GB", 8*gib, gib+123*SectorBytes),
	)

	g.It("knows a chip that wraps, and whose upper part is not there either", func() {
		d := newDrive(64 * mib)
		d.where = func(at int64) int64 {
			if at %= 32 * mib; at >= 12*mib {
				return -1
			}
			return at
		}
		r := probed(d)
		Expect(r.Verdict).To(Equal(Wraps))
		Expect(r.Low).To(BeNumerically("<=", 12*mib))
		Expect(r.High).To(And(BeNumerically(">=", 12*mib), BeNumerically("<=", 12*mib+blockBytes)))
	})

	g.It("tells one that loses writes from one that ends", func() {
		d := newDrive(64 * mib)
		d.lost = func(n int64) bool { return n%97 == 5 }
		r := probed(d)
		Expect(r.Verdict).To(Equal(Loses))
		Expect(r.Bad).To(BeNumerically("~", r.Sectors/97, 2))
		Expect(r.String()).To(ContainSubstring("did not come back"))
		Expect(d.nobodys()).To(BeTrue())
	})

	g.It("tells one that keeps nothing", func() {
		r := probed(ending(64*mib, 0))
		Expect(r).To(And(HaveField("Verdict", Ends), HaveField("Low", BeZero()), HaveField("High", BeZero())))
	})

	g.It("is not misled by one that answers everything beyond its end with its first sector", func() {
		d := newDrive(64 * mib)
		d.where = func(at int64) int64 {
			if at >= 20*mib {
				return 0
			}
			return at
		}
		r := probed(d)
		Expect(r.Verdict).To(Equal(Ends))
		Expect(20 * mib).To(And(BeNumerically(">=", r.Low), BeNumerically("<=", r.High)))
	})

	g.DescribeTable("writes nothing where there is data", func(at int64) {
		d := newDrive(64 * mib)
		data := make([]byte, SectorBytes)
		data[7] = 1
		d.sectors[at] = data
		_, err := run(d)
		var found *NotBlankError
		Expect(errors.As(err, &found)).To(BeTrue())
		Expect(found.Offset).To(Equal(at))
		Expect(d.writes).To(BeZero())
	},
		g.Entry("at the begin", int64(0)),
		g.Entry("in the window", mib/2),
		g.Entry("at a place", 32*mib),
		g.Entry("at the end", 64*mib-SectorBytes),
	)

	g.It("counts places that fail, and gives a dying drive up", func() {
		broken := errors.New("input/output error")
		d := newDrive(64 * mib)
		d.where = func(at int64) int64 { return at }
		bad := map[int64]bool{}
		d.failAt = func(at int64) error {
			if bad[at/mib] && d.writes > 0 {
				return broken
			}
			return nil
		}
		bad[5], bad[9] = true, true
		r := probed(d)
		Expect(r).To(And(HaveField("Verdict", Loses), HaveField("Bad", BeEquivalentTo(16))))
		d = newDrive(64 * mib)
		d.failAt = func(at int64) error {
			if at > 8*mib && d.writes > 0 {
				return broken
			}
			return nil
		}
		d.stop = 0
		d.writes = 1
		_, err := run(d)
		Expect(err).To(MatchError(broken))
	})

	g.It("refuses what is too small to tell anything", func() {
		_, err := run(newDrive(MinSize - 1))
		Expect(err).To(HaveOccurred())
	})

	g.DescribeTable("ends when it is told to, and leaves what the next one takes away", func(fill byte) {
		d := newDrive(64 * mib)
		d.fill = fill
		ctx, cancel := context.WithCancel(context.Background())
		var stages []Stage
		_, err := Probe(ctx, d, d.size, Options{Random: rand.Reader, Progress: func(s Stage, done, total int64) {
			Expect(done).To(BeNumerically("<", total))
			if len(stages) == 0 || stages[len(stages)-1] != s {
				stages = append(stages, s)
			}
			if s == Reading {
				cancel()
			}
		}})
		Expect(err).To(MatchError(context.Canceled))
		Expect(stages).To(Equal([]Stage{Checking, Writing, Reading}))
		Expect(d.blank()).To(BeFalse())
		Expect(d.nobodys()).To(BeTrue())
		Expect(probed(d).Verdict).To(Equal(Genuine))
		Expect(d.blank()).To(BeTrue())
	},
		g.Entry("of zeros", byte(0)),
		g.Entry("of ones: every place is written, and only what is beside tells", byte(0xFF)),
	)
})

// A power cut after any sector leaves nothing but remains, and the next probe takes them
// away, also on erased flash.
func TestCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := newDrive(8 * mib)
		d.fill = rapid.SampledFrom([]byte{0, 0xFF}).Draw(t, "fill")
		all, err := run(d)
		if err != nil || all.Lies() {
			t.Fatalf("%v %v", all, err)
		}
		total := d.writes
		d.sectors, d.writes = map[int64][]byte{}, 0
		d.stop = rapid.Int64Range(1, total-1).Draw(t, "cut after")
		_, _ = run(d)
		if !d.nobodys() {
			t.Fatal("it has left what nobody knows")
		}
		d.stop = 0
		if r, err := run(d); err != nil || r.Lies() || !d.blank() {
			t.Fatalf("%v %v, blank %v", r, err, d.blank())
		}
	})
}

// Whatever the size and the lie, the verdict is right and the real capacity is in the
// range that is named.
func TestLies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(MinSize/SectorBytes, 64*mib/SectorBytes).Draw(t, "sectors") * SectorBytes
		n := rapid.Int64Range(1, size/blockBytes*blockBytes/SectorBytes-1).Draw(t, "real sectors") * SectorBytes
		d := ending(size, n)
		wraps := rapid.Bool().Draw(t, "wraps") && n >= chunkBytes
		if wraps {
			d = wrapping(size, n)
		}
		r, err := run(d)
		if err != nil || !d.blank() || r.Low > n || r.High < n {
			t.Fatalf("%v: %+v %v, blank %v", n, r, err, d.blank())
		}
		if wraps && (r.Verdict != Wraps || r.Low != r.High) || !wraps && (r.Verdict != Ends || r.High-r.Low > 2*blockBytes) {
			t.Fatalf("%v: %+v", n, r)
		}
	})
}

func FuzzSector(f *testing.F) {
	var b [SectorBytes]byte
	mark{[16]byte{1}, 4096, 1 << 40}.put(b[:])
	f.Add(b[:])
	f.Add(make([]byte, SectorBytes))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, proven := markOf(b)
		if !proven {
			return
		}
		var again [SectorBytes]byte
		m.put(again[:])
		if string(again[:]) != string(b) {
			t.Fatal("it is proven, and is not what it says")
		}
	})
}

var _ = g.DescribeTable("a sector proves itself", func(change func([]byte), proven bool) {
	var b [SectorBytes]byte
	mark{[16]byte{1, 2, 3}, 1 << 33, 1 << 40}.put(b[:])
	change(b[:])
	_, is := markOf(b[:])
	Expect(is).To(Equal(proven))
},
	g.Entry("as it was written", func([]byte) {}, true),
	g.Entry("not with another offset", func(b []byte) { b[33]++ }, false),
	g.Entry("not with a bit of rot", func(b []byte) { b[511] ^= 1 }, false),
	g.Entry("not by its magic alone", func(b []byte) { clear(b[16:]) }, false),
	g.Entry("not torn", func(b []byte) { clear(b[256:]) }, false),
)
