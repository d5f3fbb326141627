package journal_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/reconciler/journal"
)

// TestOrphanedLock is about a lock whose file names one process while another one has it,
// as a child does that its killed parent was just starting.
func TestOrphanedLock(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	dead := ended(t)
	for _, test := range []struct {
		name, holder string
		released     time.Duration // after the first try; 0 is never
		waits        time.Duration
		locked       bool
	}{
		{name: "of a process that has ended is waited for", holder: fmt.Sprintf("process %d on %s\n", dead, host), released: time.Second, waits: time.Second},
		{name: "is not waited for without end", holder: fmt.Sprintf("process %d on %s\n", dead, host), waits: 10 * time.Second, locked: true},
		{name: "of a living process is refused at once", holder: fmt.Sprintf("process %d on %s\n", os.Getpid(), host), locked: true},
		{name: "of another host is refused at once", holder: fmt.Sprintf("process %d on not-%s\n", dead, host), locked: true},
		{name: "of nobody who says so is refused at once", locked: true},
		{name: "of nonsense is refused at once", holder: "process -1 on " + host, locked: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, dir := NewWithT(t), t.TempDir()
				orphan := lockAs(t, dir, test.holder)
				if test.released > 0 {
					time.AfterFunc(test.released, func() { _ = orphan.Close() })
				}
				began := time.Now()
				release, err := journal.New(dir).Lock(t.Context(), "a")
				g.Expect(time.Since(began)).To(BeNumerically("~", test.waits, 20*time.Millisecond))
				if test.locked {
					g.Expect(err).To(BeAssignableToTypeOf(&journal.LockedError{}))
					return
				}
				g.Expect(err).NotTo(HaveOccurred())
				g.Expect(release()).To(Succeed())
			})
		})
	}

	t.Run("is not waited for by who is told to stop", func(t *testing.T) {
		g, dir := NewWithT(t), t.TempDir()
		lockAs(t, dir, fmt.Sprintf("process %d on %s\n", dead, host))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := journal.New(dir).Lock(ctx, "a")
		g.Expect(err).To(MatchError(context.Canceled))
	})
}

// TestReleasedLock is about a child that is just being started when the lock is released: it
// has what the process has open until its exec.
func TestReleasedLock(t *testing.T) {
	g, store := NewWithT(t), journal.New(t.TempDir())
	release, err := store.Lock(t.Context(), "a")
	g.Expect(err).NotTo(HaveOccurred())
	child := duplicate(t, filepath.Join(store.Dir("a"), "lock"))
	t.Cleanup(func() { _ = unix.Close(child) })
	g.Expect(release()).To(Succeed())
	release, err = store.Lock(t.Context(), "a")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(release()).To(Succeed())
}

// duplicate shares what this process has open at a path, as a child does.
func duplicate(t *testing.T, path string) int {
	g := NewWithT(t)
	entries, err := os.ReadDir("/proc/self/fd")
	g.Expect(err).NotTo(HaveOccurred())
	for _, e := range entries {
		if name, err := os.Readlink("/proc/self/fd/" + e.Name()); err != nil || name != path {
			continue
		}
		number, err := strconv.Atoi(e.Name())
		g.Expect(err).NotTo(HaveOccurred())
		child, err := unix.Dup(number)
		g.Expect(err).NotTo(HaveOccurred())
		return child
	}
	t.Fatal("nothing is open at " + path)
	return -1
}

// lockAs has the lock of the backup "a", whose file names holder.
func lockAs(t *testing.T, dir, holder string) *os.File {
	g := NewWithT(t)
	path := filepath.Join(journal.New(dir).Dir("a"), "lock")
	g.Expect(os.MkdirAll(filepath.Dir(path), 0o700)).To(Succeed())
	g.Expect(os.WriteFile(path, []byte(holder), 0o600)).To(Succeed())
	f, err := os.Open(path)
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { _ = f.Close() })
	g.Expect(unix.Flock(int(f.Fd()), unix.LOCK_EX)).To(Succeed())
	return f
}

// ended is the number of a process that has ended.
func ended(t *testing.T) int {
	c := exec.Command("true")
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	return c.Process.Pid
}
