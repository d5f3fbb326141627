package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"html/template"
	"io"

	"github.com/cargomedia/s3export/verify"
)

// Format names how the page is made. A page of another format is none that this
// program can make again.
const Format = "s3export-page/1"

//go:embed page.html chart.html style.css
var files embed.FS

// view is what the template shows. Texts are plain; the template escapes them.
type view struct {
	Format    string
	Style     template.CSS
	StyleHash string // in base64, for the policy that allows no other style
	Title     string
	Digest    string // SHA-256 of the report's JSON

	Verdict    verdictView
	Sentence   string
	Confidence []string
	Coverage   []fact
	Accepted   []accepted
	Compared   []comparison
	Groups     groups
	Map        *driveMap
	Speed      *speed
	About      []fact
	Requests   []fact
	Earlier    []attempt
	MoreBefore int // attempts that are not shown
	Before     *verify.Link
	Glossary   []fact
}

// fact is a line of a list of facts.
type fact struct {
	Name  string
	Value string
	Note  string
}

// Write writes the page of a report: at most 2 MB, however many findings there are.
// Errors are those of w.
func Write(w io.Writer, r verify.Report) error {
	style, err := files.ReadFile("style.css")
	if err != nil {
		return err
	}
	digest := sha256.New()
	if err := r.Encode(digest); err != nil {
		return err
	}
	t, err := template.ParseFS(files, "page.html", "chart.html")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(style)
	v := newView(&r)
	v.Format, v.Digest = Format, hex.EncodeToString(digest.Sum(nil))
	v.Style = template.CSS(style) //nolint:gosec // our own file, embedded
	v.StyleHash = base64.StdEncoding.EncodeToString(sum[:])
	return t.Execute(w, v)
}

func newView(r *verify.Report) view {
	v := view{
		Title: title(r), Verdict: newVerdict(r), Sentence: r.Sentence(), Confidence: confidence(r), Coverage: coverage(r),
		Accepted: acceptances(r), Compared: comparisons(r), Groups: newGroups(r), Map: newDriveMap(r.Drive), Speed: newSpeed(r.Speed),
		About: about(r), Requests: requests(r.Requests), Glossary: glossary(),
	}
	v.Earlier, v.MoreBefore = attempts(r.Earlier)
	if r.Before != nil {
		v.Before = &verify.Link{Name: plain(r.Before.Name), SHA256: plain(r.Before.SHA256)}
	}
	return v
}

func title(r *verify.Report) string {
	if r.Subject.Backup == "" {
		return "Verification report"
	}
	return "Verification report: " + plain(r.Subject.Backup)
}
