package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("a copy over the network, in the night of a disaster,", Label("root"), func() {
	var s *station
	BeforeEach(func() {
		needRoot()
		s = newStation(few)
		Expect(putDemoParts(s.store, "film.mov", 11<<20, 5<<20)).To(Succeed())
		s.pulled("photos-a", 64<<20)
	})

	It("survives that all objects are replaced by noise overnight", func() {
		s.expect(0, "s3export apply -f photos-a.yaml")
		for i := range 12 {
			Expect(putDemo(s.store, fmt.Sprintf("2026/img-%02d.jpg", i), content("noise", 500+i))).To(Succeed())
		}
		Expect(putDemo(s.store, "film.mov", content("noise", 999))).To(Succeed())
		s.pulled("photos-a", 64<<20, `run: "2"`)
		before := s.image("photos-a")
		s.expect(4, "s3export apply -f photos-a.yaml", "SourceChanged", "13 of the 13 objects on the drive have another content in the source (100.0 %)", "they may have been encrypted by an intruder")
		Expect(bytes.Equal(s.image("photos-a"), before)).To(BeTrue(), "the drive was written to")

		By("proving the drive against what it held")
		s.expect(0, "s3export verify photos-a --against baseline", "verification passed: all 13 present with the right size; content of all 13 compared, 0 bad")
	})

	It("is guarded whatever was done to the run before", func() {
		s.expect(0, "s3export apply -f photos-a.yaml")

		By("narrowing the ranges in between")
		s.pulled("photos-a", 64<<20, `run: "2"`)
		text, err := os.ReadFile(filepath.Join(s.dir, "photos-a.yaml"))
		Expect(err).NotTo(HaveOccurred())
		s.write("photos-a.yaml", strings.Replace(string(text), "{bucket: photos}", "{bucket: photos, prefix: film}", 1))
		s.expect(0, "s3export apply -f photos-a.yaml", "1 (11 MiB) were on the drive already", "verification passed")
		for i := range 12 {
			Expect(putDemo(s.store, fmt.Sprintf("2026/img-%02d.jpg", i), content("noise", 500+i))).To(Succeed())
		}
		s.pulled("photos-a", 64<<20, `run: "3"`)
		s.expect(4, "s3export apply -f photos-a.yaml", "SourceChanged", "12 of the 13 objects on the drive")

		By("giving the run up that has ended")
		s.pulled("photos-a", 64<<20, `run: "2"`)
		s.expect(4, "s3export cancel photos-a -f photos-a.yaml", "TooLateToCancel")
		s.pulled("photos-a", 64<<20, `run: "3"`)
		s.expect(4, "s3export apply -f photos-a.yaml", "SourceChanged")

		By("taking away what a narrower range does not select")
		s.write("photos-a.yaml", strings.NewReplacer("{bucket: photos}", "{bucket: photos, prefix: film}", "region: us-east-1", "region: us-east-1, prune: Extra, replaced: Drop").Replace(string(text)))
		s.write("photos-a.yaml", strings.Replace(s.read("photos-a.yaml"), `run: "2"`, `run: "4"`, 1))
		s.expect(4, "s3export apply -f photos-a.yaml", "SourceShrank", "12 of the 13 objects on the drive would be taken away (92.3 %)")
	})

	It("is proven while a later run has not written yet", func() {
		s.expect(0, "s3export apply -f photos-a.yaml")
		s.pulled("photos-a", 64<<20, `run: "2"`)
		s.write("photos-a.yaml", strings.Replace(s.read("photos-a.yaml"), "phase: Verified", "phase: Labeled", 1))
		s.expect(0, "s3export apply -f photos-a.yaml", "go on with the volume of run 1")
		s.expect(0, "s3export verify photos-a --against baseline", "verification passed: all 13")
	})

	It("survives that the bucket is emptied", func() {
		s.expect(0, "s3export apply -f photos-a.yaml")
		for i := range 12 {
			Expect(s.store.Delete(demoBucket, fmt.Sprintf("2026/img-%02d.jpg", i))).To(Succeed())
		}
		s.pulled("photos-a", 64<<20, `run: "2"`)
		s.expect(4, "s3export apply -f photos-a.yaml", "SourceShrank", "12 of the 13 objects on the drive are gone from the source (92.3 %)")
		Expect(s.store.Delete(demoBucket, "film.mov")).To(Succeed())
		s.expect(4, "s3export apply -f photos-a.yaml", "SourceShrank", "select no object at all")
	})
})
