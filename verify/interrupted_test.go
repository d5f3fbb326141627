package verify_test

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/cargomedia/s3export/verify"
)

// cutting ends a run at the nth file that is opened.
type cutting struct {
	verify.Tree
	left *atomic.Int64
	cut  func()
	read *atomic.Int64
}

func (c cutting) Open(e verify.Entry) (io.ReaderAt, error) {
	if c.left.Add(-1) == 0 {
		c.cut()
	}
	c.read.Add(1)
	return c.Tree.Open(e)
}

// hangingUp is a source whose question for versions ends a run.
type hangingUp struct {
	verify.Source
	cut func()
}

func (h hangingUp) Versions(ctx context.Context, _ verify.Object) ([]verify.Object, error) {
	h.cut()
	return nil, context.Cause(ctx)
}

// sums are the matches without a SHA-256.
type sums struct{ without []string }

func (s *sums) Finding(f verify.Finding) error {
	if f.Outcome == verify.Match && f.SHA256 == "" {
		s.without = append(s.without, f.Path)
	}
	return nil
}

// aged is a tree whose files have a time.
type aged struct {
	verify.Tree
	at time.Time
}

func (a aged) Walk(ctx context.Context, root string, yield func(verify.Entry) error) error {
	return a.Tree.Walk(ctx, root, func(e verify.Entry) error {
		e.ModTime = a.at
		return yield(e)
	})
}

// aDrive has 400 files, of which some are rotten, torn, short, extra or missing.
func aDrive() *load {
	l := newLoad()
	l.tree.Name = "a drive"
	for i := range 400 {
		l.both(fmt.Sprintf("%03d", i), fmt.Sprint("content ", i))
		switch path := fmt.Sprintf("photos/%03d", i); {
		case i%50 == 7:
			l.tree.Files[path][2] ^= 1
		case i%50 == 8:
			delete(l.tree.Files, path)
		case i%50 == 9:
			badBytes(path, 4)(l)
		case i%50 == 10:
			l.tree.Files[path] = []byte("short")
		}
	}
	l.tree.Files["photos/extra"] = []byte("x")
	return l
}
