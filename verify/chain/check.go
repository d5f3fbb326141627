package chain

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/page"
)

// Kind is what is wrong with a folder of reports; a closed set.
type Kind string

// The kinds. The last five are notes: the chain holds.
const (
	Unreadable  Kind = "Unreadable"  // a file, or the folder, cannot be read
	Contradicts Kind = "Contradicts" // a report does not agree with itself, or is none
	Changed     Kind = "Changed"     // a report has other bytes than the next one says
	Missing     Kind = "Missing"     // a report that another names, or that a page shows, is not there
	Unlinked    Kind = "Unlinked"    // a report names none before it, and is not the first
	Forked      Kind = "Forked"      // two reports name the same one before them
	PageDiffers Kind = "PageDiffers" // a page does not show what its report says

	PageOfOther Kind = "PageOfOther" // a page was made by another version of s3export
	Backwards   Kind = "Backwards"   // a report ended before the one that it names
	UnknownFile Kind = "UnknownFile" // a file that belongs to no report
	Unfinished  Kind = "Unfinished"  // a verification was interrupted
	Empty       Kind = "Empty"       // there is no report
)

// Breaks reports whether the kind breaks the chain; else it is a note.
func (k Kind) Breaks() bool {
	switch k {
	case PageOfOther, Backwards, UnknownFile, Unfinished, Empty:
		return false
	case Unreadable, Contradicts, Changed, Missing, Unlinked, Forked, PageDiffers:
	}
	return true
}

// Problem is one thing that is wrong with a folder.
type Problem struct {
	Kind    Kind   `json:"kind"`
	File    string `json:"file,omitempty"`
	Message string `json:"message"` // names the file
	Remedy  string `json:"remedy"`
	Breaks  bool   `json:"breaks"` // the chain; else it is a note
}

// checking is a check under way.
type checking struct {
	fsys     fs.FS
	problems []Problem
}

func (c *checking) find(kind Kind, file, message, remedy string) {
	c.problems = append(c.problems, Problem{Kind: kind, File: file, Message: strconv.Quote(file) + " " + message, Remedy: remedy, Breaks: kind.Breaks()})
}

// Check reads a folder and returns its reports and all that is wrong. The folder is not
// changed.
func Check(fsys fs.FS) (Chain, []Problem) {
	c := &checking{fsys: fsys}
	kept, others, err := read(fsys, c.report)
	if err != nil {
		return nil, []Problem{{Kind: Unreadable, Message: "the folder cannot be read: " + cause(err), Remedy: "name the folder that holds the reports, and check the rights", Breaks: true}}
	}
	c.links(kept)
	c.others(kept, others)
	if len(kept) == 0 {
		c.problems = append(c.problems, Problem{Kind: Empty, Message: "there is no report in the folder",
			Remedy: "name the folder that holds the reports: `reports` of a run, or that of --report"})
	}
	return kept, c.problems
}

func cause(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Sprintf("%q: %v", p.Path, p.Err)
	}
	return err.Error()
}

