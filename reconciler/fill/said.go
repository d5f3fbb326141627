package fill

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"time"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
)

// writingFile is there while what the drive says of itself is replaced, file by file. A kill
// then leaves a new baseline beside an old backup.json, which does not name it; the baseline
// is whole all the same, and so is believed. Without it the drive would be copied anew.
const writingFile = bundle.Dir + "/writing"

type baseline = func(context.Context) iter.Seq2[verify.Expected, error]

// said returns what the drive says that it holds; nil: nothing that can be believed.
func (c *copying) said(ctx context.Context) (baseline, error) {
	b, err := bundle.Open(c.root.FS())
	if err == nil {
		c.again = b.Description.Backup == c.doc.Metadata.Name && b.Description.Run == c.doc.Spec.Run
		return b.Population().Objects, nil
	}
	if _, err := c.root.Lstat(writingFile); err != nil {
		return nil, nil
	}
	for _, err := range c.written(ctx) {
		if err != nil {
			return nil, ctx.Err()
		}
	}
	return c.written, nil
}

// written gives the lines of the drive's baseline, whatever else it says. That it is whole
// is known at its end.
func (c *copying) written(ctx context.Context) iter.Seq2[verify.Expected, error] {
	return verify.Reread(func() (io.ReadCloser, error) {
		f, err := c.root.Open(bundle.Dir + "/" + bundle.BaselineName)
		if err != nil {
			return nil, err
		}
		return f, nil
	})(ctx)
}

// say has the drive say what it holds.
func (c *copying) say(ctx context.Context, now time.Time) (verify.Summary, error) {
	if err := c.beginWriting(); err != nil {
		return verify.Summary{}, c.trouble(writingFile, err)
	}
	var unread error // of what is read on the way, at the station too: no error of writing
	all := func(yield func(verify.Expected, error) bool) {
		for e, err := range c.lines(ctx) {
			unread = err
			if !yield(e, err) {
				return
			}
		}
	}
	summary, err := bundle.Write(ctx, c.root, c.description(now), evidence.Ranges(c.doc), all)
	switch {
	case unread != nil:
		return summary, unread
	case err != nil:
		return summary, c.drive.Explain(err)
	}
	return summary, c.trouble(writingFile, c.root.Remove(writingFile))
}

func (c *copying) beginWriting() error {
	f, err := c.root.OpenFile(writingFile, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// take keeps the drive's baseline at the station.
func (c *copying) take(name string) error {
	f, err := c.root.Open(bundle.Dir + "/" + bundle.BaselineName)
	if err != nil {
		return c.trouble(bundle.BaselineName, err)
	}
	defer func() { _ = f.Close() }()
	from := &reading{Reader: f}
	err = journal.WriteFile(c.path(c.doc, name), func(w io.Writer) error {
		_, err := io.Copy(w, from)
		return err
	})
	if from.err != nil { // of the drive, not of the station
		return c.trouble(bundle.BaselineName, from.err)
	}
	return err
}

// reading keeps the error of a reader.
type reading struct {
	io.Reader
	err error
}

// Read implements io.Reader.
func (r *reading) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// missing is the error of a file that was there a moment ago.
func (c *copying) missing(file string) error {
	if _, err := c.root.Lstat(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return c.trouble(file, err)
	}
	return &reconciler.FileError{
		Op: "looking at", Path: file, Err: errors.New("it is not as it was written a moment ago"),
		Remedy: "find out who else writes to the drive, then run the same again: what is on it is not fetched again",
	}
}
