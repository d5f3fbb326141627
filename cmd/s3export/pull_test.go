package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/reconciler/journal"
)

// pulled writes a spec that copies the demo's bucket onto an image; more are lines of
// spec.
func (s *station) pulled(name string, size int64, more ...string) {
	GinkgoHelper()
	text := fmt.Sprintf(`apiVersion: s3export.cargomedia.ch/v1alpha1
kind: Backup
metadata: {name: %s}
spec:
  phase: Verified
  provider: {pull: {region: us-east-1, s3Endpoint: %q}}
  source: {ranges: [{bucket: %s}]}
  device: {image: ./%s.img, size: %dMiB}
  verify: {sample: all}
`, name, s.server.Endpoint(), demoBucket, name, size>>20)
	for _, m := range more {
		text += "  " + m + "\n"
	}
	s.write(name+".yaml", text)
	if _, err := os.Stat(filepath.Join(s.dir, name+".img")); err == nil {
		return
	}
	s.write(name+".img", "")
	Expect(os.Truncate(filepath.Join(s.dir, name+".img"), size)).To(Succeed())
}

// onDrive mounts an image for writing while do is at work below it.
func (s *station) onDrive(name string, do func(dir string)) {
	GinkgoHelper()
	dir := filepath.Join(s.dir, "mnt")
	Expect(os.MkdirAll(dir, 0o755)).To(Succeed())
	out, err := exec.Command("mount", "-o", "loop,offset=1048576", filepath.Join(s.dir, name+".img"), dir).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
	defer func() {
		out, err := exec.Command("umount", dir).CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(out))
	}()
	do(dir)
}

// rot changes a byte of a file and nothing else that can be seen of it.
func rot(file string) {
	GinkgoHelper()
	info, err := os.Stat(file)
	Expect(err).NotTo(HaveOccurred())
	text, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred())
	text[len(text)/2] ^= 1
	Expect(os.WriteFile(file, text, 0o644)).To(Succeed())
	Expect(os.Chtimes(file, info.ModTime(), info.ModTime())).To(Succeed())
}

func needRoot() {
	GinkgoHelper()
	if os.Geteuid() != 0 {
		Skip("only the kernel writes to an ext4, which needs root: sudo make test-root")
	}
}

func (s *station) expect(code int, command string, texts ...string) string {
	GinkgoHelper()
	out, got := s.sh(command)
	Expect(got).To(Equal(code), out)
	for _, t := range texts {
		Expect(out).To(ContainSubstring(t))
	}
	return out
}

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
		s.expect(4, "s3export repair photos-a", "ObjectsUncopied", "does not hold that state of it any more")
		Expect(s.store.Delete(demoBucket, "2026/img-05.jpg")).To(Succeed())
		s.expect(4, "s3export repair photos-a", "ObjectsUncopied", "does not hold that state of it any more")
		s.expect(5, "s3export verify photos-a --against baseline", "img-05.jpg")
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

func (s *station) read(name string) string {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

func (s *station) image(name string) []byte {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join(s.dir, name+".img"))
	Expect(err).NotTo(HaveOccurred())
	return text
}

// age has the latest copy of a backup be older.
func (s *station) age(name string, by time.Duration) {
	GinkgoHelper()
	r := s.record(name)
	run := &r.Runs[len(r.Runs)-1]
	run.Load.EndedAt = run.Load.EndedAt.Add(-by)
	for i := range run.Proofs {
		run.Proofs[i].At = run.Proofs[i].At.Add(-by)
	}
	_, err := journal.New(filepath.Join(s.dir, "state")).Save(context.Background(), r)
	Expect(err).NotTo(HaveOccurred())
}
