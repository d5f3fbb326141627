package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/price"
)

// foresight is what a verification would do, and what it would cost.
type foresight struct {
	verify.Forecast
	Estimate price.Estimate `json:"estimate"`
}

// foresee says what a verification would read, ask and cost.
func (a *app) foresee(ctx context.Context, request verify.Request, prices string) error {
	table, err := a.prices(prices)
	if err != nil {
		return err
	}
	progress := a.newProgress("verify")
	request.Runtime.Progress = progress
	f, err := verify.Foresee(ctx, request)
	progress.end()
	if err != nil {
		return a.stopped(ctx, err)
	}
	work := price.Work{Listed: f.Listed, Heads: f.Heads}
	if request.Download != nil {
		work.Gets, work.GetBytes = map[string]int64{"": f.Compared}, map[string]int64{"": f.Bytes} // at worst
	}
	all := foresight{f, table.Estimate(work.Uses())}
	if a.output == "json" || a.output == "yaml" {
		return encode(a.stdout, a.output, all)
	}
	all.show(a.stdout)
	return nil
}

// prices returns AWS's, with those of a file in their place.
func (a *app) prices(file string) (price.Table, error) {
	table := price.Default()
	if file == "" {
		return table, nil
	}
	text, err := os.ReadFile(a.path(file))
	if err != nil {
		return table, fail(exitUsage, "Usage", fmt.Sprintf("--prices %q: %v", file, err), "name a JSON file as docs/reports.md shows it")
	}
	own, err := price.Decode(text)
	if err != nil {
		return table, fail(exitUsage, "Usage", fmt.Sprintf("--prices %q: %v", file, err), "write the file as docs/reports.md shows it")
	}
	return table.Override(own), nil
}

// shownPaths is how many of the sample a terminal gets.
const shownPaths = 20

func (f foresight) show(w io.Writer) {
	out := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	out("listed      %d keys (this was asked for the forecast already)", f.Listed)
	out("population  %d objects; presence and size of all are compared", f.Objects)
	out("content     %d files, %s to be read from the drive", f.Compared, device.FormatSize(f.Bytes))
	var heads int64
	for _, n := range f.Heads {
		heads += n
	}
	out("requests    %d HEAD, and some for each file that is not equal", heads)
	for _, l := range f.Estimate.Lines {
		unit := l.Unit
		if l.Quantity == 1 {
			unit = strings.TrimSuffix(unit, "s")
		}
		out("cost        %s: %d %s, %s", l.Item, l.Quantity, unit, l.Amount.Text(f.Estimate.Currency))
	}
	out("cost        %s in all, by the prices of %s as of %s", f.Estimate.Total.Text(f.Estimate.Currency), f.Estimate.Region, f.Estimate.AsOf)
	for _, o := range verify.Outcomes() {
		if n := f.Findings[o]; n > 0 {
			out("known now   %d %s", n, o)
		}
	}
	for i, p := range f.Paths {
		if i == shownPaths {
			out("… and %d more (-o json has up to 1,000)", f.Compared-shownPaths)
			break
		}
		out("would read  %q", p)
	}
}
