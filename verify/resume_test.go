package verify_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/digest"
	"github.com/cargomedia/s3export/verify/fake"
)

var _ = Describe("a run that is interrupted", func() {
	var path string
	BeforeEach(func() { path = filepath.Join(GinkgoT().TempDir(), "notes") })

	notes := func() *verify.Notes {
		GinkgoHelper()
		n, err := verify.OpenNotes(path, func() time.Time { return verified })
		Expect(err).NotTo(HaveOccurred())
		return n
	}
	// sitting runs until the nth file is opened; 0: to the end.
	sitting := func(r verify.Request, files int64) (verify.Report, int64, error) {
		GinkgoHelper()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var left, read atomic.Int64
		left.Store(files)
		r.Tree = cutting{r.Tree, &left, cancel, &read}
		r.Runtime.Workers = 1
		var ticks atomic.Int64 // a slow drive: what was read is hashed soon
		r.Runtime.Now = func() time.Time { return verified.Add(time.Duration(ticks.Add(1)) * 100 * time.Millisecond) }
		report, err := verify.Run(ctx, r)
		if r.Runtime.Notes != nil {
			Expect(r.Runtime.Notes.Close()).To(Succeed())
		}
		return report, read.Load(), err
	}
	noted := func(r verify.Request, draw verify.Draw) verify.Request {
		r.Draw, r.Runtime.Notes = draw, notes()
		return r
	}
	request := func(l *load, draw verify.Draw) verify.Request {
		return noted(l.request(population(l.end(l.start()))), draw)
	}
	live := func(l *load, draw verify.Draw) verify.Request { return noted(l.request(l.live()), draw) }
	plainly := func(r verify.Report) string {
		r.Drive, r.Speed, r.Requests = nil, nil, verify.Requests{}
		r.Started, r.Ended = verified, verified
		return string(encode(r))
	}

	DescribeTable("ends with the report of one that was not", func(draw verify.Draw, request func(*load, verify.Draw) verify.Request) {
		l := aDrive()
		whole, all, err := sitting(request(l, draw), 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(os.Remove(path)).To(Succeed())

		var opened int64
		var last verify.Report
		for range 30 {
			report, n, err := sitting(request(l, draw), 40)
			opened += n
			if last = report; err == nil {
				break
			}
			Expect(err).To(MatchError(context.Canceled))
		}
		Expect(plainly(last)).To(Equal(plainly(whole)))
		Expect(opened).To(BeNumerically("<", all+all/2), "little is read twice")
	},
		Entry("all", verify.Draw{All: true}, request),
		Entry("all, of which small files are read ahead", verify.Draw{All: true}, live),
		Entry("a sample", verify.Draw{Count: 120, Seed: seedOf(3)}, request),
	)

	It("keeps the seed for the next", func() {
		l := aDrive()
		_, _, err := sitting(request(l, verify.Draw{Count: 50, Seed: seedOf(9)}), 10)
		Expect(err).To(HaveOccurred())
		next := request(l, verify.Draw{Count: 50, Seed: seedOf(8)})
		at, err := notes().GoOn(&next)
		Expect(err).NotTo(HaveOccurred())
		Expect(next.Draw.Seed).To(Equal(seedOf(9)))
		Expect(at).To(BeTemporally(">=", verified))

		By("not for another, or for one whose seed a person has chosen")
		next = request(l, verify.Draw{Count: 51, Seed: seedOf(8)})
		_, err = notes().GoOn(&next)
		Expect(err).To(MatchError(verify.ErrOtherNotes))
		next = request(l, verify.Draw{Count: 50, Seed: seedOf(8), Reproduction: true})
		_, err = notes().GoOn(&next)
		Expect(err).To(MatchError(verify.ErrOtherNotes))
		Expect(next.Draw.Seed).To(Equal(seedOf(8)))
		Expect(os.Remove(path)).To(Succeed())
		Expect(notes().GoOn(&next)).To(BeZero())
	})

	It("goes on behind a torn line, and begins anew for another request", func() {
		l := aDrive()
		_, _, err := sitting(request(l, verify.Draw{All: true}), 300)
		Expect(err).To(HaveOccurred())
		text, err := os.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		Expect(os.WriteFile(path, text[:len(text)-30], 0o600)).To(Succeed())

		_, n, err := sitting(request(l, verify.Draw{All: true}), 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(n).To(BeNumerically("<", 200))
		for _, another := range []verify.About{{Medium: "a disk"}, {Medium: "a disk with a clone"}} {
			other := request(l, verify.Draw{All: true})
			other.About = another
			_, n, err = sitting(other, 0)
			Expect(err).NotTo(HaveOccurred())
			Expect(n).To(BeNumerically(">", 350))
		}
	})

	It("reads again what has changed meanwhile", func() {
		l := aDrive()
		_, _, err := sitting(request(l, verify.Draw{All: true}), 380)
		Expect(err).To(HaveOccurred())
		put("001", "CONTENT 1")(l)
		report, _, err := sitting(request(l, verify.Draw{All: true}), 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(report.Findings[0].Path).To(Equal("photos/001"))
		Expect(report.Findings[0].Outcome).To(Equal(verify.Differ))
	})

	It("for its time is up reports what it has, and is incomplete", func() {
		l := newLoad()
		for i := range 100 {
			l.both(fmt.Sprintf("%03d", i), ten)
		}
		ctx, cancel := context.WithCancelCause(context.Background())
		var left, read atomic.Int64
		left.Store(30)
		r := request(l, verify.Draw{All: true})
		r.Runtime.Workers = 1
		r.Tree = cutting{r.Tree, &left, func() { cancel(verify.ErrTimeUp) }, &read}
		report, err := verify.Run(ctx, r)
		Expect(err).NotTo(HaveOccurred())
		Expect(report.Stopped).To(Equal(verify.StopTime))
		Expect(report.Verdict()).To(Equal(verify.Incomplete))
		Expect(report.Totals.Pending).To(BeNumerically(">=", 70))
		Expect(report.Totals.Pending + report.Count(verify.Match)).To(BeEquivalentTo(100))
		Expect(r.Runtime.Notes.Close()).To(Succeed())
	})

	It("because the drive has left says so in the report too", func() {
		l := newLoad()
		for i := range 100 {
			l.both(fmt.Sprintf("%03d", i), ten)
		}
		badBytes("photos/050", 0)(l)
		fault := l.tree.BadBytes["photos/050"]
		fault.Err = departed(true)
		l.tree.BadBytes["photos/050"] = fault
		r := request(l, verify.Draw{All: true})
		r.Runtime.Workers = 1
		report, err := verify.Run(context.Background(), r)
		Expect(err).To(MatchError(departed(true)))
		Expect(report.Stopped).To(Equal(verify.StopDevice))
		Expect(report.Verdict()).To(Equal(verify.Incomplete))
		Expect(r.Runtime.Notes.Close()).To(Succeed())
	})

	It("takes no answer that the interruption has cut off for an answer", func() {
		l := newLoad()
		l.both("old", ten)
		put("old", "9876543210", fake.Versioned("v2", stored([]byte(ten), "v1")))(l)
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		r := request(l, verify.Draw{All: true})
		r.Source = hangingUp{l.src, func() { cancel(verify.ErrTimeUp) }}
		report, err := verify.Run(ctx, r)
		Expect(err).NotTo(HaveOccurred())
		Expect(report.Stopped).To(Equal(verify.StopTime))
		Expect(report.Count(verify.Differ)).To(BeZero())
		Expect(report.Totals.Pending).To(BeEquivalentTo(1))
		Expect(r.Runtime.Notes.Close()).To(Succeed())
		report, _, err = sitting(request(l, verify.Draw{All: true}), 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(report.Tallies).To(HaveLen(1))
		Expect(report.Tallies[0].Reason).To(Equal(verify.OldVersion))
	})

	It("asks again where the source has not answered", func() {
		l := newLoad()
		for i := range 20 {
			key := fmt.Sprintf("%03d", i)
			both(put(key, ten, fake.Tagged("opaque"), fake.Keeps(sumOf(digest.SHA256, []byte(ten)))), file("photos/"+key, ten))(l)
		}
		l.both("zzz", ten)
		l.src.FailHeads(errors.New("no route to host"))
		_, _, err := sitting(request(l, verify.Draw{All: true}), 1)
		Expect(err).To(HaveOccurred())
		l.src.FailHeads(nil)
		report, _, err := sitting(request(l, verify.Draw{All: true}), 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(report.Verdict()).To(Equal(verify.Pass), report.Sentence())
	})

	It("believes of one drive nothing that was found of another", func() {
		l := aDrive()
		l.tree.Name = "ext4 of Monday"
		r := live(l, verify.Draw{All: true})
		_, _, err := sitting(r, 200)
		Expect(err).To(HaveOccurred())
		other := aDrive()
		other.tree.Name = "ext4 of Tuesday"
		for i := range 20 {
			other.tree.Files[fmt.Sprintf("photos/%03d", 20+i)] = []byte("tampered !")
		}
		r = live(other, verify.Draw{All: true})
		report, _, err := sitting(r, 0)
		Expect(err).NotTo(HaveOccurred())
		r = live(other, verify.Draw{All: true})
		r.Runtime.Notes = nil
		fresh := run(r)
		Expect(report.Tallies).To(Equal(fresh.Tallies))
		Expect(report.Subject.FileSystem).To(Equal("ext4 of Tuesday"))
	})

	It("is noted nothing of where the drive has no name", func() {
		l := aDrive()
		l.tree.Name = ""
		_, _, err := sitting(live(l, verify.Draw{All: true}), 200)
		Expect(err).To(HaveOccurred())
		Expect(path).NotTo(BeAnExistingFile())
	})

	It("has the SHA-256 of all files where that is asked for only now", func() {
		l := aDrive()
		_, _, err := sitting(live(l, verify.Draw{All: true}), 200)
		Expect(err).To(HaveOccurred())
		r := live(l, verify.Draw{All: true})
		all := &sums{}
		r.Runtime.SHA256, r.Runtime.Sink = true, all
		_, _, err = sitting(r, 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(all.without).To(BeEmpty())
	})

	It("does not fail over the time of a file", func() {
		l := aDrive()
		r := live(l, verify.Draw{All: true})
		r.Tree = aged{r.Tree, time.Date(30000, 1, 1, 0, 0, 0, 0, time.UTC)}
		_, _, err := sitting(r, 200)
		Expect(err).To(MatchError(context.Canceled))
		r = live(l, verify.Draw{All: true})
		r.Tree = aged{r.Tree, time.Date(30000, 1, 1, 0, 0, 0, 0, time.UTC)}
		_, n, err := sitting(r, 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(n).To(BeNumerically("<", 250))
	})

	It("goes on behind whatever a power cut has left in the notes", func() {
		l := aDrive()
		_, _, err := sitting(request(l, verify.Draw{All: true}), 300)
		Expect(err).To(HaveOccurred())
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		Expect(err).NotTo(HaveOccurred())
		_, err = f.Write(make([]byte, 3<<20))
		Expect(errors.Join(err, f.Close())).To(Succeed())
		_, n, err := sitting(request(l, verify.Draw{All: true}), 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(n).To(BeNumerically("<", 200))
	})

	It("leaves nothing once it is removed, and says when it cannot be kept", func() {
		l := aDrive()
		r := request(l, verify.Draw{All: true})
		_, err := verify.Run(context.Background(), r)
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Runtime.Notes.Remove()).To(Succeed())
		Expect(path).NotTo(BeAnExistingFile())
		Expect(os.WriteFile(path, nil, 0o600)).To(Succeed())
		_, err = verify.OpenNotes(filepath.Join(path, "below a file"), nil)
		Expect(err).To(HaveOccurred())
		r = request(l, verify.Draw{All: true})
		Expect(os.Remove(path)).To(Succeed())
		Expect(os.Mkdir(path, 0o700)).To(Succeed())
		_, err = verify.Run(context.Background(), r)
		var e *verify.Error
		Expect(errors.As(err, &e)).To(BeTrue())
		Expect(e.Remedy).NotTo(BeEmpty())
	})
})