// why returns the cause without what was being done.
func why(err error) string {
	if e, ok := errors.AsType[*verify.Error](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// report takes in one report and compares its page with it.
func (c *checking) report(data []byte, k *Kept) {
	r, err := decode(data)
	if err != nil {
		k.broken = err
		c.find(Contradicts, k.Name, "is no report, or was changed: "+why(err), "bring it back from a copy of the folder; as it is, what it says is worth nothing")
		r.Ended = lead(data).Ended // to show it in its place
	}
	k.Started, k.Ended, k.Before = r.Started, r.Ended, r.Before
	k.Backup, k.Device = r.Subject.Backup, r.Subject.Device
	if err == nil {
		k.Verdict, k.Sentence = r.Verdict(), r.Sentence()
	}
	c.page(r, k)
}

// page compares the page beside a report with what the report gives.
func (c *checking) page(r verify.Report, k *Kept) {
	name := pageOf(k.Name)
	have, err := fs.ReadFile(c.fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	k.Page = true
	if err != nil {
		c.find(Unreadable, name, "cannot be read: "+cause(err), "check the rights of the file")
		return
	}
	if k.broken != nil {
		return // there is nothing to compare it with
	}
	again := "if the report has the SHA-256 that the next one or your own notes say, make the page again from it: s3export report show -o html " + k.Name
	var want bytes.Buffer
	if err := page.Write(&want, r); err != nil || bytes.Equal(want.Bytes(), have) {
		return
	}
	if !bytes.Contains(have, []byte(`content="`+page.Format+`"`)) {
		c.find(PageOfOther, name, "was made by another version of s3export and cannot be compared with its report", again)
		return
	}
	c.find(PageDiffers, name, "does not show what its report says", again)
}

func pageOf(report string) string { return strings.TrimSuffix(report, ".json") + ".html" }

// links checks that each report names the one before it. With one name each, all of
// different reports, and digests that fit, they are one chain: digests make no circles.
func (c *checking) links(kept Chain) {
	byName := map[string]*Kept{}
	for i := range kept {
		byName[kept[i].Name] = &kept[i]
	}
	next := map[string]string{}
	first := ""
	for i := range kept {
		k := &kept[i]
		if k.broken != nil {
			continue
		}
		if k.Before == nil {
			if first != "" {
				c.find(Unlinked, k.Name, fmt.Sprintf("names no report before it, and %q is the first", first), "look for the report that it followed, or keep it in a folder of its own")
			} else {
				first = k.Name
			}
			continue
		}
		before := byName[k.Before.Name]
		c.link(k, before)
		if other := next[k.Before.Name]; other != "" {
			c.find(Forked, k.Name, fmt.Sprintf("names %q as the one before it, as does %q", k.Before.Name, other), "two verifications ran at the same time, or one of the two was put in; keep one of them in a folder of its own")
		}
		next[k.Before.Name] = k.Name
	}
}

// link checks what a report says of the one before it.
func (c *checking) link(k, before *Kept) {
	switch {
	case before == nil:
		c.find(Missing, k.Before.Name, fmt.Sprintf("is not there, and %q names it as the one before it", k.Name), "bring it back from a copy of the folder; its SHA-256 is "+strconv.Quote(k.Before.SHA256))
	case before.SHA256 != k.Before.SHA256:
		c.find(Changed, before.Name, fmt.Sprintf("was changed after %q was written", k.Name), "bring it back from a copy of the folder; its SHA-256 was "+strconv.Quote(k.Before.SHA256))
	case k.Ended.Before(before.Ended):
		c.find(Backwards, k.Name, fmt.Sprintf("says that it ended before %q, which it follows", before.Name), "the clock was set back in between, or is wrong; do not go by these times")
	}
}

// others names the files that belong to no report.
func (c *checking) others(kept Chain, names []string) {
	unfinished := slices.Contains(names, NotesName)
	for _, name := range names {
		report := strings.TrimSuffix(name, ".html") + ".json"
		known := slices.ContainsFunc(kept, func(k Kept) bool { return k.Name == report })
		switch {
		case strings.HasSuffix(name, ".html") && known, name == LockName:
		case strings.HasSuffix(name, ".html") && IsReport(report) && unfinished && !kept.names(report):
			c.find(Unfinished, name, "is the page of a report that was not finished", "run the same verification again: it goes on")
		case strings.HasSuffix(name, ".html") && IsReport(report):
			c.find(Missing, report, "is not there, and its page is", "bring it back from a copy of the folder; a page alone proves nothing")
		case name == NotesName:
			c.find(Unfinished, name, "is of a verification that was interrupted", "run the same verification again: it goes on")
		default:
			c.find(UnknownFile, name, "belongs to no report", "nothing, if you know the file; the chain says nothing about it")
		}
	}
}
