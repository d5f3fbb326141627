package pull_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/pull"
	"github.com/cargomedia/s3export/providers/simulator"
)

var _ = Describe("the drive", func() {
	var w *world
	var l *ledger
	BeforeEach(func(ctx context.Context) {
		w = newWorld(ctx, simulator.Bucket{})
		l = &ledger{dir: w.dir}
	})
	copyTo := func(ctx context.Context, o pull.Options, items []providers.Item) error {
		o.Client = w.client()
		_, err := pull.New(o).Copy(ctx, w.root, each(items), l.keep)
		return err
	}
	kindOf := func(err error) pull.Kind {
		GinkgoHelper()
		e, ok := errors.AsType[*pull.Error](err)
		Expect(ok).To(BeTrue(), "%v", err)
		Expect(e.Remedy).NotTo(BeEmpty())
		return e.Kind
	}

	DescribeTable("takes no path that leads elsewhere", func(ctx context.Context, path string) {
		w.put(ctx, "k", []byte("evil"))
		items := w.items(ctx)
		items[0].Path = path
		Expect(kindOf(copyTo(ctx, pull.Options{}, items))).To(Equal(pull.BadPath))
		_, err := os.Lstat(filepath.Join(filepath.Dir(w.dir), "evil"))
		Expect(err).To(MatchError(fs.ErrNotExist))
	},
		Entry(nil, "../evil"), Entry(nil, "a/../../evil"), Entry(nil, "/evil"), Entry(nil, ""), Entry(nil, "."), Entry(nil, ".."),
		Entry(nil, "a//b"), Entry(nil, "a/"), Entry(nil, "a\x00b"), Entry(nil, ".s3export/incoming/x"), Entry(nil, ".s3export"))

	It("takes names that are odd", func(ctx context.Context) {
		all := map[string][]byte{"a b": []byte("1"), "line\nbreak": []byte("2"), "ü/\"quoted\"": []byte("3"), "..a": []byte("4"), strings.Repeat("x", 255): []byte("5")}
		for key, content := range all {
			w.put(ctx, key, content)
		}
		Expect(copyTo(ctx, pull.Options{}, w.items(ctx))).To(Succeed())
		w.check(l, all)
	})

	DescribeTable("refuses what stands in the way", func(ctx context.Context, plant func(dir string) error) {
		outside := GinkgoT().TempDir()
		w.put(ctx, "a/b", []byte("content"))
		w.put(ctx, "c", []byte("content"))
		Expect(os.WriteFile(filepath.Join(outside, "victim"), []byte("mine"), 0o600)).To(Succeed())
		Expect(os.Symlink(outside, filepath.Join(w.dir, "outside"))).To(Succeed())
		Expect(plant(w.dir)).To(Succeed())
		Expect(kindOf(copyTo(ctx, pull.Options{}, w.items(ctx)))).To(Equal(pull.InTheWay))
		Expect(l.kept).To(BeEmpty())
		entries, err := os.ReadDir(outside)
		Expect(err).NotTo(HaveOccurred())
		Expect(entries).To(HaveLen(1))
		Expect(os.ReadFile(filepath.Join(outside, "victim"))).To(Equal([]byte("mine")))

		left := 0
		Expect(copyTo(ctx, pull.Options{Skip: func(providers.Item, error) error { left++; return nil }}, w.items(ctx))).To(Succeed())
		Expect(left).To(Equal(1))
		Expect(l.kept).To(HaveLen(1))
	},
		Entry("a link for a directory", func(dir string) error { return os.Symlink("outside", filepath.Join(dir, "a")) }),
		Entry("a link to a directory within", func(dir string) error {
			return errors.Join(os.Mkdir(filepath.Join(dir, "real"), 0o700), os.Symlink("real", filepath.Join(dir, "a")))
		}),
		Entry("a file for a directory", func(dir string) error { return os.WriteFile(filepath.Join(dir, "a"), nil, 0o600) }),
		Entry("a link for a file", func(dir string) error {
			return errors.Join(os.Mkdir(filepath.Join(dir, "a"), 0o700), os.Symlink("../outside/victim", filepath.Join(dir, "a/b")))
		}),
		Entry("a directory for a file", func(dir string) error { return os.MkdirAll(filepath.Join(dir, "a/b"), 0o700) }),
		Entry("a pipe for a file", func(dir string) error {
			return errors.Join(os.Mkdir(filepath.Join(dir, "a"), 0o700), unix.Mkfifo(filepath.Join(dir, "a/b"), 0o600))
		}),
	)

	It("refuses to stage through a link", func(ctx context.Context) {
		w.put(ctx, "a", []byte("content"))
		outside := GinkgoT().TempDir()
		Expect(os.Symlink(outside, filepath.Join(w.dir, ".s3export"))).To(Succeed())
		Expect(copyTo(ctx, pull.Options{}, w.items(ctx))).NotTo(Succeed())
		Expect(os.ReadDir(outside)).To(BeEmpty())
	})

	It("hands over a file before it takes its place", func(ctx context.Context) {
		w.put(ctx, "d/a", []byte("new"))
		w.put(ctx, "d/b", []byte("new"))
		Expect(os.Mkdir(filepath.Join(w.dir, "d"), 0o700)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(w.dir, "d/b"), []byte("old"), 0o600)).To(Succeed())
		var told []string
		Expect(copyTo(ctx, pull.Options{Replace: func(path string) error {
			told = append(told, path)
			return w.root.Rename(path, "old")
		}}, w.items(ctx))).To(Succeed())
		Expect(told).To(Equal([]string{"d/b"}))
		Expect(os.ReadFile(filepath.Join(w.dir, "old"))).To(Equal([]byte("old")))
		w.check(l, map[string][]byte{"d/a": []byte("new"), "d/b": []byte("new")})
	})

	It("does not believe what a power cut has taken from staged files", func(ctx context.Context) {
		all := map[string][]byte{"a": random(1, 5000), "b": random(2, 5000), "z": random(3, 20*mib)}
		for key, content := range all {
			w.put(ctx, key, content)
		}
		items := w.items(ctx)
		inner, cancel := context.WithCancel(ctx)
		var got atomic.Int64
		refused := errors.New("killed")
		_, err := pull.New(pull.Options{Client: w.client(), Concurrency: 2, Pace: func(_ context.Context, n int) error {
			if got.Add(int64(n)) > 15*mib {
				cancel()
			}
			return nil
		}}).Copy(inner, w.root, each(items), func([]providers.Copied) error { return refused })
		Expect(err).To(HaveOccurred())
		staging := filepath.Join(w.dir, pull.Staging)
		large, err := filepath.Glob(filepath.Join(staging, "*.map"))
		Expect(err).NotTo(HaveOccurred())
		Expect(large).To(HaveLen(1))
		zero(strings.TrimSuffix(large[0], ".map")+".part", 200_000, 5000)
		for _, name := range []string{"a", "b"} { // they have their names, but the ledger does not know them
			zero(filepath.Join(w.dir, name), 100, 200)
		}
		sum, err := pull.New(pull.Options{Client: w.client()}).Copy(ctx, w.root, each(items), l.keep)
		Expect(err).NotTo(HaveOccurred())
		w.check(l, all)
		Expect(sum.Resumed).To(BeNumerically(">", 10*mib))
		Expect(sum.Fetched).To(BeNumerically("<", 9*mib))
	})

	Context("that is full", Label("root"), func() {
		It("says which object is the first that is not on it", func(ctx context.Context) {
			mounted(w, 40*mib)
			all := map[string][]byte{"a": random(1, 2*mib), "b": random(2, 12*mib), "c/d": random(3, 1000), "e": random(4, 60*mib), "f": random(5, 10)}
			for key, content := range all {
				w.put(ctx, key, content)
			}
			items := w.items(ctx)
			err := copyTo(ctx, pull.Options{}, items)
			full, ok := errors.AsType[*pull.FullError](err)
			Expect(ok).To(BeTrue(), "%v", err)
			Expect(full.Item.Key).To(Equal("e"))
			Expect(l.kept).To(HaveLen(3))
			left, err := filepath.Glob(filepath.Join(w.dir, pull.Staging, "*.part"))
			Expect(err).NotTo(HaveOccurred())
			Expect(left).To(BeEmpty())
			Expect(copyTo(ctx, pull.Options{}, items[4:])).To(Succeed())
			for _, c := range l.kept {
				on, err := os.ReadFile(filepath.Join(w.dir, c.Path))
				Expect(err).NotTo(HaveOccurred())
				Expect(bytes.Equal(on, all[c.Key])).To(BeTrue())
			}
		})

		It("says so of small objects too", func(ctx context.Context) {
			mounted(w, 20*mib)
			for i := range 40 {
				w.put(ctx, fmt.Sprintf("k/%02d", i), random(uint64(i), mib))
			}
			err := copyTo(ctx, pull.Options{}, w.items(ctx))
			full, ok := errors.AsType[*pull.FullError](err)
			Expect(ok).To(BeTrue(), "%v", err)
			Expect(full.Item.Key).To(Equal(fmt.Sprintf("k/%02d", len(l.kept))))
			Expect(len(l.kept)).To(BeNumerically(">", 5))
		})
	})
})

