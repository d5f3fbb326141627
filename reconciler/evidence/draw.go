package evidence

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// DrawOf returns the draw of a sample as specs writes it; errors are *specs.FieldError.
// A rolling one begins a circle with the seed, and has no arc yet.
func DrawOf(sample specs.Sample, seed verify.Seed) (verify.Draw, error) {
	size, err := sample.Parse()
	if err != nil {
		return verify.Draw{}, err
	}
	draw := verify.Draw{Seed: seed}
	switch size.Kind {
	case specs.SampleAll:
		draw.All = true
	case specs.SampleCount:
		draw.Count = size.Count
	case specs.SampleShare:
		draw.Share = size.Share
	case specs.SampleBytes:
		draw.Bytes = size.Bytes
	case specs.SampleProof:
		draw.Confidence, draw.MaxBad = size.Confidence, size.MaxBad
	case specs.SampleRolling:
		draw.Rolling = &verify.Rolling{Ledger: verify.Ledger{Seed: seed}}
	case specs.SampleNone: // verify refuses it
	}
	return draw, nil
}

// ledgerFile says what rolling samples have covered of a copy. It lies in the run's
// directory: another run is another copy.
const ledgerFile = "rolling.json"

// draw returns the draw of a plan; of a rolling one with the arc that comes next. The
// first such proof of a run gives the circle its seed.
func (k *Keeper) draw(d specs.Document, plan reconciler.ProofPlan) (verify.Draw, error) {
	var seed verify.Seed
	if err := seed.UnmarshalText([]byte(plan.Seed)); err != nil {
		return verify.Draw{}, err
	}
	draw, err := DrawOf(specs.Sample(plan.Sample), seed)
	draw.Reproduction = plan.Reproduction
	if err != nil || draw.Rolling == nil {
		return draw, err
	}
	ledger, err := k.ledger(d, seed)
	if err != nil {
		return draw, err
	}
	draw.Rolling.Ledger, draw.Rolling.Arc = ledger, ledger.Next(k.Clock())
	return draw, nil
}

// ledger returns what is kept, or a new ledger with the seed.
func (k *Keeper) ledger(d specs.Document, seed verify.Seed) (verify.Ledger, error) {
	path := k.path(d, ledgerFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return verify.Ledger{Seed: seed}, nil
	}
	var ledger verify.Ledger
	if err == nil {
		err = json.Unmarshal(text, &ledger)
	}
	if err != nil {
		return ledger, &reconciler.FileError{
			Op: "reading", Path: path, Err: err, Remedy: "restore it, or remove it: the next proof begins to go around anew",
		}
	}
	return ledger, nil
}

// cover notes what a rolling sample has covered. It may be repeated. What the source did
// not answer for was not compared: the next proof takes the same arc again.
func (k *Keeper) cover(d specs.Document, report verify.Report) error {
	turn := report.Sample.Rolling
	if turn == nil || slices.ContainsFunc(report.Tallies, func(t verify.Tally) bool { return t.Reason.Unanswered() }) {
		return nil
	}
	ledger, err := k.ledger(d, turn.Seed)
	if err != nil {
		return err
	}
	if ledger.Seed != turn.Seed {
		return nil // of a circle that was given up
	}
	return journal.WriteFile(k.path(d, ledgerFile), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(ledger.Cover(turn.Arc))
	})
}
