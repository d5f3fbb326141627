package store_test

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// world is a store whose clock is moved by hand.
type world struct {
	*store.Store
	now *time.Time
}

func newWorld() world {
	GinkgoHelper()
	now := clock()
	s := store.New(func() time.Time { return now })
	Expect(s.CreateBucket("photos", store.BucketOptions{})).To(Succeed())
	return world{s, &now}
}

func (w world) put(class, status string) store.Place {
	GinkgoHelper()
	p := store.Place{Bucket: "photos", Key: "k"}
	_, err := w.Put(p.Bucket, p.Key, strings.NewReader("x"), store.PutOptions{Attributes: store.Attributes{StorageClass: class}})
	Expect(err).NotTo(HaveOccurred())
	if status != "" {
		Expect(w.SetArchiveStatus(p, status)).To(Succeed())
	}
	return p
}

// state is what there is to know: archived, restoring, restored, tier.
func (w world) state(p store.Place) []any {
	GinkgoHelper()
	o, err := w.Find(p)
	Expect(err).NotTo(HaveOccurred())
	_, restored := o.RestoredUntil(*w.now)
	return []any{o.IsArchived(*w.now), o.IsRestoring(*w.now), restored, o.ArchiveTier(*w.now)}
}

var _ = DescribeTable("an object that is read at once", func(class string) {
	w := newWorld()
	p := w.put(class, "")
	Expect(w.state(p)).To(Equal([]any{false, false, false, ""}))
	_, err := w.Restore(p, store.RestoreRequest{Days: 1})
	Expect(err).To(MatchError(store.ErrNotArchived))
	Expect(w.SetArchiveStatus(p, "COLD")).To(Or(MatchError(store.ErrNotArchived), MatchError(store.ErrNoSuchTier)))
},
	Entry(nil, ""), Entry(nil, "STANDARD"), Entry(nil, "STANDARD_IA"), Entry(nil, "ONEZONE_IA"), Entry(nil, "REDUCED_REDUNDANCY"),
	Entry(nil, "GLACIER_IR"), Entry(nil, "INTELLIGENT_TIERING"),
)

// The times of section "Understanding archive retrieval options".
var _ = DescribeTable("a restore takes its time", func(class, status, tier string, days int, takes time.Duration) {
	w := newWorld()
	p := w.put(class, status)
	tierShown := status
	Expect(w.state(p)).To(Equal([]any{true, false, false, tierShown}))
	there, err := w.Restore(p, store.RestoreRequest{Days: days, Tier: tier})
	if takes == 0 {
		Expect(err).To(MatchError(store.ErrNoSuchTier))
		Expect(w.state(p)).To(Equal([]any{true, false, false, tierShown}))
		return
	}
	Expect(err).NotTo(HaveOccurred())
	Expect(there).To(BeFalse())
	_, err = w.Restore(p, store.RestoreRequest{Days: days, Tier: tier})
	Expect(err).To(MatchError(store.ErrRestoring))
	*w.now = w.now.Add(takes - 2*time.Second)
	Expect(w.state(p)).To(Equal([]any{true, true, false, tierShown}))
	*w.now = w.now.Add(2 * time.Second)
	Expect(w.state(p)).To(Equal([]any{false, false, status == "", ""}))
},
	Entry(nil, "GLACIER", "", "Expedited", 1, 5*time.Minute),
	Entry(nil, "GLACIER", "", "Standard", 1, 5*time.Hour),
	Entry(nil, "GLACIER", "", "", 1, 5*time.Hour),
	Entry(nil, "GLACIER", "", "Bulk", 1, 12*time.Hour),
	Entry(nil, "GLACIER", "", "Soon", 1, time.Duration(0)),
	Entry("no days", "GLACIER", "", "Bulk", 0, time.Duration(0)),
	Entry(nil, "DEEP_ARCHIVE", "", "Standard", 1, 12*time.Hour),
	Entry(nil, "DEEP_ARCHIVE", "", "Bulk", 1, 48*time.Hour),
	Entry(nil, "DEEP_ARCHIVE", "", "Expedited", 1, time.Duration(0)),
	Entry(nil, "INTELLIGENT_TIERING", store.ArchiveAccess, "Standard", 0, 5*time.Hour),
	Entry(nil, "INTELLIGENT_TIERING", store.DeepArchiveAccess, "Standard", 0, 12*time.Hour),
	Entry(nil, "INTELLIGENT_TIERING", store.DeepArchiveAccess, "Expedited", 0, time.Duration(0)),
	Entry("days", "INTELLIGENT_TIERING", store.ArchiveAccess, "Standard", 1, time.Duration(0)),
)

var _ = Describe("a restored copy", func() {
	It("goes away at the midnight after its days, and may be kept longer", func() {
		w := newWorld() // 2031-02-03 04:05:06
		p := w.put("GLACIER", "")
		_, err := w.Restore(p, store.RestoreRequest{Days: 2})
		Expect(err).NotTo(HaveOccurred())
		*w.now = w.now.Add(5 * time.Hour)
		until := func() time.Time {
			o, err := w.Find(p)
			Expect(err).NotTo(HaveOccurred())
			end, restored := o.RestoredUntil(*w.now)
			Expect(restored).To(BeTrue())
			return end
		}
		Expect(until()).To(Equal(time.Date(2031, 2, 6, 0, 0, 0, 0, time.UTC)))
		*w.now = time.Date(2031, 2, 5, 0, 0, 0, 0, time.UTC)
		there, err := w.Restore(p, store.RestoreRequest{Days: 3})
		Expect(err).NotTo(HaveOccurred())
		Expect(there).To(BeTrue())
		Expect(until()).To(Equal(time.Date(2031, 2, 8, 0, 0, 0, 0, time.UTC)))
		*w.now = until().Add(-time.Second)
		Expect(w.state(p)).To(Equal([]any{false, false, true, ""}))
		*w.now = until().Add(time.Second)
		Expect(w.state(p)).To(Equal([]any{true, false, false, ""}))
	})

	It("is that of one version", func() {
		w := newWorld()
		Expect(w.SetVersioning("photos", store.VersioningEnabled)).To(Succeed())
		p := w.put("GLACIER", "")
		old, err := w.Find(p)
		Expect(err).NotTo(HaveOccurred())
		w.put("GLACIER", "")
		_, err = w.Restore(store.Place{Bucket: "photos", Key: "k", Version: old.VersionID}, store.RestoreRequest{Days: 1, Tier: "Expedited"})
		Expect(err).NotTo(HaveOccurred())
		*w.now = w.now.Add(time.Hour)
		Expect(w.state(p)).To(Equal([]any{true, false, false, ""}))
		Expect(w.state(store.Place{Bucket: "photos", Key: "k", Version: old.VersionID})).To(Equal([]any{false, false, true, ""}))
		page, err := w.Versions("photos", store.VersionQuery{Query: store.Query{Max: 10}})
		Expect(err).NotTo(HaveOccurred())
		Expect(page.Versions).To(HaveLen(2))
	})
})
