package page

import (
	"slices"

	"github.com/cargomedia/s3export/verify"
)

// comparison is one way in which content was compared.
type comparison struct {
	Class, Worth     string
	Method, Witness  string
	Equal, Different string
	Bytes            string
}

type comparedBy struct {
	class   verify.Class
	method  verify.Method
	witness verify.Witness
}

type compared struct {
	by                      comparedBy
	equal, different, bytes int64
}

// comparisonsMax is more than there are ways.
const comparisonsMax = 60

// comparisons lists the ways in which content was compared, the strongest evidence
// first.
func comparisons(r *verify.Report) []comparison {
	var rows []comparison
	said := ""
	for _, c := range sums(r.Tallies) {
		if len(rows) == comparisonsMax {
			break
		}
		row := comparison{classWord(c.by.class), classWorth(c.by.class), methodWord(c.by.method), witnessWord(c.by.witness),
			count(c.equal), count(c.different), size(c.bytes)}
		if row.Class == said {
			row.Worth = "" // it stands above
		}
		said = row.Class
		rows = append(rows, row)
	}
	return rows
}

// sums adds up the tallies of each way.
func sums(tallies []verify.Tally) []compared {
	var list []compared
	for _, t := range tallies {
		if t.Outcome != verify.Match && t.Outcome != verify.Differ || t.Method == "" {
			continue
		}
		by := comparedBy{t.Class, t.Method, t.Witness}
		i := slices.IndexFunc(list, func(c compared) bool { return c.by == by })
		if i < 0 {
			i, list = len(list), append(list, compared{by: by})
		}
		list[i].bytes += t.Bytes
		if t.Outcome == verify.Match {
			list[i].equal += t.Files
		} else {
			list[i].different += t.Files
		}
	}
	strength := append(verify.Classes(), "")
	slices.SortStableFunc(list, func(a, b compared) int {
		return slices.Index(strength, a.by.class) - slices.Index(strength, b.by.class)
	})
	return list
}
