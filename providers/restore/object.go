package restore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/cargomedia/s3export/providers"
)

func (r *run) restore(ctx context.Context, i Item, result *Result) error {
	if i.Excuse != "" {
		result.Outcome, result.Reason = Skipped, i.Excuse
		return nil
	}
	if i.Held == Missing && i.Size > 0 || i.Held >= 0 && i.Held != i.Size {
		return fmt.Errorf("%w: %s, and the object had %d", errCorrupt, held(i.Held), i.Size)
	}
	found, err := r.target.Look(ctx, i)
	result.To = found.To
	if err != nil {
		return err
	}
	result.Reason = found.Note
	switch there, err := r.there(ctx, i, found, result); {
	case err != nil:
		return err
	case there:
		result.Outcome = There
		return nil
	case r.options.DryRun:
		result.Outcome = Restored
		return nil
	}
	return r.put(ctx, i, found, result)
}

func held(n int64) string {
	if n == Missing {
		return "there is no file"
	}
	return fmt.Sprintf("the file has %d bytes", n)
}

// there reports whether the object is at the target already. Something else there is an
// error, unless it may be written over.
func (r *run) there(ctx context.Context, i Item, f Found, result *Result) (bool, error) {
	switch {
	case !f.Exists:
		return false, nil
	case f.Other != "":
		return false, fmt.Errorf("%w: %s", ErrThere, f.Other)
	case f.Size == i.Size && f.ETag != "" && f.ETag == i.ETag:
		result.ETag = f.ETag
		return true, nil
	case f.Size == i.Size && r.options.DryRun:
		result.Reason = "something of the same size is there; whether it is the same is seen when it is restored"
		return true, nil
	case f.Size == i.Size:
		same, err := r.same(ctx, i, f, result)
		if same || err != nil {
			return same, err
		}
	}
	if r.options.Overwrite {
		return false, nil
	}
	return false, fmt.Errorf("%w: it has %d bytes, and another content", ErrThere, f.Size)
}

func (r *run) same(ctx context.Context, i Item, f Found, result *Result) (bool, error) {
	reading, done, err := r.open(ctx, i)
	if err != nil {
		return false, err
	}
	defer done()
	same, err := r.target.Same(ctx, f, reading)
	result.Proof, result.ETag = reading.proof, f.ETag
	return same, err
}

func (r *run) put(ctx context.Context, i Item, f Found, result *Result) error {
	reading, done, err := r.open(ctx, i)
	if err != nil {
		return err
	}
	defer done()
	sent, err := r.target.Put(ctx, f, reading, r.options.Overwrite)
	if err != nil {
		return err
	}
	result.Outcome, result.Proof, result.Arrival, result.ETag = Restored, reading.proof, sent.Arrival, sent.ETag
	result.SHA256 = fmt.Sprintf("%x", reading.sum)
	return nil
}

// open opens the file of an item.
func (r *run) open(ctx context.Context, i Item) (*Reading, func(), error) {
	var file io.ReaderAt = strings.NewReader("")
	if i.Held != Missing {
		var err error
		if file, err = i.Open(); err != nil {
			return nil, nil, fmt.Errorf("opening %q on the drive: %w", i.Path, err)
		}
	}
	content := &paced{ReaderAt: file, pace: func(n int) error {
		if r.options.Pace == nil {
			return nil
		}
		return r.options.Pace(ctx, n)
	}}
	done := func() {
		if c, ok := file.(io.Closer); ok {
			_ = c.Close() // only read from
		}
	}
	return &Reading{item: i, file: file, content: content, unproven: r.options.Unproven, buffers: &r.buffers}, done, nil
}

// paced is a file that is read no faster than is allowed.
type paced struct {
	io.ReaderAt
	pace func(int) error
}

// ReadAt implements io.ReaderAt.
func (p *paced) ReadAt(b []byte, off int64) (int, error) {
	if err := p.pace(len(b)); err != nil {
		return 0, err
	}
	return p.ReaderAt.ReadAt(b, off)
}

// fail says what an error means for one object.
func (r *Result) fail(err error) {
	r.Outcome, r.Reason = Failed, err.Error()
	switch {
	case errors.Is(err, errCorrupt):
		r.Outcome, r.Remedy = Corrupt, "take this object from another copy; prove the drive with `s3export verify`"
	case errors.Is(err, errUnproven):
		r.Outcome, r.Remedy = Unproven, "look at it by hand, or allow what is unproven"
	case errors.Is(err, ErrThere):
		r.Outcome, r.Remedy = Conflict, "compare the two by hand; restore to another place, or allow overwriting"
	}
	if r.Remedy != "" {
		return
	}
	r.Remedy = "mend what the message says, then run the same again: it goes on where it ended"
	if e, ok := errors.AsType[*providers.Error](err); ok {
		r.Remedy = e.Remedy
	}
}
