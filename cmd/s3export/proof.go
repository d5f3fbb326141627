package main

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// viewProof shows the latest proof; of one that was taken just now, also what it
// found.
func (a *app) viewProof(d specs.Document, r reconciler.Result) *proofView {
	d = decidedOn(d, r.Plan)
	p, found := r.Record.Run(d.Spec.Run).LatestProof()
	if !found {
		return nil
	}
	v := &proofView{
		Verdict: p.Verdict, Summary: p.Summary,
		Report: filepath.Join(a.journal().RunDir(d.Metadata.Name, d.Spec.Run), p.Report),
		New:    slices.ContainsFunc(r.Done, func(s reconciler.Step) bool { return s.Name == reconciler.StepOf(reconciler.Verify{}).Name }),
	}
	if !v.New || p.Verdict == verify.Pass {
		return v
	}
	if report, err := readReport(v.Report); err == nil { // else the verdict stands in the record; the report is named
		v.Findings = report.Findings[:min(len(report.Findings), shownFindings+1)]
	}
	return v
}

func readReport(path string) (verify.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return verify.Report{}, err
	}
	defer func() { _ = f.Close() }()
	return verify.DecodeReport(f)
}
