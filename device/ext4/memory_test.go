package ext4_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/ext4"
)

// manyFiles is how many files the look at memory takes.
func manyFiles() int {
	if n, err := strconv.Atoi(os.Getenv("FILES")); err == nil {
		return n
	}
	return 20_000
}

// peak is the most memory the process has had (VmHWM, in bytes) since forgetPeak.
func peak() (n int64) {
	GinkgoHelper()
	status, err := os.ReadFile("/proc/self/status")
	Expect(err).NotTo(HaveOccurred())
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	_, err = fmt.Sscanf(string(after), "%d kB", &n)
	Expect(err).NotTo(HaveOccurred())
	return n << 10
}

func forgetPeak() {
	GinkgoHelper()
	debug.FreeOSMemory()
	Expect(os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)).To(Succeed()) // proc(5)
}

var _ = Describe("Memory", Serial, Label("root", "files"), func() {
	It("stays under 64 MB for all of a process that walks and reads many files", func() {
		needTools()
		if os.Geteuid() != 0 {
			Skip("SKIPPED: filling an image with many files needs root, to mount it")
		}
		files := manyFiles()
		path := filepath.Join(GinkgoT().TempDir(), "image")
		size := fmt.Sprint(64+files/550, "M")
		Expect(makeImage(path, size, "", "-b", "1024", "-N", fmt.Sprint(files*11/10+10_000), "-O", "^has_journal,large_dir")).To(Succeed())
		dir, unmount := mounted(path, "rw")
		flat := mkdir(dir, "flat")
		for i := range files {
			in := flat
			if i%2 == 0 {
				if in = filepath.Join(dir, fmt.Sprint("dir", i/2%1000)); i < 2000 {
					mkdir(in)
				}
			}
			if err := os.WriteFile(filepath.Join(in, fmt.Sprintf("photos-2026-object-%08d.jpg", i)), []byte(strconv.Itoa(i)), 0o644); err != nil {
				Expect(err).NotTo(HaveOccurred())
			}
		}
		unmount()

		f := open(path)
		forgetPeak()
		before, begin := peak(), time.Now()
		Expect(readInBatches(f)).To(Equal(files))
		GinkgoWriter.Printf("%d files, peak %.1f MB (%.1f MB before), %s\n",
			files, float64(peak())/1e6, float64(before)/1e6, time.Since(begin).Round(time.Millisecond))
		Expect(peak()).To(BeNumerically("<", 64_000_000))
	})
})

// readInBatches reads all files as a verification does, and counts them.
func readInBatches(f *ext4.FS) (n int) {
	GinkgoHelper()
	ctx, p := context.Background(), make([]byte, 1<<20)
	var batch []ext4.Entry
	read := func() error {
		err := f.ReadFiles(ctx, batch, func(e ext4.Entry, file *ext4.File) error {
			if e.Err != nil {
				return e.Err
			}
			n++
			_, err := drain(io.Discard, io.NewSectionReader(file, 0, file.Size()), p)
			return err
		})
		batch = batch[:0]
		return err
	}
	Expect(f.Walk(ctx, "", func(e ext4.Entry) error {
		if e.Err != nil || e.Type != ext4.Regular {
			return e.Err
		}
		if batch = append(batch, e); len(batch) == 4096 {
			return read()
		}
		return nil
	})).To(Succeed())
	Expect(read()).To(Succeed())
	return n
}
