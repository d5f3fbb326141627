package specs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/specs/manifest"
)

// maxMarked is how many bytes name and run may have together, so that the mark of
// a run fits in the 100 bytes that every service gives back.
const maxMarked = 70

// A rule checks one member of a Backup, or one relation between members.
type rule func(*resolver, Backup)

func rules() []rule {
	return []rule{
		checkHead, checkName, checkPhase, checkRun,
		checkProvider, checkMembers, checkManifestChoice, checkRanges, checkRefresh, checkEncryption,
		checkSelector, checkSelectorValue, checkSize, checkFormat, checkReplaces, checkSet,
		checkPreflight, checkPaperwork, checkInvoice, checkVerify,
	}
}

func checkHead(r *resolver, b Backup) {
	if b.APIVersion == "" {
		r.problem("apiVersion", "missing", "write apiVersion: "+APIVersion)
	}
	if b.Kind == "" {
		r.problem("kind", "missing", "write kind: "+Kind)
	}
}

// Source: RFC 1123 labels as Kubernetes uses them.
func isLabel(text string) bool {
	return len(text) <= 63 && regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`).MatchString(text)
}

func isRun(text string) bool {
	return text != "." && text != ".." && regexp.MustCompile(`^[A-Za-z0-9._-]{1,32}$`).MatchString(text)
}

func checkName(r *resolver, b Backup) {
	const field, remedy = "metadata.name", "write 1 to 63 small letters, digits and hyphens, with a letter or digit first and last"
	switch name := b.Metadata.Name; {
	case name == "":
		r.problem(field, "missing", remedy)
	case !isLabel(name):
		r.problem(field, quote(name)+" is no name", remedy)
	}
}

func checkPhase(r *resolver, b Backup) {
	wanted := make([]string, 0, len(WantedPhases()))
	for _, p := range WantedPhases() {
		wanted = append(wanted, string(p))
	}
	phase := string(b.Spec.Phase)
	switch {
	case phase == "":
		r.problem("spec.phase", "missing", "write what is wanted: "+among(wanted))
	case b.Spec.Phase == New:
		r.problem("spec.phase", "New is where every backup begins, it cannot be wanted", "write "+among(wanted))
	case slices.Contains(wanted, phase):
	case suggest(phase, wanted) != "":
		r.problem("spec.phase", quote(phase)+" is no phase", "did you mean "+suggest(phase, wanted)+"?")
	default:
		r.problem("spec.phase", quote(phase)+" is no phase", "write "+among(wanted))
	}
}

func checkRun(r *resolver, b Backup) {
	switch {
	case !isRun(b.Spec.Run):
		r.problem("spec.run", quote(b.Spec.Run)+" is no name of a run", "write 1 to 32 letters, digits, dots, hyphens and underscores")
	case len(b.Metadata.Name)+len(b.Spec.Run) > maxMarked:
		r.problem("spec.run", "metadata.name and run have more than 70 bytes together", "shorten one: both stand in the mark of the job")
	}
}

func checkPreflight(r *resolver, b Backup) {
	known := acceptable()
	for i, a := range b.Spec.Preflight.Accept {
		if !slices.Contains(known, a) {
			r.problem(fmt.Sprintf("spec.preflight.accept[%d]", i), quote(a)+" cannot be accepted", "write one of "+strings.Join(known, ", "))
		}
	}
}

func checkPaperwork(r *resolver, b Backup) {
	if p := b.Spec.Paperwork.Paper; p != "A4" && p != "Letter" {
		r.problem("spec.paperwork.paper", quote(p)+" is no paper size", "write A4 or Letter")
	}
	if b.Spec.Paperwork.From == nil {
		return
	}
	for _, p := range manifest.CheckAddress("spec.paperwork.from", *b.Spec.Paperwork.From) {
		if p.Minor {
			r.warn(p.Field, p.Message, p.Remedy)
			continue
		}
		r.problem(p.Field, p.Message, p.Remedy)
	}
}
