package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers/restore"
	"github.com/cargomedia/s3export/specs"
)

// keptResults is how many objects that need somebody's attention -o json lists.
const keptResults = 10_000

// restoreView is what a restore has come to, in JSON and YAML.
type restoreView struct {
	APIVersion string           `json:"apiVersion"`
	Kind       string           `json:"kind"` // Restore
	ExitCode   int              `json:"exitCode"`
	DryRun     bool             `json:"dryRun,omitempty"`
	From       string           `json:"from"`
	Backup     string           `json:"backup,omitempty"`
	Run        string           `json:"run,omitempty"`
	To         string           `json:"to"`
	Message    string           `json:"message"`
	Summary    restore.Summary  `json:"summary"`
	Problems   []restore.Result `json:"problems"`          // at most 10,000
	Omitted    int64            `json:"omitted,omitempty"` // problems beyond that
}

// restoreReport tells what becomes of objects: those that need somebody's attention each,
// the others by their number.
type restoreReport struct {
	a      *app
	view   restoreView
	narrow bool // flags say which objects are meant
}

func (a *app) newRestoreReport(f restoreFlags, h *heldCopy) *restoreReport {
	return &restoreReport{a: a, narrow: len(f.include) > 0 || f.bucket != "", view: restoreView{
		APIVersion: specs.APIVersion, Kind: "Restore", DryRun: f.dryRun, From: h.from, Backup: h.name, Run: h.run, To: f.to,
		Problems: []restore.Result{},
	}}
}

func (r *restoreReport) result(p *progress, one restore.Result) error {
	switch one.Outcome {
	case restore.Conflict, restore.Corrupt, restore.Unproven, restore.Failed:
	case restore.Restored, restore.There, restore.Skipped:
		if one.Reason != "" {
			r.a.logger().Info(one.Reason, "key", one.Key, "to", one.To)
		}
		return nil
	}
	if r.a.output != "table" {
		if len(r.view.Problems) == keptResults {
			r.view.Omitted++
			return nil
		}
		r.view.Problems = append(r.view.Problems, one)
		return nil
	}
	p.aside()
	_, err := fmt.Fprintf(r.a.stdout, "%s  s3://%s/%s: %s\n", one.Outcome, one.Bucket, onLine(one.Key), onLine(one.Reason))
	return err
}

// finish prints the summary.
func (r *restoreReport) finish(s restore.Summary) error {
	v := &r.view
	v.Summary, v.ExitCode, v.Message = s, restoreCode(s), restoreSentence(s, v.DryRun)
	if s.All() == 0 {
		v.Message = "nothing of the copy is meant: " + v.Message
	}
	if r.meantNothing() {
		v.ExitCode = exitBlocked
	}
	if r.a.output != "table" {
		if err := encode(r.a.stdout, r.a.output, v); err != nil {
			return err
		}
		return exit(v.ExitCode)
	}
	r.text(r.a.out(v.ExitCode))
	return exit(v.ExitCode)
}

// meantNothing reports whether the flags let nothing through: a typo, and not a copy that
// is empty.
func (r *restoreReport) meantNothing() bool { return r.narrow && r.view.Summary.All() == 0 }

func (r *restoreReport) text(w io.Writer) {
	_, _ = fmt.Fprintln(w, r.view.Message)
	if r.meantNothing() {
		_, _ = fmt.Fprintln(w, "  what to do: correct --include and --bucket; without them all of the copy is meant, and --dry-run says how much that is")
	}
	for _, o := range []struct {
		outcome restore.Outcome
		remedy  string
	}{
		{restore.Corrupt, "take the corrupt objects from another copy, and prove this drive: `s3export verify`"},
		{restore.Conflict, "compare what is there by hand; restore to another place, or run it again with --allow-overwrite"},
		{restore.Unproven, "prove the drive against its bucket first (`s3export verify NAME --sample all`), or run it again with --allow-unproven"},
		{restore.Failed, "mend what the messages say, then run the same again: it goes on where it ended"},
	} {
		if r.view.Summary.Objects[o.outcome] > 0 {
			_, _ = fmt.Fprintf(w, "  what to do: %s\n", o.remedy)
		}
	}
}

func restoreCode(s restore.Summary) int {
	var codes []int
	for outcome, code := range map[restore.Outcome]int{
		restore.Failed: exitError, restore.Corrupt: exitFailed, restore.Conflict: exitBlocked, restore.Unproven: exitBlocked,
	} {
		if s.Objects[outcome] > 0 {
			codes = append(codes, code)
		}
	}
	return worst(codes)
}

// restoreSentence says in a line what has become of the objects, and what is proven.
func restoreSentence(s restore.Summary, dry bool) string {
	if s.All() == 0 {
		return "no object was restored"
	}
	done := s.Objects[restore.Restored]
	word := "restored"
	if dry {
		word = "would be restored"
	}
	parts := []string{fmt.Sprintf("%d %s %s (%s)", done, plural(int(done), "object"), word, device.FormatSize(s.Bytes[restore.Restored]))}
	for _, o := range restore.Outcomes() {
		if n := s.Objects[o]; n > 0 && o != restore.Restored {
			parts = append(parts, fmt.Sprintf("%d %s", n, outcomeWord(o)))
		}
	}
	text := strings.Join(parts, ", ")
	if proofs := proofText(s); proofs != "" {
		text += "; of the restored, " + proofs
	}
	return text
}

func outcomeWord(o restore.Outcome) string {
	if o == restore.There {
		return "there already"
	}
	return string(o)
}

// proofText says how it is known that what was restored is what it was.
func proofText(s restore.Summary) string {
	var parts []string
	add := func(n int64, text string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, text))
		}
	}
	add(s.Proofs[restore.BySHA256], "compared with the SHA-256 of the copy")
	add(s.Proofs[restore.ByETag], "compared with the ETag of the original")
	add(s.Proofs[restore.NoProof], "NOT PROVEN")
	add(s.Arrivals[restore.SaidByETag], "confirmed by the ETag of the answer")
	add(s.Arrivals[restore.Compared], "compared by the service when it got them")
	add(s.Arrivals[restore.ReadBack], "read back")
	add(s.Arrivals[restore.Synced], "written and synced")
	add(s.SameETag, "under the ETag of the original")
	return strings.Join(parts, ", ")
}