// zero overwrites bytes as a power cut leaves those that were not written.
func zero(name string, at, n int64) {
	GinkgoHelper()
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	Expect(err).NotTo(HaveOccurred())
	_, err = f.WriteAt(make([]byte, n), at)
	Expect(errors.Join(err, f.Close())).To(Succeed())
}

// mounted puts a file system of so many bytes below the root of a world.
func mounted(w *world, size int) {
	GinkgoHelper()
	if os.Getuid() != 0 {
		Skip("mounts a file system: needs root")
	}
	image := filepath.Join(GinkgoT().TempDir(), "image")
	Expect(os.WriteFile(image, nil, 0o600)).To(Succeed())
	Expect(os.Truncate(image, int64(size))).To(Succeed())
	for _, command := range [][]string{{"mkfs.ext4", "-q", "-F", "-m", "0", image}, {"mount", "-o", "loop", image, w.dir}} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			Skip(fmt.Sprintf("%v: %v %s", command, err, out))
		}
	}
	Expect(w.root.Close()).To(Succeed())
	root, err := os.OpenRoot(w.dir)
	Expect(err).NotTo(HaveOccurred())
	w.root = root
	DeferCleanup(func() {
		Expect(root.Close()).To(Succeed())
		Expect(unix.Unmount(w.dir, 0)).To(Succeed())
	})
}
