package watch

import (
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("notifier", func() {
	touch := func(path string) { Expect(os.WriteFile(path, nil, 0o600)).To(Succeed()) }

	It("is woken by the directory, not by its neighbors", func() {
		base := GinkgoT().TempDir()
		dir := filepath.Join(base, "backups.d")
		Expect(os.Mkdir(dir, 0o700)).To(Succeed())
		n := newNotifier(dir)
		DeferCleanup(n.close)
		Expect(n.arm()).To(Succeed())

		touch(filepath.Join(base, "noise"))
		touch(filepath.Join(base, "backups.d.lock"))
		Consistently(n.wake).WithTimeout(100 * time.Millisecond).ShouldNot(Receive())
		touch(filepath.Join(dir, "any name"))
		Eventually(n.wake).Should(Receive())
	})

	It("keeps its watches when nothing moved, and drops those it no longer needs", func() {
		base := GinkgoT().TempDir()
		above := filepath.Join(base, "etc")
		dir := filepath.Join(above, "backups.d")
		n := newNotifier(dir)
		DeferCleanup(n.close)
		Expect(n.arm()).To(Succeed())
		Expect(n.fs.WatchList()).To(ConsistOf(base))
		Expect(os.MkdirAll(dir, 0o700)).To(Succeed())
		for range 3 {
			Expect(n.arm()).To(Succeed())
			Expect(n.fs.WatchList()).To(ConsistOf(above, dir))
		}
	})

	It("sets a watch anew that was lost though the inode is the same, as ext4 gives it out again", func() {
		dir := GinkgoT().TempDir()
		n := newNotifier(dir)
		DeferCleanup(n.close)
		Expect(n.arm()).To(Succeed())
		Expect(n.fs.Remove(dir)).To(Succeed())
		Expect(n.arm()).To(Succeed())
		Expect(n.fs.WatchList()).To(ConsistOf(filepath.Dir(dir), dir))
	})

	DescribeTable("within", func(dir, path string, is bool) {
		Expect(within(dir, path)).To(Equal(is))
	},
		Entry("itself", "/a/b", "/a/b", true),
		Entry("below", "/a/b", "/a/b/c", true),
		Entry("a longer name", "/a/b", "/a/bc", false),
		Entry("above", "/a/b", "/a", false),
		Entry("below the root", "/", "/a", true),
	)
})
