package page

import (
	"fmt"
	"math"

	"github.com/cargomedia/s3export/verify"
)

// about says who verified what, when, where and with what.
func about(r *verify.Report) []fact {
	s := r.Subject
	facts := []fact{
		{Name: "Drive", Value: s.Device},
		{Name: "File system", Value: s.FileSystem},
		{Name: "Backup", Value: s.Backup},
		{Name: "Run", Value: s.Run},
		{Name: "Job at the service", Value: s.Job},
		{Name: "Begun", Value: moment(r.Started)},
		{Name: "Ended", Value: moment(r.Ended), Note: span(max(0, r.Ended.Sub(r.Started)))},
		{Name: "Host", Value: s.Host},
		{Name: "User", Value: s.User},
		{Name: "Tool", Value: s.Tool},
		{Name: "Compared with", Value: againstWord(r.Against)},
	}
	for i, one := range r.Ranges {
		if i == rangesMax {
			facts = append(facts, fact{Name: "Selected", Value: fmt.Sprintf("and %d more, in the report", len(r.Ranges)-rangesMax)})
			break
		}
		directory := "its root"
		if one.Directory != "" {
			directory = "its folder " + quoted(one.Directory)
		}
		facts = append(facts, fact{Name: "Selected", Value: one.String(), Note: "on the drive: " + directory})
	}
	facts = append(facts,
		fact{Name: "Load ended", Value: moment(r.LoadEnded)},
		seed(r),
		covered(r.Sample.Rolling),
		fact{Name: "Digest of the spec", Value: s.SpecDigest},
		fact{Name: "Digest of the baseline", Value: s.BaselineDigest},
		fact{Name: "Digest of the service's log", Value: s.LogDigest},
	)
	shown := facts[:0]
	for _, f := range facts {
		if f.Value != "" {
			shown = append(shown, fact{f.Name, plain(f.Value), f.Note})
		}
	}
	return shown
}

// rangesMax is how many ranges the page shows.
const rangesMax = 20

// seed is what decides the draw.
func seed(r *verify.Report) fact {
	f := fact{Name: "Seed of the draw", Value: r.Seed.String(), Note: "from the system's randomness"}
	switch {
	case r.Sample.Rolling != nil:
		f.Value, f.Note = r.Sample.Rolling.Seed.String(), "the same for all rolling samples of the backup"
	case r.Reproduction:
		f.Note = "chosen by a person, to repeat a draw"
	}
	return f
}

// covered says how much the rolling samples have come to.
func covered(t *verify.Turn) fact {
	if t == nil {
		return fact{}
	}
	return fact{Name: "Rolling samples", Value: fmt.Sprintf("%.0f %% of the objects", math.Floor(100*t.Share)), Note: "each since " + moment(t.Since) + " or later"}
}

// requests lists what S3 was asked.
func requests(q verify.Requests) []fact {
	var facts []fact
	for _, one := range []struct {
		name string
		n    int64
		note string
	}{
		{"ListObjectsV2", q.List, "pages of the listing"},
		{"HeadObject", q.Head, "looks at one object"},
		{"GetObjectAttributes", q.Attributes, "looks at the parts of one object"},
		{"ListObjectVersions", q.Versions, "looks for older versions of one object"},
		{"GetObject", q.Get, size(q.Downloaded) + " downloaded"},
	} {
		if one.n > 0 {
			facts = append(facts, fact{one.name, count(one.n), one.note})
		}
	}
	return facts
}

type attempt struct {
	Number         int
	Started, Ended string
	Verdict, Seed  string
}

// attemptsMax is how many earlier attempts the page shows: the last ones.
const attemptsMax = 20

func attempts(earlier []verify.Attempt) ([]attempt, int) {
	more := max(0, len(earlier)-attemptsMax)
	var list []attempt
	for _, e := range earlier[more:] {
		list = append(list, attempt{e.Number, moment(e.Started), moment(e.Ended), verdictWord(e.Verdict), e.Seed.String()})
	}
	return list, more
}
