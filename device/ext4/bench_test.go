package ext4_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/cargomedia/s3export/device/ext4"
)

// benchImage has 50,000 files in one directory and one file of 64 MiB.
func benchImage(b *testing.B) *ext4.FS {
	b.Helper()
	if _, err := tool("mkfs.ext4"); err != nil {
		b.Skip("SKIPPED: " + err.Error())
	}
	source, path := b.TempDir(), filepath.Join(b.TempDir(), "image")
	must(b, os.Mkdir(filepath.Join(source, "many"), 0o755))
	for i := range 50_000 {
		must(b, os.WriteFile(filepath.Join(source, "many", fmt.Sprintf("object-%08d.jpg", i*7919%50_000)), nil, 0o644))
	}
	must(b, os.WriteFile(filepath.Join(source, "big"), data(64<<20, 1), 0o644))
	must(b, makeImage(path, "256M", source, "-b", "4096"))
	file, err := os.Open(path)
	must(b, err)
	b.Cleanup(func() { must(b, file.Close()) })
	f, err := ext4.Open(file, 256<<20)
	must(b, err)
	return f
}

func BenchmarkReader(b *testing.B) {
	f := benchImage(b)
	b.Run("walk 50,000 entries", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n := 0
			must(b, f.Walk(context.Background(), "", func(e ext4.Entry) error { n++; return e.Err }))
			if n != 50_003 {
				b.Fatal(n)
			}
		}
	})
	b.Run("look up one of 50,000", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			_, err := f.Lookup(fmt.Sprintf("many/object-%08d.jpg", i*7919%50_000))
			must(b, err)
		}
	})
	b.Run("read in sequence", func(b *testing.B) { benchRead(b, f) })
}

func benchRead(b *testing.B, f *ext4.FS) {
	e, err := f.Lookup("big")
	must(b, err)
	file, err := f.OpenFile(e)
	must(b, err)
	p := make([]byte, 1<<20)
	b.SetBytes(file.Size())
	b.ReportAllocs()
	for b.Loop() {
		_, err := drain(io.Discard, io.NewSectionReader(file, 0, file.Size()), p)
		must(b, err)
	}
}
