package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

// decidedOn returns the document that was reconciled: with the run that has begun by itself.
func decidedOn(d specs.Document, p reconciler.Plan) specs.Document {
	if p.Want.Metadata.Name == "" { // it did not come to a plan
		return d
	}
	return p.Want
}

// copiedNow returns what this reconcile has copied; nil when it has not.
func copiedNow(d specs.Document, r reconciler.Result) *reconciler.CopyFact {
	filled := func(s reconciler.Step) bool { return s.Name == reconciler.StepOf(reconciler.Fill{}).Name }
	load := r.Record.Run(d.Spec.Run).Load
	if load == nil || !slices.ContainsFunc(r.Done, filled) {
		return nil
	}
	return load.Copied
}

// copiedText says what a copy has come to.
func copiedText(c reconciler.CopyFact) string {
	parts := []string{fmt.Sprintf("%d %s (%s) fetched", c.Fetched, plural(int(c.Fetched), "object"), device.FormatSize(c.FetchedBytes))}
	if c.Unproven > 0 {
		parts = append(parts, fmt.Sprintf("%d of them once and compared with nothing, since the service keeps no checksum that can be computed", c.Unproven))
	}
	if c.Kept > 0 {
		parts = append(parts, fmt.Sprintf("%d (%s) were on the drive already", c.Kept, device.FormatSize(c.KeptBytes)))
	}
	for _, n := range []struct {
		count int64
		text  string
	}{
		{c.Changed, "replaced in the source while it was copied"},
		{c.Gone, "removed from the source while it was copied"},
		{c.Replaced, plural(int(c.Replaced), "file") + " gave way"},
		{c.Pruned, "of them were no objects of the source any more"},
	} {
		if n.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.count, n.text))
		}
	}
	return strings.Join(parts, ", ")
}
