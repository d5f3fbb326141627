package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

// onDrive mounts an image for writing while do is at work below it. The kernel gives a loop
// device back when the last who looks at it has ended, which may be after umount.
func (s *station) onDrive(name string, do func(dir string)) {
	GinkgoHelper()
	dir, image := filepath.Join(s.dir, "mnt"), filepath.Join(s.dir, name+".img")
	Expect(os.MkdirAll(dir, 0o755)).To(Succeed())
	out, err := exec.Command("mount", "-o", "loop,offset=1048576", image, dir).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
	defer func() {
		out, err := exec.Command("umount", dir).CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(out))
		Eventually(func() ([]byte, error) { return exec.Command("losetup", "--associated", image).Output() }).
			WithTimeout(20 * time.Second).Should(BeEmpty())
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
