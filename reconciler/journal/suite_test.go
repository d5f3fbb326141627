package journal_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
)

func TestJournal(t *testing.T) {
	if dir := os.Getenv("JOURNAL_HOLD"); dir != "" {
		hold(t, dir)
		return
	}
	RegisterFailHandler(Fail)
	RunSpecs(t, "journal")
}

// hold keeps the lock of a backup until the process is killed.
func hold(t *testing.T, dir string) {
	if _, err := journal.New(dir).Lock(context.Background(), "a"); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(os.Stdout, "held\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

var _ = Describe("the journal", func() {
	ctx := context.Background()
	var store *journal.Store
	var dir string

	BeforeEach(func() {
		dir = GinkgoT().TempDir()
		store = journal.New(dir)
	})

	It("gives an empty record for a backup that was never seen", func() {
		r, err := store.Load(ctx, "a")
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Name).To(Equal("a"))
		Expect(r.Version).To(BeEmpty())
		Expect(store.List(ctx)).To(BeEmpty())
	})

	It("gives back what was saved, with a new version each time", func() {
		first, err := store.Save(ctx, reconciler.Record{Name: "a", Generation: 3, Runs: []reconciler.Run{{Name: "1"}}})
		Expect(err).NotTo(HaveOccurred())
		Expect(first.Version).NotTo(BeEmpty())
		read, err := store.Load(ctx, "a")
		Expect(err).NotTo(HaveOccurred())
		Expect(read).To(Equal(first))
		read.Generation = 4
		second, err := store.Save(ctx, read)
		Expect(err).NotTo(HaveOccurred())
		Expect(second.Version).NotTo(Equal(first.Version))
		Expect(store.List(ctx)).To(HaveLen(1))
	})

	It("refuses a record that is not the newest", func() {
		first, err := store.Save(ctx, reconciler.Record{Name: "a"})
		Expect(err).NotTo(HaveOccurred())
		changed := first
		changed.Generation = 1
		_, err = store.Save(ctx, changed)
		Expect(err).NotTo(HaveOccurred())
		_, err = store.Save(ctx, first)
		Expect(err).To(MatchError(ContainSubstring("changed by another run")))
	})

	DescribeTable("says what to do about a record that it cannot read", func(text, problem, remedy string) {
		Expect(os.MkdirAll(store.Dir("a"), 0o700)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(store.Dir("a"), "record.json"), []byte(text), 0o600)).To(Succeed())
		_, err := store.Load(ctx, "a")
		Expect(err).To(MatchError(ContainSubstring(problem)))
		var file *reconciler.FileError
		Expect(errors.As(err, &file)).To(BeTrue())
		Expect(file.Remedy).To(ContainSubstring(remedy))
	},
		Entry("damaged", `{"name": "a"`, "unexpected end", "do not delete it"),
		Entry("empty", ``, "unexpected end", "do not delete it"),
		Entry("of a newer program", `{"formatVersion": 99}`, "newer than this program", "newer s3export"),
	)

	It("shows the others beside a record that is damaged", func() {
		_, err := store.Save(ctx, reconciler.Record{Name: "good"})
		Expect(err).NotTo(HaveOccurred())
		Expect(os.MkdirAll(store.Dir("bad"), 0o700)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(store.Dir("bad"), "record.json"), []byte("{"), 0o600)).To(Succeed())
		records, err := store.List(ctx)
		Expect(err).To(MatchError(ContainSubstring("bad/record.json")))
		Expect(records).To(HaveLen(1))
	})

	It("removes what a killed run has left half-written, once nobody can be writing it", func() {
		left := filepath.Join(store.RunDir("a", "1"), ".baseline.jsonl.gz.123.tmp")
		Expect(os.MkdirAll(filepath.Dir(left), 0o700)).To(Succeed())
		Expect(os.WriteFile(left, []byte("half"), 0o600)).To(Succeed())
		release, err := store.Lock(ctx, "a")
		Expect(err).NotTo(HaveOccurred())
		Expect(left).NotTo(BeAnExistingFile())
		Expect(release()).To(Succeed())
	})

	It("keeps files private", func() {
		_, err := store.Save(ctx, reconciler.Record{Name: "a"})
		Expect(err).NotTo(HaveOccurred())
		fi, err := os.Stat(filepath.Join(store.Dir("a"), "record.json"))
		Expect(err).NotTo(HaveOccurred())
		Expect(fi.Mode().Perm()).To(Equal(os.FileMode(0o600)))
	})

	It("keeps a second run out, names the holder, and lets go when the holder is killed", func() {
		self, err := os.Executable()
		Expect(err).NotTo(HaveOccurred())
		holder := exec.Command(self, "-test.run=TestJournal")
		holder.Env = append(os.Environ(), "JOURNAL_HOLD="+dir)
		in, err := holder.StdinPipe()
		Expect(err).NotTo(HaveOccurred())
		out, err := holder.StdoutPipe()
		Expect(err).NotTo(HaveOccurred())
		Expect(holder.Start()).To(Succeed())
		DeferCleanup(func() { _ = in.Close(); _ = holder.Process.Kill(); _ = holder.Wait() })
		Expect(io.ReadFull(out, make([]byte, 5))).To(Equal(5))

		_, err = store.Lock(ctx, "a")
		var locked *journal.LockedError
		Expect(errors.As(err, &locked)).To(BeTrue())
		Expect(locked.Holder).To(ContainSubstring(fmt.Sprintf("process %d", holder.Process.Pid)))

		Expect(holder.Process.Kill()).To(Succeed())
		_ = holder.Wait()
		release, err := store.Lock(ctx, "a")
		Expect(err).NotTo(HaveOccurred())
		Expect(release()).To(Succeed())
	})

	It("leaves the old file when writing the new one fails", func() {
		path := filepath.Join(dir, "f")
		text := func(s string) func(io.Writer) error {
			return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
		}
		Expect(journal.WriteFile(path, text("old"))).To(Succeed())
		Expect(journal.WriteFile(path, func(w io.Writer) error {
			_, _ = io.WriteString(w, "half")
			return errors.New("no more")
		})).To(MatchError("no more"))
		Expect(os.ReadFile(path)).To(BeEquivalentTo("old"))
		left, err := os.ReadDir(dir)
		Expect(err).NotTo(HaveOccurred())
		Expect(left).To(HaveLen(1), "a temporary file was left")
	})

	It("says that a full disk loses nothing", func() {
		err := journal.WriteFile(filepath.Join(dir, "f"), func(io.Writer) error {
			return &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
		})
		var file *reconciler.FileError
		Expect(errors.As(err, &file)).To(BeTrue())
		Expect(file.Remedy).To(ContainSubstring("make room"))
	})

	It("never shows half a record to readers", func() {
		r, err := store.Save(ctx, reconciler.Record{Name: "a"})
		Expect(err).NotTo(HaveOccurred())
		var readers sync.WaitGroup
		stop := make(chan struct{})
		failures := make(chan error, 4)
		for range 2 {
			readers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if _, err := store.Load(ctx, "a"); err != nil {
						failures <- err
						return
					}
				}
			})
		}
		for i := range 50 {
			r.SpecFile = strings.Repeat("x", i*100)
			r, err = store.Save(ctx, r)
			Expect(err).NotTo(HaveOccurred())
		}
		close(stop)
		readers.Wait()
		Expect(failures).To(BeEmpty())
	})
})
