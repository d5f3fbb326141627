package ext4_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
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

// imageVariable tells a process of its own which image to read.
const imageVariable = "READ_IMAGE"

// TestReadImage walks and reads an image as a verification does, and tells what
// the process took (VmHWM of proc(5)).
func TestReadImage(t *testing.T) {
	path := os.Getenv(imageVariable)
	if path == "" {
		t.Skip("SKIPPED: runs only in a process of its own, see \"Memory\"")
	}
	image, err := os.Open(path)
	must(t, err)
	defer image.Close()
	info, err := image.Stat()
	must(t, err)
	f, err := ext4.Open(image, info.Size())
	must(t, err)
	begin := time.Now()
	n, _, err := readInBatches(f, func() io.Writer { return io.Discard })
	must(t, err)
	status, err := os.ReadFile("/proc/self/status")
	must(t, err)
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	var peak int
	_, err = fmt.Sscanf(string(after), "%d kB", &peak)
	must(t, err)
	t.Logf("%d files, peak %d kB, %s", n, peak, time.Since(begin).Round(time.Millisecond))
}

var _ = Describe("Memory", Label("root", "files", "memory"), func() {
	It("stays under 64 MB for all of a process that walks and reads many files", func() {
		needTools()
		if os.Geteuid() != 0 {
			Skip("SKIPPED: filling an image with many files needs root, to mount it")
		}
		files := manyFiles()
		path := filepath.Join(GinkgoT().TempDir(), "image")
		size := fmt.Sprint(64+files/550, "M")
		Expect(makeImage(path, size, "", "-b", "1024", "-N", fmt.Sprint(files+10_000), "-O", "^has_journal,large_dir")).To(Succeed())
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

		cmd := exec.Command(os.Args[0], "-test.run=^TestReadImage$", "-test.v")
		cmd.Env = append(os.Environ(), imageVariable+"="+path)
		out, err := cmd.CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(out))
		said := regexp.MustCompile(`(\d+) files, peak (\d+) kB.*`).FindStringSubmatch(string(out))
		Expect(said).NotTo(BeNil(), string(out))
		GinkgoWriter.Println(said[0])
		Expect(said[1]).To(Equal(strconv.Itoa(files)))
		peak, err := strconv.Atoi(said[2])
		Expect(err).NotTo(HaveOccurred())
		Expect(peak).To(BeNumerically("<", 64_000_000/1024))
	})
})

// readInBatches walks f and reads all of its files in the order of the device; it
// returns their number and bytes.
func readInBatches(f *ext4.FS, sink func() io.Writer) (files int, total int64, err error) {
	ctx, p := context.Background(), make([]byte, 1<<20)
	var batch []ext4.Entry
	read := func() error {
		defer func() { batch = batch[:0] }()
		return f.ReadFiles(ctx, batch, func(e ext4.Entry, file *ext4.File) error {
			if e.Err != nil {
				return e.Err
			}
			n, err := drain(sink(), io.NewSectionReader(file, 0, file.Size()), p)
			files++
			total += n
			return err
		})
	}
	err = f.Walk(ctx, "", func(e ext4.Entry) error {
		if e.Err != nil || e.Type != ext4.Regular {
			return e.Err
		}
		if batch = append(batch, e); len(batch) == 4096 {
			return read()
		}
		return nil
	})
	return files, total, cmp.Or(err, read())
}
