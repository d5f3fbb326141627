package specs

import (
	"fmt"
	"net/url"
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
		checkProvider, checkManifestChoice,
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

func checkProvider(r *resolver, b Backup) {
	p := b.Spec.Provider.ImportExport
	if p == nil {
		r.problem("spec.provider", "missing", "write importExport: {region: …}")
		return
	}
	const field = "spec.provider.importExport"
	switch {
	case p.Region == "":
		r.problem(field+".region", "missing", "write the region of the buckets, such as us-east-1")
	case !regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`).MatchString(p.Region):
		r.problem(field+".region", quote(p.Region)+" is no region", "write it as AWS does, such as us-east-1")
	}
	if strings.ContainsAny(p.Profile, " \t[]\n") {
		r.problem(field+".profile", quote(p.Profile)+" is no profile", "write the name without brackets and spaces")
	}
	checkEndpoint(r, field+".endpoint", p.Endpoint)
	checkEndpoint(r, field+".s3Endpoint", p.S3Endpoint)
}

func checkEndpoint(r *resolver, field, endpoint string) {
	if endpoint == "" {
		return
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		r.problem(field, "is no endpoint", "write a URL such as http://127.0.0.1:8080")
		return
	}
	if u.User != nil {
		r.problem(field, "holds a user name or password", "remove it: credentials come from AWS's own files and variables")
	}
}

func checkManifestChoice(r *resolver, b Backup) {
	switch s := b.Spec; {
	case s.Manifest != nil && s.ManifestFrom != nil:
		r.problem("spec.manifestFrom", "manifest and manifestFrom are both given", "keep exactly one of them")
	case s.Manifest == nil && s.ManifestFrom == nil:
		r.problem("spec.manifest", "missing", "write manifest, or manifestFrom: {file: PATH} for an existing one")
	case s.ManifestFrom != nil && s.ManifestFrom.File == "":
		r.problem("spec.manifestFrom.file", "missing", "write the path of the manifest, relative to the spec file")
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
