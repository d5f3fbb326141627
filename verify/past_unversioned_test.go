package verify_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

// lone is the answer of a bucket without versions, and that about an object of one with
// versions that was written before it kept any.
func lone(o verify.Object) []verify.Object {
	o.VersionID, o.Current = "null", true
	return []verify.Object{o}
}

var _ = Describe("a bucket that may have no versions", func() {
	It("is asked no more once it has shown a hundred objects with a single state", func() {
		report := told(rottenLoad(130), func(_ int64, o verify.Object) ([]verify.Object, error) { return lone(o), nil })
		Expect(report.Count(verify.Differ)).To(BeEquivalentTo(130), report.Sentence())
		Expect(report.Requests.Versions).To(BeEquivalentTo(100))
	})

	It("is asked about each object once it has shown a version, be it of the last one", func() {
		report := told(rottenLoad(130), func(question int64, o verify.Object) ([]verify.Object, error) {
			if question == 100 {
				return kept(o), nil
			}
			return lone(o), nil
		})
		Expect(report.Requests.Versions).To(BeEquivalentTo(130))
	})

	It("has versions where it shows a delete marker, which is none of them", func() {
		l := rottenLoad(130)
		file("photos/7", "")(l)
		report := told(l, func(question int64, o verify.Object) ([]verify.Object, error) {
			all := lone(o)
			if question == 1 || o.Key == "7" {
				all[0].Current = false
				all = append([]verify.Object{{Bucket: o.Bucket, Key: o.Key, VersionID: "null", Current: true, Deleted: true}}, all...)
			}
			return all, nil
		})
		Expect(report.Requests.Versions).To(BeEquivalentTo(130))
		Expect(report.Count(verify.Differ)).To(BeEquivalentTo(130), report.Sentence())
	})

	It("has versions where a delete marker is all that it shows", func() {
		report := told(rottenLoad(130), func(question int64, o verify.Object) ([]verify.Object, error) {
			all := lone(o)
			all[0].Deleted = question == 1
			return all, nil
		})
		Expect(report.Requests.Versions).To(BeEquivalentTo(130))
	})
})
