package fill

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/verify"
)

// continuation says how far a drive that is full has come: which part of the ranges is all
// on it, and which part is for another drive.
type continuation struct {
	here, next           []specs.Range
	after                string // the last key that is on the drive, of the first range that is not all there
	copied, left         int64  // objects
	copiedSize, leftSize int64  // bytes
}

// span is what of a range is on the drive.
type span struct {
	some, lacks bool
	first       string // the least key that is not on the drive
	last        string // the greatest key before it that a spec can name
}

// continuation looks through the baseline twice: keys are not quite in the order of paths,
// so the first key that is missing has to be known before the last one in front of it.
func (c *copying) continuation(ctx context.Context) (continuation, error) {
	ranges := c.doc.Ranges()
	spans := make([]span, len(ranges))
	var r continuation
	err := c.each(ctx, ranges, func(in []int, s state) {
		r.count(s)
		for _, i := range in {
			spans[i].lack(s)
		}
	})
	if err != nil {
		return r, err
	}
	err = c.each(ctx, ranges, func(in []int, s state) {
		for _, i := range in {
			spans[i].reach(s)
		}
	})
	r.divide(ranges, spans)
	return r, err
}

func (r *continuation) count(s state) {
	if s.done {
		r.copied, r.copiedSize = r.copied+1, r.copiedSize+s.Size
		return
	}
	r.left, r.leftSize = r.left+1, r.leftSize+s.Size
}

func (sp *span) lack(s state) {
	if !s.done && (!sp.lacks || s.Key < sp.first) {
		sp.lacks, sp.first = true, s.Key
	}
}

func (sp *span) reach(s state) {
	if s.done && utf8.ValidString(s.Key) && (!sp.lacks || s.Key < sp.first) && (!sp.some || s.Key > sp.last) {
		sp.some, sp.last = true, s.Key
	}
}

// each gives the objects of the baseline that are to be copied, with each of the ranges that
// select it. Those that could not be read stay with this drive, which asks for them again.
func (c *copying) each(ctx context.Context, ranges []specs.Range, yield func(in []int, s state)) error {
	for s, err := range c.states(ctx, false) {
		if err != nil {
			return err
		}
		if s.Kind == verify.KindMarker || !s.done && (c.failed[s.Path] != nil || c.leftOut(s.Expected)) {
			continue
		}
		var in []int
		for i, r := range ranges {
			if r.Bucket == s.Bucket && r.Selects(s.Key) && strings.HasPrefix(s.Path, strings.Trim(r.Directory, "/")+"/") {
				in = append(in, i)
			}
		}
		yield(in, s)
	}
	return nil
}

func (r *continuation) divide(ranges []specs.Range, spans []span) {
	for i, sp := range spans {
		here, next := ranges[i], ranges[i]
		switch {
		case !sp.lacks:
			r.here = append(r.here, here)
		case !sp.some:
			r.next = append(r.next, next)
		default:
			here.Through, next.After = sp.last, sp.last
			r.here, r.next = append(r.here, here), append(r.next, next)
			if r.after == "" {
				r.after = sp.last
			}
		}
	}
}

func (r *continuation) problem(drive string) string {
	return fmt.Sprintf("%s is full: %d objects (%s) are on it, %d (%s) are not",
		drive, r.copied, device.FormatSize(r.copiedSize), r.left, device.FormatSize(r.leftSize))
}

func (r *continuation) remedy(d specs.Document, file string) string {
	if len(r.here) == 0 {
		return "use a larger drive: not one object fits"
	}
	at := ""
	if r.after != "" {
		at = fmt.Sprintf(" after key %q", r.after)
	}
	set := ""
	if d.Spec.Set != "" {
		set = "; it is of a set of its own, since a part is no copy of another part"
	}
	return fmt.Sprintf("spread the rest over another drive: %s is your spec file, in which the spec of this drive ends here and is followed by that of the next one, which goes on%s%s; fill in its serial number, put the file in place of %s and apply it; nothing is fetched twice",
		file, at, set, device.ShellQuote(d.File))
}

// full writes the spec file with which it goes on. That the drive is full is what a person has
// to know, so it is said also where they cannot be written.
func (c *copying) full(ctx context.Context) error {
	rest, err := c.continuation(ctx)
	if err != nil {
		return err
	}
	file := c.path(c.doc, "continue.yaml")
	remedy := rest.remedy(c.doc, file)
	if len(rest.here) > 0 {
		if err := c.writeNext(file, rest); err != nil {
			remedy = fmt.Sprintf("use a larger drive; the spec that goes on with another one could not be written: %v", err)
		}
	}
	return &reconciler.FullError{Problem: rest.problem(c.order.Device.Name()), Remedy: remedy}
}

func (c *copying) writeNext(file string, rest continuation) error {
	text, err := os.ReadFile(c.doc.File)
	if err != nil {
		return &reconciler.FileError{Op: "reading", Path: c.doc.File, Err: err, Remedy: "put the spec back, then run the same again"}
	}
	both, err := specs.SpreadFile(c.doc.File, text, c.doc.Metadata.Name, [][]manifest.Operation{operations(rest.here), operations(rest.next)})
	if err != nil {
		return err
	}
	return journal.WriteFile(file, func(w io.Writer) error {
		_, err := w.Write(both)
		return err
	})
}

func operations(ranges []specs.Range) []manifest.Operation {
	all := make([]manifest.Operation, len(ranges))
	for i, r := range ranges {
		all[i] = manifest.Operation{
			ExportBucket: r.Bucket, Prefix: r.Prefix, BeginMarker: r.After, EndMarker: r.Through, TargetDirectory: strings.Trim(r.Directory, "/"),
		}
	}
	return all
}
