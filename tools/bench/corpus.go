package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"
)

const (
	kib = 1 << 10
	mib = 1 << 20
	// copiers write a drive side by side, as the tools do that fill real ones.
	copiers = 8
)

// corpus is what a bucket and a folder of the drive hold. The same name and scale
// give the same bytes.
type corpus struct {
	name  string
	files []file
}

type file struct {
	key  string
	size int64
	part int64 // bytes of a part of its upload; 0 for an upload in one piece
}

func (c corpus) bucket() string { return "bench-" + strings.ToLower(c.name) }

func (c corpus) bytes() int64 {
	var n int64
	for _, f := range c.files {
		n += f.size
	}
	return n
}

// corpusOf makes S, M, L, or R: that of the look at memory, whose scale is the
// number of its objects.
func corpusOf(name string, scale float64) (corpus, error) {
	c := corpus{name: name}
	count := func(n float64, least int) int { return max(int(n*scale+0.5), least) }
	switch name {
	case "S":
		n, sizes := count(100_000, 100), stream("sizes")
		for i := range n {
			u := float64(sizes.Uint64()>>11) / (1 << 53)
			c.files = append(c.files, file{key: fmt.Sprintf("d%04d/f%05d.bin", i/100, i), size: int64(kib * math.Pow(64, u))})
		}
	case "M":
		for i := range count(2000, 10) {
			c.files = append(c.files, file{key: fmt.Sprintf("m%02d/m%05d.bin", i/100, i), size: mib})
		}
	case "L":
		n := count(12, 3)
		for i := range n {
			f := file{key: fmt.Sprintf("l%02d.bin", i), size: int64(max(256*scale, 20)*mib) + 5, part: 8 * mib}
			if 3*i >= 2*n {
				f.part = 16 * mib
			}
			c.files = append(c.files, f)
		}
	case "R":
		for i := range int(scale) {
			c.files = append(c.files, file{key: memoryKey(i), size: 1})
		}
	default:
		return c, fmt.Errorf("corpus %q: there are S, M and L", name)
	}
	return c, nil
}

// content is an endless stream of bytes that belong to the key.
func (c corpus) content(key string) io.Reader {
	if c.name == "R" {
		return strings.NewReader("x")
	}
	return stream(c.name + "/" + key)
}

func stream(seed string) *rand.ChaCha8 { return rand.NewChaCha8(sha256.Sum256([]byte(seed))) }

// fill writes the corpus below dir, many files at once.
func (c corpus) fill(dir string) error {
	var group errgroup.Group
	group.SetLimit(copiers)
	last := ""
	for _, f := range c.files {
		path := filepath.Join(dir, c.name, f.key)
		if parent := filepath.Dir(path); parent != last {
			if err := os.MkdirAll(parent, 0o755); err != nil { //nolint:gosec // made to be read by any tool
				return err
			}
			last = parent
		}
		group.Go(func() error { return writeFile(path, io.LimitReader(c.content(f.key), f.size)) })
	}
	return group.Wait()
}

func writeFile(path string, r io.Reader) error {
	w, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{w}, r, make([]byte, 256*kib))
	if closed := w.Close(); err == nil {
		err = closed
	}
	return err
}
