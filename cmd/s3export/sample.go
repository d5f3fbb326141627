package main

import (
	"cmp"
	"strings"

	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// freeDraw returns the draw of a verification that needs no spec.
func freeDraw(sample, seed string) (verify.Draw, error) {
	s, err := parseSeed(seed)
	if err != nil {
		return verify.Draw{}, err
	}
	draw, err := evidence.DrawOf(specs.Sample(cmp.Or(sample, "100")), s)
	draw.Reproduction = seed != ""
	switch {
	case err != nil:
		return draw, sampleError(err)
	case draw.Rolling != nil:
		return draw, fail(exitUsage, "Usage", "--sample rolling goes on from one proof of a backup to the next, and none is named",
			"name a backup, or give a number, a share such as 5%, an amount such as 50GiB, or all")
	}
	return draw, nil
}

// resample puts a sample in place of that of a spec, unless it is empty.
func resample(d *specs.Document, sample, seed string) error {
	if sample != "" {
		d.Spec.Verify.Sample = specs.Sample(sample)
	}
	size, err := d.Spec.Verify.Sample.Parse()
	switch {
	case err != nil:
		return sampleError(err)
	case size.Kind == specs.SampleRolling && seed != "":
		return fail(exitUsage, "Usage", "--seed cannot repeat a rolling sample, which goes on where the last one ended",
			"leave --seed out, or give the --sample of the report with that seed")
	}
	return nil
}

// sampleError says what is wrong with --sample, all of it.
func sampleError(err error) error {
	var messages, remedies []string
	for _, p := range specs.Problems(err) {
		messages = append(messages, strings.TrimSpace(p.Field+" "+p.Problem))
		remedies = append(remedies, p.Remedy)
	}
	return fail(exitUsage, "Usage", "--sample: "+strings.Join(messages, "; "), strings.Join(remedies, "; "))
}
