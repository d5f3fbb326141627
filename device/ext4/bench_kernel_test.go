package ext4_test

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device/ext4"
)

// smallFiles makes an image of 20,000 files of up to 64 KiB in 200 directories,
// and returns its path and what all files hold together, in bytes.
func smallFiles(b *testing.B) (path string, total int64) {
	b.Helper()
	if _, err := tool("mkfs.ext4"); err != nil {
		b.Skip("SKIPPED: " + err.Error())
	}
	source, content := b.TempDir(), data(64<<10, 1)
	for i := range 20_000 {
		dir := filepath.Join(source, fmt.Sprintf("prefix-%03d", i%200))
		must(b, os.MkdirAll(dir, 0o755))
		size := i * 7919 % len(content)
		total += int64(size)
		must(b, os.WriteFile(filepath.Join(dir, fmt.Sprintf("object-%08d.jpg", i)), content[:size], 0o644))
	}
	path = filepath.Join(b.TempDir(), "image")
	must(b, makeImage(path, "1G", source, "-b", "4096"))
	return path, total
}

// forget drops what the kernel keeps of an image, so that the device is read.
func forget(b *testing.B, path string) {
	b.Helper()
	file, err := os.Open(path)
	must(b, err)
	must(b, file.Sync())
	must(b, unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_DONTNEED))
	must(b, file.Close())
}

// BenchmarkAgainstKernel walks an image and reads all of its files, by turns with
// the reader and through a loop mount, and tells the medians and how often the
// reader goes into the mount's time, with the least and the most of all pairs. The
// CPU time of a mount is without that of the kernel's own threads. Cold means that
// the image is not in the page cache and the mount is new; what the machine below
// keeps is the same for both.
func BenchmarkAgainstKernel(b *testing.B) {
	if os.Geteuid() != 0 {
		b.Skip("SKIPPED: a mount needs root")
	}
	path, total := smallFiles(b)
	for _, cold := range []bool{true, false} {
		for _, hashed := range []bool{false, true} {
			b.Run(fmt.Sprintf("cold=%t/sha256=%t", cold, hashed), func(b *testing.B) {
				pair := comparison{b: b, path: path, cold: cold, sink: func() io.Writer { return io.Discard }}
				if hashed {
					pair.sink = func() io.Writer { return sha256.New() }
				}
				b.SetBytes(2 * total)
				for b.Loop() {
					pair.round(total)
				}
				pair.report()
			})
		}
	}
}

type comparison struct {
	b             *testing.B
	path          string
	cold          bool
	sink          func() io.Writer
	reader, mount []cost
}

type cost struct{ wall, cpu time.Duration }

func (c *comparison) round(total int64) {
	c.mount = append(c.mount, c.timed(total, func(measure func(func() int64)) {
		dir := c.b.TempDir()
		out, err := exec.Command("mount", "-t", "ext4", "-o", "loop,ro,noload", c.path, dir).CombinedOutput()
		if err != nil {
			c.b.Skipf("SKIPPED: this kernel does not mount the image: %v: %s", err, out)
		}
		defer func() { must(c.b, exec.Command("umount", dir).Run()) }()
		if !c.cold {
			c.readMount(dir)
		}
		measure(func() int64 { return c.readMount(dir) })
	}))
	c.reader = append(c.reader, c.timed(total, func(measure func(func() int64)) {
		if !c.cold {
			c.readAll()
		}
		measure(c.readAll)
	}))
}

// timed runs prepare, which calls measure once for what counts.
func (c *comparison) timed(total int64, prepare func(measure func(func() int64))) (spent cost) {
	c.b.StopTimer()
	defer c.b.StartTimer()
	if c.cold {
		forget(c.b, c.path)
	}
	prepare(func(read func() int64) {
		c.b.StartTimer()
		wall, cpu := time.Now(), cpuTime(c.b)
		got := read()
		spent = cost{time.Since(wall), cpuTime(c.b) - cpu}
		c.b.StopTimer()
		if got != total {
			c.b.Fatalf("%d bytes of %d", got, total)
		}
	})
	return spent
}

func cpuTime(b *testing.B) time.Duration {
	var u unix.Rusage
	must(b, unix.Getrusage(unix.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func (c *comparison) report() {
	ratios := make([]float64, len(c.reader))
	for i := range ratios {
		ratios[i] = float64(c.mount[i].wall) / float64(c.reader[i].wall)
	}
	ms := func(of []cost, pick func(cost) time.Duration) float64 {
		all := make([]time.Duration, len(of))
		for i, x := range of {
			all[i] = pick(x)
		}
		return float64(median(all).Microseconds()) / 1000
	}
	wall, cpu := func(x cost) time.Duration { return x.wall }, func(x cost) time.Duration { return x.cpu }
	c.b.ReportMetric(ms(c.reader, wall), "reader-ms")
	c.b.ReportMetric(ms(c.reader, cpu), "reader-cpu-ms")
	c.b.ReportMetric(ms(c.mount, wall), "mount-ms")
	c.b.ReportMetric(ms(c.mount, cpu), "mount-cpu-ms")
	c.b.ReportMetric(median(ratios), "times-as-fast")
	c.b.ReportMetric(slices.Min(ratios), "least")
	c.b.ReportMetric(slices.Max(ratios), "most")
}

func median[T cmp.Ordered](of []T) T {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// readAll takes the files in batches, in the order of the device.
func (c *comparison) readAll() int64 {
	image, err := os.Open(c.path)
	must(c.b, err)
	defer image.Close()
	info, err := image.Stat()
	must(c.b, err)
	f, err := ext4.Open(image, info.Size())
	must(c.b, err)
	_, n, err := readInBatches(f, c.sink)
	must(c.b, err)
	return n
}

func (c *comparison) readMount(dir string) (n int64) {
	p := make([]byte, 1<<20)
	must(c.b, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		got, err := drain(c.sink(), file, p)
		n += got
		return err
	}))
	return n
}

// drain reads to the end with the buffer p only.
func drain(w io.Writer, r io.Reader, p []byte) (int64, error) {
	return io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, p)
}
