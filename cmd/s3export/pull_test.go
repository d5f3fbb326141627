package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("a copy over the network", Label("root"), func() {
	var s *station
	BeforeEach(func() {
		needRoot()
		s = newStation(few)
		Expect(putDemoParts(s.store, "film.mov", 11<<20, 5<<20)).To(Succeed())
		s.pulled("photos-a", 64<<20)
	})

	It("is proven, and is not made twice", func() {
		s.expect(0, "s3export apply -f photos-a.yaml", "13 objects", "verification passed: all 13 present with the right size; content of all 13 compared, 0 bad")
		s.expect(0, "s3export apply -f photos-a.yaml", "unchanged (Verified)")
		s.onDrive("photos-a", func(dir string) {
			info, err := os.Stat(filepath.Join(dir, demoBucket, "film.mov"))
			Expect(err).NotTo(HaveOccurred())
			Expect(info.Size()).To(Equal(int64(11 << 20)))
			Expect(filepath.Join(dir, ".s3export", "baseline.jsonl.gz")).To(BeAnExistingFile())
			Expect(filepath.Join(dir, ".s3export", "ledger-0.jsonl")).NotTo(BeAnExistingFile())
		})
	})

	It("is brought up to date by a later run, which fetches nothing twice", func() {
		s.expect(0, "s3export apply -f photos-a.yaml", "13 objects (11.5 MB) fetched")
		Expect(putDemo(s.store, "2026/img-00.jpg", []byte("newer"))).To(Succeed())
		Expect(putDemo(s.store, "2026/img-99.jpg", []byte("new"))).To(Succeed())
		s.pulled("photos-a", 64<<20, `run: "2"`)
		s.expect(0, "s3export plan -f photos-a.yaml", "go on with the volume of run 1", "1 overwrite, 0 erase")
		s.expect(0, "s3export apply -f photos-a.yaml", "2 objects (8 bytes) fetched, 12 (11.5 MB) were on the drive already, 1 file gave way", "verification passed: all 14")
		s.onDrive("photos-a", func(dir string) {
			old, err := os.ReadFile(filepath.Join(dir, ".s3export/replaced/2", demoBucket, "2026/img-00.jpg"))
			Expect(err).NotTo(HaveOccurred())
			Expect(old).To(Equal(content("2026/img-00.jpg", 400)))
		})
	})

	It("takes away what is gone where that is wanted, and keeps it while there is room", func() {
		s.expect(0, "s3export apply -f photos-a.yaml")
		Expect(s.store.Delete(demoBucket, "2026/img-03.jpg")).To(Succeed())
		s.pulled("photos-a", 64<<20, `run: "2"`, "preflight: {accept: [SourceShrank]}")
		text, err := os.ReadFile(filepath.Join(s.dir, "photos-a.yaml"))
		Expect(err).NotTo(HaveOccurred())
		s.write("photos-a.yaml", strings.Replace(string(text), "region: us-east-1", "region: us-east-1, prune: Extra", 1))
		s.expect(0, "s3export apply -f photos-a.yaml", "verification passed: all 12")
		s.onDrive("photos-a", func(dir string) {
			Expect(filepath.Join(dir, demoBucket, "2026/img-03.jpg")).NotTo(BeAnExistingFile())
			Expect(filepath.Join(dir, ".s3export/replaced/2", demoBucket, "2026/img-03.jpg")).To(BeAnExistingFile())
		})
	})

	It("is of the ranges that it was made of", func() {
		s.expect(0, "s3export apply -f photos-a.yaml")
		text, err := os.ReadFile(filepath.Join(s.dir, "photos-a.yaml"))
		Expect(err).NotTo(HaveOccurred())
		s.write("photos-a.yaml", strings.Replace(string(text), "{bucket: photos}", "{bucket: photos, prefix: 2026/}", 1))
		s.expect(4, "s3export apply -f photos-a.yaml", "SelectionChanged", "set spec.run to a new name")
	})

	It("has a place for every key, and proves it", func() {
		hostile := []string{
			"../../etc/passwd", "/abs", "a", "a/b", "a/b/c", "a//b", "a/./b", "a/../c", "A", "nul\x00byte", "line\nbreak",
			strings.Repeat("x", 1024), strings.Repeat("y/", 500) + "z", "CON", "aux.txt ", "what?*:<>|\\", "100%25", "%2E%2E/x", "e\u0301", "\u00e9",
			".s3export/backup.json", "lost+found/x", "%~" + strings.Repeat("0", 64), "marker/", "content/",
		}
		for _, key := range hostile {
			data := content(key, 100)
			if key == "marker/" {
				data = nil
			}
			Expect(putDemo(s.store, key, data)).To(Succeed())
		}
		s.expect(0, "s3export apply -f photos-a.yaml", "verification passed: all 37 present with the right size; content of all 37 compared, 0 bad")
		s.onDrive("photos-a", func(dir string) {
			top, err := filepath.Glob(filepath.Join(dir, "*"))
			Expect(err).NotTo(HaveOccurred())
			Expect(top).To(ConsistOf(filepath.Join(dir, ".s3export"), filepath.Join(dir, "lost+found"), filepath.Join(dir, demoBucket)))
			out, err := exec.Command("sh", "-c", "cd "+dir+" && sha256sum --check --quiet .s3export/SHA256SUMS").CombinedOutput()
			Expect(err).NotTo(HaveOccurred(), string(out))
		})

		By("turning files into directories and back")
		Expect(s.store.Delete(demoBucket, "a")).To(Succeed())
		Expect(putDemo(s.store, "CON/x", []byte("deeper"))).To(Succeed())
		Expect(s.store.Delete(demoBucket, "CON")).To(Succeed())
		Expect(putDemo(s.store, "marker", []byte("a file now"))).To(Succeed())
		Expect(s.store.Delete(demoBucket, "marker/")).To(Succeed())
		s.pulled("photos-a", 64<<20, `run: "2"`, "preflight: {accept: [SourceShrank]}")
		s.expect(0, "s3export apply -f photos-a.yaml", "verification passed: all 37")
	})

	It("goes on where one object cannot be read, and says which", func() {
		Expect(putDemo(s.store, "2026/img-00\xff.jpg", content("x", 100))).To(Succeed())
		s.expect(4, "s3export apply -f photos-a.yaml", "ObjectsUncopied", "1 object could not be copied, all others are on the drive", `img-00\xff.jpg`)
		s.pulled("photos-a", 64<<20, "preflight: {accept: [UnreadableObjects]}")
		s.expect(5, "s3export apply -f photos-a.yaml", "13 objects (11.5 MB) fetched", "missingOnDevice")
	})

	It("is repaired where a proof has found it bad", func() {
		s.expect(0, "s3export apply -f photos-a.yaml")
		s.onDrive("photos-a", func(dir string) {
			rot(filepath.Join(dir, demoBucket, "film.mov"))
			Expect(os.Remove(filepath.Join(dir, demoBucket, "2026/img-05.jpg"))).To(Succeed())
		})
		s.expect(5, "s3export verify photos-a", "film.mov", "img-05.jpg")
		s.expect(0, "s3export repair photos-a", "2 objects (11.5 MB) fetched, 11 (", "verification passed: all 13")
		s.expect(4, "s3export repair photos-a", "NothingToRepair")

		By("refusing to put something else in its place")
		s.onDrive("photos-a", func(dir string) { rot(filepath.Join(dir, demoBucket, "2026/img-05.jpg")) })
		Expect(putDemo(s.store, "2026/img-05.jpg", content("noise", 999))).To(Succeed())
		s.expect(5, "s3export verify photos-a", "img-05.jpg")
		s.expect(4, "s3export repair photos-a", "ObjectsUncopied", "does not hold that state of it any more", "run `s3export repair` again")
		Expect(s.store.Delete(demoBucket, "2026/img-05.jpg")).To(Succeed())
		s.expect(4, "s3export repair photos-a", "ObjectsUncopied", "does not hold that state of it any more", "run `s3export repair` again")
		s.expect(5, "s3export verify photos-a --against baseline", "img-05.jpg")
	})

	It("begins anew by itself when it is due", func() {
		s.pulled("photos-a", 64<<20, "refresh: {maxAge: 1h}")
		s.expect(0, "s3export apply -f photos-a.yaml")
		s.age("photos-a", 2*time.Hour)
		Expect(putDemo(s.store, "2026/img-99.jpg", []byte("new"))).To(Succeed())
		s.expect(0, "s3export apply -f photos-a.yaml", "1 object (3 bytes) fetched", "verification passed: all 14")
		Expect(s.record("photos-a").Runs).To(HaveLen(2))

		By("taking the drive away")
		s.age("photos-a", 2*time.Hour)
		Expect(os.Rename(filepath.Join(s.dir, "photos-a.img"), filepath.Join(s.dir, "away"))).To(Succeed())
		s.expect(0, "s3export apply -f photos-a.yaml", "RefreshDue", "is older than 1h")
	})

	It("says which spec goes on with another drive when one is full", func() {
		for i := range 9 {
			Expect(putDemoParts(s.store, fmt.Sprintf("films/%d.mov", i), 6<<20, 5<<20)).To(Succeed())
		}
		s.pulled("photos-a", 64<<20, "preflight: {accept: [TooLargeForDrive]}")
		s.expect(4, "s3export apply -f photos-a.yaml", "DriveFull", "continue.yaml", `after key "films/`)
		both := filepath.Join(s.dir, "state/backups/photos-a/runs/1/continue.yaml")
		text, err := os.ReadFile(both)
		Expect(err).NotTo(HaveOccurred())
		s.write("photos-a.yaml", string(text))
		s.write("photos-a-2.img", "")
		Expect(os.Truncate(filepath.Join(s.dir, "photos-a-2.img"), 64<<20)).To(Succeed())
		out := s.expect(0, "s3export apply -f photos-a.yaml")
		Expect(strings.Count(out, "verification passed")).To(Equal(2), out)
		all := 0
		for _, name := range []string{"photos-a", "photos-a-2"} {
			all += int(s.record(name).Runs[0].Baseline.Objects)
		}
		Expect(all).To(Equal(22))
	})
})
