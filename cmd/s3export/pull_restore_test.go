package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

var _ = Describe("archived objects of a copy over the network", Label("root"), func() {
	var s *station
	restoring := func(tier string) {
		s.pulled("photos-a", 64<<20)
		s.expect(0, fmt.Sprintf(`sed -i 's/region: us-east-1/region: us-east-1, restore: {tier: %s, days: 7}/' photos-a.yaml`, tier))
	}
	advance := func(by time.Duration) {
		GinkgoHelper()
		_, err := simulator.NewControl(s.server.Endpoint()).Advance(context.Background(), by)
		Expect(err).NotTo(HaveOccurred())
	}
	BeforeEach(func() {
		needRoot()
		s = newStation(few)
		for i, class := range []string{"GLACIER", "GLACIER", "DEEP_ARCHIVE"} {
			key := fmt.Sprintf("2011/old-%d.jpg", i)
			_, err := s.store.Put(demoBucket, key, bytes.NewReader(content(key, 900)), store.PutOptions{Attributes: store.Attributes{StorageClass: class}})
			Expect(err).NotTo(HaveOccurred())
		}
		s.pulled("photos-a", 64<<20)
	})

	It("are waited for where the spec has them restored, and all others are copied meanwhile", func() {
		before := s.image("photos-a")
		s.expect(4, "s3export apply -f photos-a.yaml", "ArchivedObjects", "3 objects (2.7 kB, such as", "spec.provider.pull.restore: {tier: Bulk, days: 14}")
		Expect(bytes.Equal(s.image("photos-a"), before)).To(BeTrue(), "the drive was written to")

		restoring("Standard")
		s.expect(0, "s3export plan -f photos-a.yaml",
			"  restore   3 objects (2.7 kB) with Standard, readable for 7 days: about USD 0.00021 at most, by the prices of us-east-1 as of 2026-11-23\n")
		out := s.expect(0, "s3export apply -f photos-a.yaml", "waiting: Restoring",
			"3 objects not readable yet: restoring from an archive class (Standard)", "the rest of the source is on the drive")
		Expect(out).NotTo(ContainSubstring("verification passed"))
		hold := s.record("photos-a").Hold
		Expect(hold.NextLook.Sub(hold.Since)).To(BeNumerically("~", 2*time.Hour, time.Minute))
		s.onDrive("photos-a", func(dir string) {
			Expect(filepath.Join(dir, demoBucket, "2026/img-11.jpg")).To(BeAnExistingFile())
			Expect(filepath.Join(dir, demoBucket, "2011")).NotTo(BeADirectory())
		})

		By("fetching what is readable earlier than the rest")
		advance(6 * time.Hour)
		s.expect(0, "s3export apply -f photos-a.yaml", "1 object not readable yet")
		advance(7 * time.Hour)
		s.expect(0, "s3export apply -f photos-a.yaml", "15 objects (", "verification passed: all 15 present with the right size; content of all 15 compared, 0 bad")
		s.onDrive("photos-a", func(dir string) {
			text, err := os.ReadFile(filepath.Join(dir, demoBucket, "2011/old-2.jpg"))
			Expect(err).NotTo(HaveOccurred())
			Expect(text).To(Equal(content("2011/old-2.jpg", 900)))
		})
	})

	It("do not keep the copy from its end when one is removed meanwhile", func() {
		restoring("Bulk")
		s.expect(0, "s3export apply -f photos-a.yaml", "3 objects not readable yet: restoring from an archive class (Bulk)")
		Expect(s.store.Delete(demoBucket, "2011/old-2.jpg")).To(Succeed())
		advance(13 * time.Hour)
		s.expect(0, "s3export apply -f photos-a.yaml", "1 removed from the source while it was copied", "verification passed: all 14")
	})

	It("cost what a file with other prices says", func() {
		restoring("Expedited")
		s.write("prices.json", `{"rates": [{"item": "restoreExpedited", "classes": ["GLACIER"], "unit": "requests", "price": "1.50", "per": 1}]}`)
		s.expect(0, "s3export plan -f photos-a.yaml --prices prices.json", "about USD 3.01 at most", "no price is known of DEEP_ARCHIVE with Expedited")
	})
})
