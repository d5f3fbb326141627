package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("validate", func() {
	It("checks a hundred files in a moment, without service, secret or state", func() {
		s := newStation(few)
		s.backup("photos", "all", 32<<20)
		text, err := os.ReadFile(filepath.Join(s.dir, "photos.yaml"))
		Expect(err).NotTo(HaveOccurred())
		for i := range 100 {
			s.write(fmt.Sprintf("backups.d/%03d.yaml", i), strings.NewReplacer("photos\n", fmt.Sprintf("photos-%03d\n", i),
				"{file: ./pin.txt}", "{env: NO_SUCH_VARIABLE}").Replace(string(text)))
		}
		Expect(s.server.Close()).To(Succeed())
		best := time.Hour
		for range 3 { // the machine may be busy
			began := time.Now()
			out, code := s.sh("s3export validate -f backups.d")
			best = min(best, time.Since(began))
			Expect(code).To(BeZero(), out)
			Expect(strings.Count(out, "is valid\n")).To(Equal(100))
		}
		GinkgoWriter.Printf("100 files in %s\n", best)
		Expect(best).To(BeNumerically("<", time.Second), "200 ms are promised on a machine with nothing else to do")
		Expect(s.hasState()).To(BeFalse())
	})
})

var _ = Describe("the check that nothing has changed", func() {
	It("sees a byte of an image, a fact, an object, a job and a new file", func() {
		s := newStation(few)
		s.backup("photos-a", "all", 32<<20)
		before := s.snapshot()
		changed := func(what string) {
			GinkgoHelper()
			now := s.snapshot()
			Expect(now).NotTo(Equal(before), what)
			before = now
		}
		out, code := s.sh("s3export apply -f photos-a.yaml")
		Expect(code).To(BeZero(), out)
		changed("a job")
		s.write("extra", "")
		changed("a file")
		image, err := os.OpenFile(filepath.Join(s.dir, "photos-a.img"), os.O_WRONLY, 0)
		Expect(err).NotTo(HaveOccurred())
		_, err = image.WriteAt([]byte{1}, 20<<20)
		Expect(err).NotTo(HaveOccurred())
		Expect(image.Close()).To(Succeed())
		changed("a byte")
		Expect(putDemo(s.store, "2026/new.jpg", []byte("new"))).To(Succeed())
		changed("an object")
		record := filepath.Join(s.dir, "state/backups/photos-a/record.json")
		text, err := os.ReadFile(record)
		Expect(err).NotTo(HaveOccurred())
		Expect(os.WriteFile(record, []byte(strings.Replace(string(text), `"deviceID"`, `"deviceId"`, 1)), 0o600)).To(Succeed())
		Expect(s.snapshot()).To(Equal(before), "the same facts in other words")
		Expect(os.WriteFile(record, []byte(strings.Replace(string(text), "IMG-photos-a", "IMG-photos-b", -1)), 0o600)).To(Succeed())
		changed("a fact")
	})
})
