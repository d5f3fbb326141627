package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

// again is a closed baseline that may be walked as often as it is asked for.
func again(baseline []byte) verify.Population {
	GinkgoHelper()
	p := population(baseline)
	p.Objects = func(ctx context.Context) iter.Seq2[verify.Expected, error] {
		b, err := verify.OpenBaseline(bytes.NewReader(baseline))
		if err != nil {
			return func(yield func(verify.Expected, error) bool) { yield(verify.Expected{}, err) }
		}
		return b.Population().Objects(ctx)
	}
	return p
}

var _ = Describe("the service's log in a verification", func() {
	var l *load
	var log *verify.LoadLog

	BeforeEach(func() {
		l = newLoad()
		l.both("a", ten)
		l.both("z", ten)
		var err error
		log, err = verify.NewLoadLog(l.ranges)
		Expect(err).NotTo(HaveOccurred())
	})
	verified := func() verify.Report {
		GinkgoHelper()
		r := l.request(again(l.end(l.start())))
		r.Log = log
		return run(r)
	}
	// found says what became of the objects other than a and z.
	found := func(r verify.Report) string {
		var all []string
		for _, f := range r.Findings {
			all = append(all, fmt.Sprintf("%s %s/%s", f.Path, f.Outcome, f.Reason))
		}
		return fmt.Sprintf("%d match; %s", r.Count(verify.Match), strings.Join(all, ", "))
	}

	It("names what the service has not loaded, with its code", func() {
		put("k", ten, fake.Class("GLACIER"))(l)
		log.Failed("photos", "k", "InvalidObjectState")
		r := verified()
		Expect(found(r)).To(Equal("2 match; photos/k missingOnDevice/FailedByService"))
		Expect(r.Findings[0].Detail).To(Equal("InvalidObjectState"))
		Expect(r.Findings[0].Remedy()).NotTo(BeEmpty())
		Expect(r.Verdict()).To(Equal(verify.Fail))
	})

	It("does not make a failure of a file that is there", func() {
		log.Failed("photos", "a", "InternalError")
		Expect(found(verified())).To(Equal("2 match; "))
	})

	It("leaves what came and went while the load ran as it is", func() {
		put("k", ten)(l)
		start := l.start()
		remove("k")(l)
		log.Failed("photos", "k", "NoSuchKey")
		r := l.request(again(l.end(start)))
		r.Log = log
		Expect(found(run(r))).To(Equal("2 match; photos/k changedAfterExport/DeletedDuringLoad"))
	})

	It("names what was overwritten while the load ran, and not loaded", func() {
		put("k", ten)(l)
		start := l.start()
		put("k", "new", fake.Modified(during))(l)
		log.Failed("photos", "k", "InternalError")
		r := l.request(again(l.end(start)))
		r.Log = log
		Expect(found(run(r))).To(Equal("2 match; photos/k missingOnDevice/FailedByService"))
	})

	DescribeTable("finds what lies elsewhere, and compares it there", func(key, at, content, want string) {
		put(key, ten)(l)
		if content != "" {
			file(at, content)(l)
		}
		log.Loaded("photos", key, at)
		Expect(log.Moved()).To(BeEquivalentTo(1))
		Expect(found(verified())).To(Equal(want))
	},
		Entry("a key that no path can hold", "up/../k", "EXPORT-RECOVERY/0000/0000", ten, "3 match; "),
		Entry("in a directory before all others", "up//k", "AAA/0000/0000", ten, "3 match; "),
		Entry("at the root of the drive", "up//k", "k", ten, "3 match; "),
		Entry("with a character less", "m\x00m", "photos/mm", ten, "3 match; "),
		Entry("rotten", "up/../k", "EXPORT-RECOVERY/0000/0000", "0123456780", "2 match; EXPORT-RECOVERY/0000/0000 differ/ContentDiffers"),
		Entry("shorter", "up/../k", "EXPORT-RECOVERY/0000/0000", "0", "2 match; EXPORT-RECOVERY/0000/0000 differ/SizeDiffers"),
		Entry("not there after all", "up/../k", "EXPORT-RECOVERY/0000/0000", "", "2 match; EXPORT-RECOVERY/0000/0000 missingOnDevice/NotThere"),
	)

	DescribeTable("tells of two keys that lead to one path whose file it is", func(tell func(), content, want string) {
		l.ranges = []verify.Range{{Bucket: "photos", Directory: "photos"}, {Bucket: "other", Directory: "photos"}, {Bucket: "third", Directory: "photos"}}
		put("k", ten)(l)
		l.src.Put("other", "k", []byte("cold"), fake.Modified(longAgo))
		if content != "" {
			file("photos/k", content)(l)
		}
		var err error
		log, err = verify.NewLoadLog(l.ranges)
		Expect(err).NotTo(HaveOccurred())
		tell()
		Expect(found(verified())).To(Equal(want))
	},
		Entry("the other one failed", func() { log.Failed("other", "k", "InvalidObjectState") }, ten,
			"3 match; photos/k missingOnDevice/FailedByService"),
		Entry("the other one failed, and it is rotten", func() { log.Failed("other", "k", "InvalidObjectState") }, "0123456780",
			"2 match; photos/k missingOnDevice/FailedByService, photos/k differ/ContentDiffers"),
		Entry("the other one failed, and none is there", func() { log.Failed("other", "k", "InvalidObjectState") }, "",
			"2 match; photos/k missingOnDevice/FailedByService, photos/k missingOnDevice/NotThere"),
		Entry("one failed of three, and none is there", func() {
			l.src.Put("third", "k", []byte("third"), fake.Modified(longAgo))
			log.Failed("other", "k", "InvalidObjectState")
		}, "", "2 match; photos/k missingOnDevice/FailedByService, photos/k unverifiable/NameTaken, photos/k unverifiable/NameTaken"),
		Entry("both failed", func() { log.Failed("other", "k", "1"); log.Failed("photos", "k", "2") }, "",
			"2 match; photos/k missingOnDevice/FailedByService, photos/k missingOnDevice/FailedByService"),
		Entry("both failed, but there is one", func() { log.Failed("other", "k", "1"); log.Failed("photos", "k", "2") }, ten,
			"2 match; photos/k unverifiable/NameTaken, photos/k unverifiable/NameTaken"),
		Entry("it lies elsewhere, and is not there", func() {
			log.Loaded("photos", "k", "photos/k")
			log.Loaded("other", "k", "EXPORT-RECOVERY/0000/0000")
		}, ten, "3 match; EXPORT-RECOVERY/0000/0000 missingOnDevice/NotThere"),
		Entry("it says nothing", func() {}, ten, "2 match; photos/k unverifiable/NameTaken, photos/k unverifiable/NameTaken"),
	)

	It("finds a file that has the name of the target directory", func() {
		l.tree.Files = map[string][]byte{"photos": []byte(ten)}
		remove("a")(l)
		remove("z")(l)
		put("up//k", ten)(l)
		log.Loaded("photos", "up//k", "photos")
		Expect(found(verified())).To(Equal("1 match; "))
	})

	It("leaves directory markers outside the population, wherever they lie", func() {
		both(put("a/", ""), file("EXPORT-RECOVERY/0000/0000", ""))(l)
		log.Loaded("photos", "a/", "EXPORT-RECOVERY/0000/0000")
		r := verified()
		Expect(found(r)).To(Equal("2 match; "))
		Expect(r.Totals).To(And(HaveField("Markers", BeEquivalentTo(1)), HaveField("Objects", BeEquivalentTo(2)), HaveField("Recovered", BeEquivalentTo(1))))
	})

	It("compares both states of an object that lies elsewhere", func() {
		put("up//k", ten)(l)
		start := l.start()
		put("up//k", "new", fake.Modified(during))(l)
		file("EXPORT-RECOVERY/0000/0000", ten)(l)
		log.Loaded("photos", "up//k", "EXPORT-RECOVERY/0000/0000")
		r := l.request(again(l.end(start)))
		r.Log = log
		report := run(r)
		Expect(found(report)).To(Equal("3 match; "))
		Expect(report.Tallies).To(ContainElement(HaveField("Reason", verify.ChangedSince)))
	})

	It("counts what lies in the recovery directory and is of no key", func() {
		both(put("up//k", ten), file("EXPORT-RECOVERY/0000/0000", ten), file("EXPORT-RECOVERY/0000/0001", "who"))(l)
		log.Loaded("photos", "up//k", "EXPORT-RECOVERY/0000/0000")
		r := verified()
		Expect(found(r)).To(Equal("3 match; "))
		Expect(r.Totals.Recovered).To(BeEquivalentTo(1))
	})

	It("takes the last word of a log that names an object twice", func() {
		log.Loaded("photos", "a", "EXPORT-RECOVERY/0000/0000")
		log.Loaded("photos", "a", "photos/a/")
		Expect(log.Moved()).To(BeZero())
		put("up//k", ten)(l)
		file("EXPORT-RECOVERY/0000/0001", ten)(l)
		log.Loaded("photos", "up//k", "EXPORT-RECOVERY/0000/0000")
		log.Loaded("photos", "up//k", "EXPORT-RECOVERY/0000/0001")
		Expect(found(verified())).To(Equal("3 match; "))
	})

	It("makes no file out of two words: two keys at one path stay undecided", func() {
		both(put("x//k", ten), put("y//k", ten), file("EXPORT-RECOVERY/0000/0000", ten))(l)
		log.Loaded("photos", "x//k", "EXPORT-RECOVERY/0000/0000")
		log.Loaded("photos", "y//k", "EXPORT-RECOVERY/0000/0000")
		r := verified()
		Expect(r.Count(verify.Unverifiable)).To(BeEquivalentTo(2))
		Expect(r.Verdict()).To(Equal(verify.Incomplete))
	})

	It("does not know of what was made after the load", func() {
		start := l.start()
		put("late", ten, fake.Modified(afterLoad))(l)
		log.Failed("photos", "late", "NoSuchKey")
		r := l.request(again(l.end(start)))
		r.Log = log
		report := run(r)
		Expect(found(report)).To(Equal("2 match; "))
		Expect(report.Totals.Newer).To(BeEquivalentTo(1))
	})

	It("solves a file against a directory", func() {
		both(put("k", ten), put("k/x", ten), file("photos/k/x", ten), file("EXPORT-RECOVERY/0000/0000", ten))(l)
		log.Loaded("photos", "k", "EXPORT-RECOVERY/0000/0000")
		log.Loaded("photos", "k/x", "photos/k/x")
		Expect(log.Moved()).To(BeEquivalentTo(1))
		Expect(found(verified())).To(Equal("4 match; "))
	})

	It("forgets what lies where it is expected, markers and what is not of the load", func() {
		log.Loaded("photos", "a", "photos/a")
		log.Loaded("photos", "d/", "photos/d/")
		log.Loaded("other", "a", "EXPORT-RECOVERY/0000/0000")
		log.Loaded("photos", "a", "../../etc/passwd")
		Expect(log.Moved()).To(BeZero())
	})

	It("does not guess which copy is meant of an object that two ranges select", func() {
		ranges := []verify.Range{{Bucket: "photos", Directory: "one"}, {Bucket: "photos", Directory: "two"}}
		log, err := verify.NewLoadLog(ranges)
		Expect(err).NotTo(HaveOccurred())
		log.Loaded("photos", "a", "EXPORT-RECOVERY/0000/0000")
		Expect(log.Moved()).To(BeZero())
	})

	It("changes nothing where it says nothing", func() {
		put("up/../k", ten)(l)
		file("EXPORT-RECOVERY/0000/0000", ten)(l)
		Expect(found(verified())).To(Equal("2 match; photos/up/../k unverifiable/Renamed"))
	})
})
