package watch_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs/watch"
)

// observer collects what a Watcher reports.
type observer struct {
	mu      sync.Mutex
	changed []string // every name that was ever reported changed
	removed []string
	latest  watch.Change
	reports int
}

func (o *observer) note(c watch.Change) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.changed = append(o.changed, c.Changed...)
	o.removed = append(o.removed, c.Removed...)
	o.latest = c
	o.reports++
}

func (o *observer) files() watch.Listing {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.latest.Files
}

func (o *observer) ever() (changed, removed []string, reports int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.changed), slices.Clone(o.removed), o.reports
}

func (o *observer) problem() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.latest.Problem
}

// The periodic listing is an hour away: what these see, notifications told.
var _ = Describe("Watcher on a real file system", func() {
	var base, dir string
	var seen *observer

	in := func(name string) string { return filepath.Join(dir, name) }
	write := func(path, content string) {
		GinkgoHelper()
		Expect(os.WriteFile(path, []byte(content), 0o600)).To(Succeed())
	}
	rename := func(from, to string) { GinkgoHelper(); Expect(os.Rename(from, to)).To(Succeed()) }
	link := func(target, path string) { GinkgoHelper(); Expect(os.Symlink(target, path)).To(Succeed()) }
	mkdir := func(path string) { GinkgoHelper(); Expect(os.MkdirAll(path, 0o700)).To(Succeed()) }
	remove := func(path string) { GinkgoHelper(); Expect(os.RemoveAll(path)).To(Succeed()) }
	holds := func(names map[string]string) {
		GinkgoHelper()
		want := watch.Listing{}
		for name, content := range names {
			want[name] = watch.Sum([]byte(content))
		}
		Eventually(seen.files).WithTimeout(10 * time.Second).WithPolling(5 * time.Millisecond).Should(Equal(want))
	}
	run := func(path string) {
		w, err := watch.New(path, watch.Options{Quiet: 40 * time.Millisecond, Cap: time.Second, Resync: time.Hour})
		Expect(err).NotTo(HaveOccurred())
		seen = &observer{}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); w.Run(ctx, seen.note) }()
		DeferCleanup(func() { cancel(); Eventually(done).Should(BeClosed()) })
		Eventually(func() int { _, _, n := seen.ever(); return n }).Should(Equal(1), "the first listing")
	}
	BeforeEach(func() {
		base = GinkgoT().TempDir()
		dir = filepath.Join(base, "backups.d")
		mkdir(dir)
	})

	It("sees a temporary file that is renamed into place, and never its temporary name", func() {
		run(dir)
		write(in(".job.yaml.tmp"), "1")
		rename(in(".job.yaml.tmp"), in("job.yaml"))
		holds(map[string]string{"job.yaml": "1"})
		changed, removed, _ := seen.ever()
		Expect(changed).To(HaveEach("job.yaml"))
		Expect(removed).To(BeEmpty())
	})

	It("sees a file of another directory that is renamed over an existing one", func() {
		write(in("job.yaml"), "1")
		run(dir)
		write(filepath.Join(base, "new.yaml"), "2")
		rename(filepath.Join(base, "new.yaml"), in("job.yaml"))
		holds(map[string]string{"job.yaml": "2"})
	})

	It("sees a file that puppet replaces", func() {
		write(in("job.yaml"), "1")
		run(dir)
		temporary := in("job.yaml20261123-4242-1x2y3z.tmp")
		write(temporary, "2")
		Expect(os.Chmod(temporary, 0o640)).To(Succeed())
		Expect(os.Chown(temporary, os.Getuid(), os.Getgid())).To(Succeed())
		rename(temporary, in("job.yaml"))
		holds(map[string]string{"job.yaml": "2"})
	})

	It("sees a file that is rewritten in place, with its last content in the end", func() {
		write(in("job.yaml"), "old")
		run(dir)
		f, err := os.OpenFile(in("job.yaml"), os.O_WRONLY|os.O_TRUNC, 0)
		Expect(err).NotTo(HaveOccurred())
		for i := range 4 {
			_, err := fmt.Fprintf(f, "%d\n", i)
			Expect(err).NotTo(HaveOccurred())
		}
		Expect(f.Close()).To(Succeed())
		holds(map[string]string{"job.yaml": "0\n1\n2\n3\n"})
	})

	It("takes no file for removed while git checks out 300", func() {
		before, after, differ := map[string]string{}, map[string]string{}, []string{}
		for i := range 300 {
			name := fmt.Sprintf("job-%03d.yaml", i)
			before[name], after[name] = "same", "same"
			if i%2 == 0 {
				after[name] = "new"
				differ = append(differ, name)
			}
			write(in(name), before[name])
		}
		run(dir)
		for name, content := range after {
			remove(in(name))
			write(in(name), content)
		}
		holds(after)
		changed, removed, _ := seen.ever()
		Expect(removed).To(BeEmpty())
		changed = changed[len(before):] // the first listing
		slices.Sort(changed)
		Expect(slices.Compact(changed)).To(Equal(differ))
	})

	It("sees a ConfigMap swapped, though no event names the file", func() {
		mkdir(in("..2026_1"))
		write(in("..2026_1/job.yaml"), "1")
		link("..2026_1", in("..data"))
		link("..data/job.yaml", in("job.yaml"))
		run(dir)
		holds(map[string]string{"job.yaml": "1"})

		mkdir(in("..2026_2"))
		write(in("..2026_2/job.yaml"), "2")
		link("..2026_2", in("..data_tmp"))
		rename(in("..data_tmp"), in("..data"))
		remove(in("..2026_1"))
		holds(map[string]string{"job.yaml": "2"})
		_, removed, _ := seen.ever()
		Expect(removed).To(BeEmpty())
	})

	It("goes on when the directory was removed and made again", func() {
		write(in("job.yaml"), "1")
		run(dir)
		for i := range 3 {
			remove(dir)
			Eventually(seen.problem).WithTimeout(10 * time.Second).Should(MatchError(os.ErrNotExist))
			Expect(seen.files()).To(HaveKey("job.yaml"), "a directory that is away removes nothing")
			mkdir(dir)
			write(in("job.yaml"), fmt.Sprint("again ", i))
			holds(map[string]string{"job.yaml": fmt.Sprint("again ", i)})
			Expect(seen.problem()).NotTo(HaveOccurred())
			write(in("job.yaml"), fmt.Sprint("and later ", i))
			holds(map[string]string{"job.yaml": fmt.Sprint("and later ", i)})
		}
	})

	It("goes on when the directory was replaced faster than it could look", func() {
		write(in("job.yaml"), "1")
		run(dir)
		next := filepath.Join(base, "next")
		mkdir(next)
		write(filepath.Join(next, "job.yaml"), "2")
		rename(dir, filepath.Join(base, "old"))
		rename(next, dir)
		holds(map[string]string{"job.yaml": "2"})
		write(in("job.yaml"), "3")
		holds(map[string]string{"job.yaml": "3"})
	})

	It("waits for a directory whose parents do not exist yet", func() {
		dir = filepath.Join(base, "etc", "s3export", "backups.d")
		run(dir)
		Expect(seen.problem()).To(MatchError(os.ErrNotExist))
		mkdir(filepath.Join(base, "etc"))
		mkdir(dir)
		write(in("job.yaml"), "1")
		holds(map[string]string{"job.yaml": "1"})
	})

	It("follows a link to the directory when it is swapped, and the new target from then on", func() {
		one, two, current := filepath.Join(base, "one"), filepath.Join(base, "two"), filepath.Join(base, "current")
		mkdir(one)
		mkdir(two)
		write(filepath.Join(one, "job.yaml"), "1")
		write(filepath.Join(two, "job.yaml"), "2")
		link(one, current)
		run(current)
		holds(map[string]string{"job.yaml": "1"})
		link(two, current+".new")
		rename(current+".new", current)
		holds(map[string]string{"job.yaml": "2"})
		write(filepath.Join(two, "job.yaml"), "3")
		holds(map[string]string{"job.yaml": "3"})
	})

	It("sees links made and removed as udev does", func() {
		write(filepath.Join(base, "sda"), "disk")
		run(dir)
		link("../sda", in(".#ata-WD_1"))
		rename(in(".#ata-WD_1"), in("ata-WD_1"))
		holds(map[string]string{"ata-WD_1": "disk"})
		remove(in("ata-WD_1"))
		holds(nil)
		_, removed, _ := seen.ever()
		Expect(removed).To(Equal([]string{"ata-WD_1"}))
	})

	It("serves several observers, and each sees everything", func() {
		run(dir)
		first := seen
		run(dir)
		write(in("job.yaml"), "1")
		holds(map[string]string{"job.yaml": "1"})
		seen = first
		holds(map[string]string{"job.yaml": "1"})
	})
})
