package ext4_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

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

// BenchmarkReadAll walks an image and reads all of its files, cold each time: with
// the reader, and (as root) through a loop mount.
func BenchmarkReadAll(b *testing.B) {
	path, total := smallFiles(b)
	for name, readAll := range map[string]func(*testing.B, string) int64{"reader": readAll, "mount": readMount} {
		b.Run(name, func(b *testing.B) {
			if name == "mount" && os.Geteuid() != 0 {
				b.Skip("SKIPPED: a mount needs root")
			}
			b.SetBytes(total)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				forget(b, path)
				b.StartTimer()
				if got := readAll(b, path); got != total {
					b.Fatalf("%d bytes of %d", got, total)
				}
			}
		})
	}
}

func readAll(b *testing.B, path string) (n int64) {
	image, err := os.Open(path)
	must(b, err)
	defer image.Close()
	info, err := image.Stat()
	must(b, err)
	f, err := ext4.Open(image, info.Size())
	must(b, err)
	p := make([]byte, 1<<20)
	must(b, f.Walk(context.Background(), "", func(e ext4.Entry) error {
		if e.Err != nil || e.Type != ext4.Regular {
			return e.Err
		}
		file, err := f.OpenFile(e)
		if err != nil {
			return err
		}
		got, err := drain(io.NewSectionReader(file, 0, file.Size()), p)
		n += got
		return err
	}))
	return n
}

func readMount(b *testing.B, path string) (n int64) {
	dir := b.TempDir()
	out, err := exec.Command("mount", "-t", "ext4", "-o", "loop,ro,noload", path, dir).CombinedOutput()
	if err != nil {
		b.Skipf("SKIPPED: this kernel does not mount the image: %v: %s", err, out)
	}
	defer func() { must(b, exec.Command("umount", dir).Run()) }()
	p := make([]byte, 1<<20)
	must(b, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		got, err := drain(file, p)
		n += got
		return err
	}))
	return n
}

// drain reads to the end with the buffer p only.
func drain(r io.Reader, p []byte) (int64, error) {
	return io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r}, p)
}
