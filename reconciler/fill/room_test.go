package fill_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/verify/bundle"
)

// small has the drive be a file system with so many bytes.
func (s *station) small(size int) {
	GinkgoHelper()
	if os.Geteuid() != 0 {
		Skip("only root mounts a file system: sudo make test-root")
	}
	dir := GinkgoT().TempDir()
	Expect(unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size))).To(Succeed())
	DeferCleanup(func() error { return unix.Unmount(dir, unix.MNT_DETACH) })
	root, err := os.OpenRoot(dir)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(root.Close)
	s.dir, s.root = dir, root
}

var _ = Describe("the room for what a drive says of itself", func() {
	It("is reserved while objects are copied, and given back", func(ctx context.Context) {
		s := newShelf()
		s.put("a", "a")
		file := filepath.Join(s.dir, bundle.Dir, "reserve")
		var size int64
		s.effect = func(string, string) error {
			info, err := os.Stat(file)
			Expect(err).NotTo(HaveOccurred())
			size = info.Size()
			return nil
		}
		s.fill(ctx)
		Expect(size).To(BeNumerically(">=", 1<<20))
		Expect(file).NotTo(BeAnExistingFile())
	})

	It("is enough for the ledger of a drive that is full to the last byte", Label("root"), func(ctx context.Context) {
		s := newShelf()
		s.small(4 << 20)
		s.batch = 1000 // is told of at the end, when nothing is left
		for i := range 1000 {
			s.put(fmt.Sprintf("%04d", i), strings.Repeat("x", 16<<10)+fmt.Sprint(i))
		}
		d, o := s.order(ctx)
		s.filler.IsFull = func(err error) bool { return errors.Is(err, errFull) || errors.Is(err, unix.ENOSPC) }
		_, err := s.filler.Fill(ctx, d, o)
		_, full := errors.AsType[*reconciler.FullError](err)
		Expect(full).To(BeTrue(), "%v", err)
		Expect(err).NotTo(MatchError(ContainSubstring(" 0 objects")))
	})

	It("ends the copy in its way when there is none at all", Label("root"), func(ctx context.Context) {
		s := newShelf()
		s.small(64 << 10)
		s.batch = 300
		for i := range 300 {
			s.put(fmt.Sprintf("%04d", i), "")
		}
		d, o := s.order(ctx)
		_, err := s.filler.Fill(ctx, d, o)
		_, full := errors.AsType[*reconciler.FullError](err)
		Expect(full).To(BeTrue(), "%v", err)
	})
})

var _ = Describe("an error", func() {
	It("of a file at the station is none of the drive", func(ctx context.Context) {
		s := newShelf()
		s.put("a", "a")
		d, o := s.order(ctx)
		file := filepath.Join(s.filler.Journal.RunDir(d.Metadata.Name, d.Spec.Run), o.Run.Baseline.File)
		text, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		calls := 0
		clock := s.filler.Clock
		s.filler.Clock = func() (now time.Time) {
			if calls++; calls == 2 { // before the drive says what it holds
				Expect(os.WriteFile(file, bytes.ToUpper(text), 0o600)).To(Succeed())
			}
			return clock()
		}
		_, err = s.filler.Fill(ctx, d, o)
		Expect(err).NotTo(MatchError(ContainSubstring("drive:")))
		e, ok := errors.AsType[*reconciler.FileError](err)
		Expect(ok).To(BeTrue(), "%v", err)
		Expect(e.Path).To(Equal(file))
	})

	It("of the state directory is none of the drive", func(ctx context.Context) {
		s := newShelf()
		s.put("a", "a")
		d, o := s.order(ctx)
		dir := s.filler.Journal.RunDir(d.Metadata.Name, d.Spec.Run)
		s.effect = func(what, _ string) error {
			if what == "kept" {
				return errors.Join(os.Rename(dir, dir+".away"), os.WriteFile(dir, nil, 0o600))
			}
			return nil
		}
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(HaveOccurred())
		Expect(err).NotTo(MatchError(ContainSubstring("drive:")))
	})

	It("of a file that somebody else has changed names it, with a remedy", func(ctx context.Context) {
		s := newShelf()
		s.put("a", "a")
		d, o := s.order(ctx)
		s.effect = func(what, _ string) error {
			if what == "kept" {
				s.write("photos/a", "another")
			}
			return nil
		}
		_, err := s.filler.Fill(ctx, d, o)
		e, ok := errors.AsType[*reconciler.FileError](err)
		Expect(ok).To(BeTrue(), "%v", err)
		Expect(e.Path).To(Equal("photos/a"))
		Expect(e.Remedy).NotTo(BeEmpty())
	})

	It("of the drive is explained", func(ctx context.Context) {
		s := newShelf()
		s.put("a", "a")
		s.write(bundle.Dir, "a file")
		d, o := s.order(ctx)
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(MatchError(HavePrefix("drive: ")))
	})
})
