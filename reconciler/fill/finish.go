package fill

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
)

// finish has the drive say what it holds, and keeps the same baseline at the station.
func (c *copying) finish(ctx context.Context) (reconciler.Filled, error) {
	var filled reconciler.Filled
	if err := c.ledger.close(); err != nil {
		return filled, c.trouble("of the ledger", err)
	}
	if err := c.release(); err != nil {
		return filled, err
	}
	now := c.Clock()
	summary, err := c.say(ctx, now)
	if err != nil {
		return filled, err
	}
	baseline := reconciler.BaselineFact{
		At: c.order.Run.Baseline.At, File: "baseline-copy-" + summary.Digest[:8] + ".jsonl.gz", Digest: summary.Digest,
		Objects: summary.Objects, Bytes: summary.Bytes, Complete: true,
	}
	if err := c.take(baseline.File); err != nil {
		return filled, err
	}
	if err := c.ledger.drop(); err != nil {
		return filled, c.trouble("of the ledger", err)
	}
	if err := c.discard(); err != nil {
		return filled, err
	}
	if err := c.drive.Sync(); err != nil {
		return filled, err
	}
	filled.Baseline = baseline
	filled.Load = reconciler.LoadFact{EndedAt: now, ReturnedAt: &now, Copied: c.counted()}
	return filled, nil
}

// counted says what the copy has come to; nil where an earlier session has brought this
// very copy to its end, and was killed before that was recorded: its counts are lost.
func (c *copying) counted() *reconciler.CopyFact {
	if c.again && c.order.Repair == "" {
		return nil
	}
	c.fact.StartedAt = c.since
	return &c.fact
}

// lines gives what is on the drive, as its baseline has it.
func (c *copying) lines(ctx context.Context) iter.Seq2[verify.Expected, error] {
	return func(yield func(verify.Expected, error) bool) {
		c.fact = reconciler.CopyFact{Replaced: c.fact.Replaced, Pruned: c.fact.Pruned}
		for s, err := range c.states(ctx, false) {
			if err != nil {
				yield(verify.Expected{}, err)
				return
			}
			line, some, err := c.line(s)
			if !some && err == nil {
				continue
			}
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
}

// line is that of an object; there is none of one that was gone.
func (c *copying) line(s state) (line verify.Expected, some bool, err error) {
	e := s.Expected
	e.Seen = verify.AtBoth
	switch {
	case s.Kind == verify.KindMarker:
		return e, true, nil
	case !s.done && c.leftOut(e):
		if s.past {
			err = c.vacate(s.Path)
		}
		return e, true, err
	case !s.done:
		return e, false, c.missing(s.Path)
	case s.have.Gone, s.have.Size == 0 && strings.HasSuffix(s.Key, "/"): // what was a file is a directory now
		c.fact.Gone++
		return e, false, nil
	case s.kept:
		c.fact.Kept, c.fact.KeptBytes = c.fact.Kept+1, c.fact.KeptBytes+s.have.Size
	default:
		c.fact.Fetched, c.fact.FetchedBytes = c.fact.Fetched+1, c.fact.FetchedBytes+s.have.Size
		if s.have.Unproven {
			c.fact.Unproven++
		}
	}
	if s.have.Change {
		c.fact.Changed++
	}
	e = s.have.Expected
	e.Seen, e.Stored, e.Composite = verify.AtBoth, s.Stored, s.Composite
	return e, true, nil
}

// description is what the drive says of itself.
func (c *copying) description(now time.Time) bundle.Description {
	d := bundle.Description{
		Tool: c.Tool, Backup: c.doc.Metadata.Name, Run: c.doc.Spec.Run, Set: c.doc.Spec.Set, SpecDigest: c.doc.Digest,
		Device:    bundle.Device{Name: c.doc.Spec.Device.Name, Serial: c.order.Device.Serial, Label: c.order.Volume.Label},
		StartedAt: c.since, EndedAt: now,
	}
	for _, k := range c.doc.Keys() {
		d.Keys = append(d.Keys, k.Name)
	}
	return d
}
