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

// smallState puts the state directory on a file system of so many bytes.
func (s *station) smallState(size int) {
	GinkgoHelper()
	s.grow(size, "mount", "-t", "tmpfs")
	DeferCleanup(func() { _ = exec.Command("umount", filepath.Join(s.dir, "state")).Run() })
}

func (s *station) grow(size int, mount ...string) {
	GinkgoHelper()
	dir := filepath.Join(s.dir, "state")
	Expect(os.MkdirAll(dir, 0o700)).To(Succeed())
	args := append(mount[1:], "-o", fmt.Sprintf("size=%d,mode=700", size), "state", dir)
	out, err := exec.Command(mount[0], args...).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
}

var _ = Describe("a full disk", Label("root"), func() {
	BeforeEach(func() {
		if os.Geteuid() != 0 {
			Skip("a small file system needs root: sudo make test-root")
		}
	})

	// The journal runs full at another step each time. What was begun is finished
	// when there is room, and nothing is done twice.
	It("in the middle of apply ends it, and the next run goes on", func() {
		s := newStation(few)
		failures := 0
		const page = 4096
		for pages := 1; pages <= 12; pages++ {
			name := fmt.Sprintf("full-%02d", pages)
			s.backup(name, "all", 20<<20)
			Expect(os.RemoveAll(filepath.Join(s.dir, "paperwork"))).To(Succeed())
			s.smallState(pages * page)
			out, code := s.finish(s.command("apply", "-f", name+".yaml"))
			switch code {
			case exitError:
				Expect(out).To(ContainSubstring("no space left on device"))
				Expect(out).To(ContainSubstring("make room"))
				failures++
			case exitBlocked:
				Expect(out).To(ContainSubstring("FileTrouble"))
				Expect(out).To(ContainSubstring("make room"))
				failures++
			default:
				Expect(code).To(BeZero(), out)
			}
			s.grow(1<<20, "mount", "-o", "remount")
			out, code = s.finish(s.command("apply", "-f", name+".yaml"))
			if strings.Contains(out, "LookingForJob") {
				_, err := s.control().Advance(GinkgoT().Context(), 61*time.Second)
				Expect(err).NotTo(HaveOccurred())
				out, code = s.finish(s.command("apply", "-f", name+".yaml"))
			}
			Expect(code).To(BeZero(), out)
			Expect(s.record(name).Phase).To(BeEquivalentTo("Labeled"), out)
			state, err := s.control().State(GinkgoT().Context())
			Expect(err).NotTo(HaveOccurred())
			Expect(state.Jobs).To(HaveLen(pages), "one job for each backup")
			Expect(exec.Command("umount", filepath.Join(s.dir, "state")).Run()).To(Succeed())
		}
		Expect(failures).To(BeNumerically(">=", 3), "the disk was full at different moments")
	})
})
