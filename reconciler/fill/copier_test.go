package fill_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path"
	"time"

	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler/fill"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify/fake"
)

var (
	errFull = errors.New("the drive is full")
	errCut  = errors.New("cut")
)

// shelf is a source in memory, and what copies it. The order of its steps is that of the
// engine: the old file is moved aside, the new one gets its name, then it is kept.
type shelf struct {
	*station
	source   *fake.Source
	contents map[[2]string]string
	at       time.Time

	fetched []string                             // paths, in order
	batch   int                                  // items that are kept at once
	full    func() bool                          // asked before each item; nil: never
	refuse  func(item providers.Item) error      // nil: none
	effect  func(what string, path string) error // nil: they happen
}

func newShelf() *shelf {
	s := &shelf{source: fake.NewSource(), contents: map[[2]string]string{}, at: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), batch: 2}
	s.station = newStation(s.source)
	s.filler.Copier = func(_ specs.Document, h fill.Hooks) fill.Copier { return &hand{s, h} }
	return s
}

func (s *shelf) put(key, content string, options ...fake.Option) {
	s.putIn(bucket, key, content, options...)
}

func (s *shelf) putIn(bucket, key, content string, options ...fake.Option) {
	s.at = s.at.Add(time.Minute)
	s.contents[[2]string{bucket, key}] = content
	s.source.Put(bucket, key, []byte(content), append([]fake.Option{fake.Modified(s.at)}, options...)...)
}

func (s *shelf) remove(key string) {
	delete(s.contents, [2]string{bucket, key})
	s.source.Delete(bucket, key)
}

// again forgets what was fetched.
func (s *shelf) again(run string) { s.run, s.fetched = run, nil }

// hand is a fill.Copier.
type hand struct {
	*shelf
	hooks fill.Hooks
}

func (h *hand) Copy(ctx context.Context, root *os.Root, items iter.Seq2[providers.Item, error], keep func([]providers.Copied) error) error {
	var batch []providers.Copied
	flush := func() error {
		if err := h.happens("keep", ""); err != nil || len(batch) == 0 {
			return err
		}
		err := keep(batch)
		batch = nil
		return errors.Join(err, h.happens("kept", ""))
	}
	for item, err := range items {
		if err != nil {
			return err
		}
		if h.full != nil && h.full() {
			return errors.Join(flush(), errFull)
		}
		copied, some, err := h.bring(root, item)
		if errors.Is(err, unix.ENOSPC) {
			return errors.Join(flush(), root.Remove(item.Path), err)
		}
		if err != nil {
			return err
		}
		if !some {
			continue
		}
		if batch = append(batch, copied); len(batch) < h.batch {
			continue
		}
		if err := flush(); err != nil {
			return err
		}
	}
	return errors.Join(flush(), ctx.Err())
}

func (h *hand) happens(what, path string) error {
	if h.effect == nil {
		return nil
	}
	return h.effect(what, path)
}

func (h *hand) bring(root *os.Root, item providers.Item) (c providers.Copied, some bool, err error) {
	if h.refuse != nil {
		if err := h.refuse(item); err != nil {
			return c, false, h.hooks.Skip(item, err)
		}
	}
	content, there := h.contents[[2]string{item.Bucket, item.Key}]
	if !there {
		return providers.Copied{Item: item, Gone: true}, true, nil
	}
	h.fetched = append(h.fetched, item.Path)
	if err := root.MkdirAll(path.Dir(item.Path), 0o755); err != nil {
		return c, false, err
	}
	if _, err := root.Lstat(item.Path); !errors.Is(err, fs.ErrNotExist) {
		if err := h.happens("aside", item.Path); err != nil {
			return c, false, err
		}
		if err := h.hooks.Aside(item.Path); err != nil {
			return c, false, err
		}
	}
	if err := h.happens("name", item.Path); err != nil {
		return c, false, err
	}
	if err := root.MkdirAll(path.Dir(item.Path), 0o755); err != nil {
		return c, false, err
	}
	if err := root.WriteFile(item.Path, []byte(content), 0o644); err != nil {
		return c, false, err
	}
	item.Size = int64(len(content))
	return providers.Copied{Item: item, SHA256: sha256.Sum256([]byte(content)), Proven: "MD5"}, true, root.Chtimes(item.Path, item.LastModified, item.LastModified)
}
