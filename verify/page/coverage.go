package page

import (
	"fmt"
	"math"
	"strconv"

	"github.com/cargomedia/s3export/verify"
)

// coverage says how much was looked at.
func coverage(r *verify.Report) []fact {
	t := r.Totals
	facts := []fact{
		{Name: "Objects", Value: count(t.Objects), Note: size(t.Bytes) + " in S3"},
		{Name: "Right size on the drive", Value: count(t.Sized), Note: "of " + things(t.Objects, "object")},
		{Name: "Content compared", Value: count(r.Compared()), Note: drawn(r)},
		{Name: "Read from the drive", Value: size(t.Read), Note: "of " + things(t.Files, "file")},
	}
	for _, more := range []struct {
		name string
		n    int64
		note string
	}{
		{"Not come to", t.Pending, "the verification ended before its end"},
		{"Newer than the load", t.Newer, "not on the drive and need not be; not counted as objects here"},
		{"Folder markers", t.Markers, "empty objects that stand for a folder; not counted as objects here"},
		{"In the recovery folder", t.Recovered, "files that the service could not name"},
		{"Files not looked at", t.Own, "of the file system and of s3export itself"},
	} {
		if more.n > 0 {
			facts = append(facts, fact{more.name, count(more.n), more.note})
		}
	}
	return facts
}

func drawn(r *verify.Report) string {
	switch {
	case r.Sample.All:
		return "all were to be compared"
	case r.Sample.Asked != "":
		return fmt.Sprintf("of %s drawn at random; asked for: %s", count(r.Sample.Drawn), plain(r.Sample.Asked))
	case r.Sample.Drawn < r.Sample.Wanted:
		return fmt.Sprintf("of %s drawn; %s wanted", count(r.Sample.Drawn), count(r.Sample.Wanted))
	}
	return "of " + count(r.Sample.Drawn) + " drawn at random"
}

// confidence says what the sample is worth.
func confidence(r *verify.Report) []string {
	s := r.Sample
	if s.All || s.Drawn == 0 || s.Drawn >= r.Totals.Objects {
		return nil
	}
	limit, ok := r.BadLimit()
	if !ok {
		return []string{"The sample is too small, or too much of it is bad, to rule anything out about the files that were not read."}
	}
	bad := "bad"
	if s.Undecided > 0 {
		bad = "bad or undecided"
	}
	text := []string{fmt.Sprintf("Of the %s drawn, %s bad and %s undecided. With %s %% confidence fewer than %s of all %s files are %s: were there that many or more, a draw like this would show so few in at most one of %.0f cases.",
		count(s.Drawn), areOrIs(s.Bad), areOrIs(s.Undecided), share(r.Confidence()), count(limit), count(r.Totals.Objects), bad, 1/(1-r.Confidence()))}
	if r.Reproduction {
		return append(text, "A person chose the seed of this draw, to repeat an earlier one. It says nothing new about files that were not drawn then.")
	}
	return text
}

// share writes a part of 1 in percent.
func share(part float64) string {
	return strconv.FormatFloat(math.Round(part*1e8)/1e6, 'f', -1, 64)
}

func areOrIs(n int64) string {
	if n == 1 {
		return "1 is"
	}
	return count(n) + " are"
}

// accepted is a decision of a person that counts in this report.
type accepted struct {
	What, Keys, Reason, Until, Findings string
}

// acceptedMax is how many acceptances the page shows.
const acceptedMax = 50

func acceptances(r *verify.Report) []accepted {
	var list []accepted
	for _, a := range r.Accepted {
		if len(list) == acceptedMax {
			list = append(list, accepted{What: fmt.Sprintf("and %d more, in the report", len(r.Accepted)-acceptedMax)})
			break
		}
		list = append(list, accepted{outcomeWord(a.Outcome), plain(a.Keys), plain(a.Reason), moment(a.Until), count(a.Findings)})
	}
	return list
}
