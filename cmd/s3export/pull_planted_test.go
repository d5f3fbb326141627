package main

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("a link that somebody has put on a drive of ours", Label("root"), func() {
	It("stops the copy, until it is removed", func() {
		needRoot()
		s := newStation(few)
		s.pulled("photos-a", 64<<20)
		s.expect(0, "s3export apply -f photos-a.yaml")
		Expect(putDemo(s.store, "2026/img-00.jpg", []byte("newer"))).To(Succeed())
		outside := filepath.Join(s.dir, "outside")
		Expect(os.Mkdir(outside, 0o755)).To(Succeed())
		s.onDrive("photos-a", func(dir string) {
			Expect(os.Mkdir(filepath.Join(dir, ".s3export/replaced"), 0o755)).To(Succeed())
			Expect(os.Symlink(outside, filepath.Join(dir, ".s3export/replaced/2"))).To(Succeed())
		})
		s.pulled("photos-a", 64<<20, `run: "2"`)
		s.expect(4, "s3export apply -f photos-a.yaml", "DeviceForeign", ".s3export/replaced/2/photos/2026/img-00.jpg", "remove the link")
		Expect(os.ReadDir(outside)).To(BeEmpty())
		s.onDrive("photos-a", func(dir string) {
			Expect(os.ReadFile(filepath.Join(dir, demoBucket, "2026/img-00.jpg"))).To(Equal(content("2026/img-00.jpg", 400)))
			Expect(os.Remove(filepath.Join(dir, ".s3export/replaced/2"))).To(Succeed())
		})
		s.expect(0, "s3export apply -f photos-a.yaml", "1 file gave way", "verification passed: all 12")
	})
})
