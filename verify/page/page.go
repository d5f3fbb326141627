package page

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the style
	"encoding/base64"
	"encoding/hex"
	"io"

	"github.com/cargomedia/s3export/verify"
)

// Format names how the page is made. A page of another format is none that this
// program can make again.
const Format = "s3export-page/1"

//go:embed style.css
var style []byte

// view is what the page shows. Texts are plain; markup escapes them.
type view struct {
	Format    string
	Style     []byte
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
	digest := sha256.New()
	if err := r.Encode(digest); err != nil {
		return err
	}
	sum := sha256.Sum256(style)
	v := newView(&r)
	v.Format, v.Digest = Format, hex.EncodeToString(digest.Sum(nil))
	v.Style = style
	v.StyleHash = base64.StdEncoding.EncodeToString(sum[:])
	m := markup{bufio.NewWriter(w)}
	m.page(&v)
	return m.w.Flush()
}

func (m markup) page(v *view) {
	m.head(v)
	m.verdict(v)
	m.coverage(v)
	m.compared(v)
	m.findings(&v.Groups)
	if v.Map != nil {
		m.driveMap(v.Map)
	}
	if v.Speed != nil {
		m.speed(v.Speed)
	}
	m.about(v)
	m.end(v)
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
