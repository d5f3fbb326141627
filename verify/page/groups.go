package page

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/verify"
)

// groups are the findings by outcome and reason.
type groups struct {
	List    []*group
	Omitted string // findings of which the report has no more than their number
}

// group are the findings of one outcome and reason.
type group struct {
	Class, Mark string
	Outcome     string
	Reason      string
	Code        string // as in the report
	Remedy      string
	Accepted    bool
	Files       string
	Shown       []file
	More        string

	files int64
}

type file struct {
	Path   string
	Object string // where the path does not tell it
	Note   string
}

const (
	groupMax  = 50 // files shown of a group
	groupsMax = 30 // more than there are pairs of outcome and reason
	rangesOf  = 5  // byte ranges shown of a file
)

type groupKey struct {
	outcome  verify.Outcome
	reason   verify.Reason
	accepted bool
}

func newGroups(r *verify.Report) groups {
	byKey := map[groupKey]*group{}
	var g groups
	for _, t := range ordered(r.Tallies) {
		key := groupKey{t.Outcome, t.Reason, t.Accepted}
		if byKey[key] == nil {
			if len(g.List) == groupsMax {
				continue
			}
			byKey[key] = newGroup(key)
			g.List = append(g.List, byKey[key])
		}
		byKey[key].files += t.Files
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if to := byKey[groupKey{f.Outcome, f.Reason, f.Accepted != ""}]; to != nil && len(to.Shown) < groupMax {
			to.Shown = append(to.Shown, newFile(f))
		}
	}
	for _, one := range g.List {
		one.Files = things(one.files, "file")
		if more := one.files - int64(len(one.Shown)); more > 0 {
			one.More = "and " + count(more) + " more"
		}
	}
	if r.Omitted > 0 {
		g.Omitted = things(r.Omitted, "finding")
	}
	return g
}

// ordered returns the tallies of findings as people read them: what counts against the
// copy first, and what was accepted last.
func ordered(tallies []verify.Tally) []verify.Tally {
	var list []verify.Tally
	for _, t := range tallies {
		if t.Outcome != verify.Match {
			list = append(list, t)
		}
	}
	place := func(t verify.Tally) int {
		switch {
		case t.Accepted:
			return 3
		case t.Outcome == verify.Extra:
			return 2
		case t.Outcome.Verdict() == verify.Incomplete:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b verify.Tally) int { return place(a) - place(b) })
	return list
}

func newGroup(key groupKey) *group {
	g := &group{
		Outcome: groupWord(key.outcome, key.reason), Reason: reasonWord(key.outcome, key.reason), Remedy: verify.Remedy(key.outcome, key.reason),
		Code: brief(string(key.outcome) + "/" + string(key.reason)), Accepted: key.accepted,
	}
	switch {
	case key.accepted, key.outcome == verify.Extra:
		g.Class, g.Mark = "noted", "·"
	case key.outcome.Verdict() == verify.Fail:
		g.Class, g.Mark = "bad", "✗"
	default:
		g.Class, g.Mark = "open", "?"
	}
	return g
}

func newFile(f *verify.Finding) file {
	one := file{Path: quoted(f.Path)}
	if f.Key != "" && !strings.HasSuffix(f.Path, f.Key) {
		one.Object = quoted("s3://" + f.Bucket + "/" + f.Key)
	}
	notes := []string{sizes(f), byteRanges(f), brief(f.Detail)}
	if f.Accepted != "" {
		notes = append(notes, "accepted: "+brief(f.Accepted))
	}
	one.Note = strings.Join(slices.DeleteFunc(notes, func(s string) bool { return s == "" }), "; ")
	return one
}

// sizes says how large the file is, and where that is the finding, how large it should be.
func sizes(f *verify.Finding) string {
	switch {
	case f.Evidence.Method == verify.BySize && f.Evidence.Want != "":
		return fmt.Sprintf("%s bytes in place of %s", brief(f.Evidence.Have), brief(f.Evidence.Want))
	case f.Size > 0:
		return size(f.Size)
	}
	return ""
}

func byteRanges(f *verify.Finding) string {
	if len(f.Ranges) == 0 {
		return ""
	}
	what := "differs in bytes "
	if f.Outcome == verify.Failure {
		what = "not readable: bytes "
	}
	var parts []string
	for i, r := range f.Ranges {
		if i == rangesOf {
			parts = append(parts, fmt.Sprintf("and %d more", len(f.Ranges)-rangesOf))
			break
		}
		parts = append(parts, fmt.Sprintf("%s–%s (%s)", count(r.Offset), count(r.Offset+max(r.Length, 1)-1), size(r.Length)))
	}
	return what + strings.Join(parts, ", ")
}
