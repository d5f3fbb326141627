package fill

import (
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// badFiles returns the paths that the report of a proof names as bad, and how; nil without one.
func (f *Filler) badFiles(d specs.Document, o reconciler.FillOrder) (map[string]verify.Outcome, error) {
	if o.Repair == "" {
		return nil, nil
	}
	path := f.path(d, o.Repair)
	report, err := evidence.ReadReport(path)
	if err != nil {
		return nil, &reconciler.FileError{Op: "reading", Path: path, Err: err, Remedy: "verify the drive again: that makes a new report, whose findings can be repaired"}
	}
	bad := map[string]verify.Outcome{}
	for _, finding := range report.Findings {
		switch finding.Outcome {
		case verify.Differ, verify.MissingOnDevice, verify.Failure, verify.Unverifiable, verify.ChangedAfterExport:
			bad[finding.Path] = finding.Outcome
		case verify.Match, verify.MissingOnSource, verify.Extra:
		}
	}
	return bad, nil
}
