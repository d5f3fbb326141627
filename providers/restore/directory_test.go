package restore_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/restore"
)

var _ = Describe("restoring into a directory", func() {
	var w *world
	var above, dir string
	var target *restore.Directory
	BeforeEach(func() {
		w = &world{drive: GinkgoT().TempDir(), asked: map[string]int{}}
		above = GinkgoT().TempDir()
		dir = filepath.Join(above, "target")
		var err error
		target, err = restore.ToDirectory(dir, true)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(target.Close)
	})

	// files are those below the place above the target, with their contents.
	files := func() map[string]string {
		GinkgoHelper()
		all := map[string]string{}
		Expect(filepath.WalkDir(above, func(path string, e os.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(path)
			all[strings.TrimPrefix(path, above+"/")] = string(text)
			return err
		})).To(Succeed())
		return all
	}

	It("writes files under their keys, with their times, once", func(ctx context.Context) {
		w.item("a/b.txt", "photos/a/b.txt", "text")
		w.item("empty", "photos/empty", "")
		w.item("folder/", "photos/folder/", "")
		r := w.run(ctx, target, restore.Options{Workers: 3})
		Expect(r.err).NotTo(HaveOccurred())
		Expect(r.Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 3}), "%v", r.results)
		Expect(files()).To(Equal(map[string]string{"target/photos/a/b.txt": "text", "target/photos/empty": ""}))
		info, err := os.Stat(filepath.Join(dir, "photos/a/b.txt"))
		Expect(err).NotTo(HaveOccurred())
		Expect(info.ModTime().UTC()).To(Equal(w.items[0].LastModified))
		Expect(filepath.Join(dir, "photos/folder")).To(BeADirectory())
		r = w.run(ctx, target, restore.Options{})
		Expect(r.Objects).To(Equal(map[restore.Outcome]int64{restore.There: 3}), "%v", r.results)
	})

	It("stays inside, whatever a key says", func(ctx context.Context) {
		outside := filepath.Join(above, "outside")
		Expect(os.Mkdir(outside, 0o755)).To(Succeed())
		Expect(os.MkdirAll(filepath.Join(dir, "photos"), 0o755)).To(Succeed())
		Expect(os.Symlink(outside, filepath.Join(dir, "photos/link"))).To(Succeed())
		Expect(os.Symlink("/etc/passwd", filepath.Join(dir, "photos/file"))).To(Succeed())
		for n, key := range []string{"../x", "../../outside/x", "/etc/x", "a//b", ".", "..", "a/../../../x", "nul\x00", strings.Repeat("n", 256), "ends/"} {
			w.item(key, "photos/%encoded-"+string(rune('a'+n)), "text")
		}
		w.item("link/x", "photos/link/x", "text")
		w.item("file", "photos/file", "text")
		w.items[0].Directory = "../../outside"
		r := w.run(ctx, target, restore.Options{Overwrite: true})
		Expect(r.err).NotTo(HaveOccurred())
		Expect(r.Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 10, restore.Failed: 1, restore.Conflict: 1}), "%v", r.results)
		Expect(r.results["a//b"].Reason).To(ContainSubstring("name that it has on the drive"))
		for path := range files() {
			Expect(path).To(HavePrefix("target/photos/"))
		}
		Expect(os.ReadDir(outside)).To(BeEmpty())
	})

	It("keeps the drive's name where a file and a directory would have one", func(ctx context.Context) {
		w.item("a", "photos/a", "file")
		w.item("a/", "photos/a%2F/", "")
		w.item("a/b", "photos/a%2Fb", "below")
		slices.Reverse(w.items)
		r := w.run(ctx, target, restore.Options{})
		Expect(r.Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 3}), "%v", r.results)
		Expect(r.results["a/b"].To).To(Equal("photos/a%2Fb"))
		Expect(files()).To(Equal(map[string]string{"target/photos/a": "file", "target/photos/a%2Fb": "below"}))
		Expect(w.run(ctx, target, restore.Options{}).Objects).To(Equal(map[restore.Outcome]int64{restore.There: 3}))
	})

	It("gives keys back that the drive has written otherwise", func(ctx context.Context) {
		w.item("line\nbreak/100%25", "photos/line%0Abreak/100%2525", "text")
		Expect(w.run(ctx, target, restore.Options{}).Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 1}))
		Expect(files()).To(Equal(map[string]string{"target/photos/line\nbreak/100%25": "text"}))
	})

	It("looks into a directory that is not there", func(ctx context.Context) {
		w.item("a", "photos/a", "text")
		none, err := restore.ToDirectory(filepath.Join(above, "none"), false)
		Expect(err).NotTo(HaveOccurred())
		Expect(w.run(ctx, none, restore.Options{DryRun: true}).Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 1}))
		Expect(filepath.Join(above, "none")).NotTo(BeADirectory())
		Expect(none.Close()).To(Succeed())
	})

	It("writes no object over another one's encoded name", func(ctx context.Context) {
		w.item("..", "photos/%2E%2E", "dots")
		w.item("%2E%2E", "photos/%252E%252E", "percent")
		r := w.run(ctx, target, restore.Options{Overwrite: true})
		Expect(r.outcomes()).To(Equal(map[string]restore.Outcome{"..": restore.Restored, "%2E%2E": restore.Conflict}))
		Expect(files()).To(Equal(map[string]string{"target/photos/%2E%2E": "dots"}))
	})

	It("leaves nothing of a rotten file, and lists what differs", func(ctx context.Context) {
		w.item("rotten", "photos/rotten", "text")
		w.file(0, "photos/rotten", []byte("tex7"))
		w.item("other", "photos/other", "text")
		w.item("longer", "photos/longer", "text")
		Expect(os.MkdirAll(filepath.Join(dir, "photos"), 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(dir, "photos/other"), []byte("tezt"), 0o600)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(dir, "photos/longer"), []byte("longer"), 0o600)).To(Succeed())
		before := files()
		r := w.run(ctx, target, restore.Options{})
		Expect(r.outcomes()).To(Equal(map[string]restore.Outcome{"rotten": restore.Corrupt, "other": restore.Conflict, "longer": restore.Conflict}), "%v", r.results)
		Expect(files()).To(Equal(before))
		r = w.run(ctx, target, restore.Options{Overwrite: true})
		Expect(r.outcomes()).To(Equal(map[string]restore.Outcome{"rotten": restore.Corrupt, "other": restore.Restored, "longer": restore.Restored}))
		Expect(files()).To(Equal(map[string]string{"target/photos/other": "text", "target/photos/longer": "text"}))
	})

	It("does not write over what comes between the look and the write", func(ctx context.Context) {
		w.item("a", "photos/a", "ours")
		open := w.items[0].Open
		w.items[0].Open = func() (io.ReaderAt, error) {
			Expect(os.MkdirAll(filepath.Join(dir, "photos"), 0o755)).To(Succeed())
			Expect(os.WriteFile(filepath.Join(dir, "photos/a"), []byte("theirs"), 0o600)).To(Succeed())
			return open()
		}
		Expect(w.run(ctx, target, restore.Options{}).outcomes()).To(Equal(map[string]restore.Outcome{"a": restore.Conflict}))
		Expect(files()).To(Equal(map[string]string{"target/photos/a": "theirs"}))
	})

	It("skips what is excused", func(ctx context.Context) {
		w.item("a", "photos/a", "text")
		w.items[0].Held, w.items[0].Excuse = restore.Missing, "it was deleted while the copy was made"
		r := w.run(ctx, target, restore.Options{})
		Expect(r.Objects).To(Equal(map[restore.Outcome]int64{restore.Skipped: 1}))
		Expect(r.results["a"].Reason).To(Equal(w.items[0].Excuse))
	})

	It("writes nothing in a dry run", func(ctx context.Context) {
		w.item("a/b", "photos/a/b", "text")
		r := w.run(ctx, target, restore.Options{DryRun: true})
		Expect(r.Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 1}))
		Expect(os.ReadDir(dir)).To(BeEmpty())
	})

	It("goes on after an end in the middle of a file", func(ctx context.Context) {
		w.item("a", "photos/a", strings.Repeat("x", 3<<20))
		cut, cancel := context.WithCancel(ctx)
		open := w.items[0].Open
		w.items[0].Open = func() (io.ReaderAt, error) {
			f, err := open()
			return readerAt(func(p []byte, off int64) (int, error) {
				if off > 0 {
					cancel()
				}
				return f.ReadAt(p, off)
			}), err
		}
		Expect(w.run(cut, target, restore.Options{}).err).To(MatchError(context.Canceled))
		Expect(files()).To(BeEmpty())
		// A kill leaves the unfinished file, which the next run writes anew.
		Expect(os.WriteFile(filepath.Join(dir, "photos", ".s3export-restore-"+tempSum), []byte("half"), 0o600)).To(Succeed())
		w.items[0].Open = open
		Expect(w.run(ctx, target, restore.Options{}).Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 1}))
		Expect(files()).To(HaveLen(1))
	})
})

// tempSum is the beginning of the SHA-256 of "photos/a".
const tempSum = "97f76f13ae47fd80"

type readerAt func(p []byte, off int64) (int, error)

func (r readerAt) ReadAt(p []byte, off int64) (int, error) { return r(p, off) }
