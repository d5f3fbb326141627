package wording

import (
	"slices"
	"strconv"
	"strings"
)

// Near returns the known word that was probably meant, or the empty string. Case,
// hyphens and underscores do not count.
func Near(word string, known []string) string {
	for _, k := range known {
		if strings.EqualFold(strings.NewReplacer("_", "", "-", "").Replace(word), k) {
			return k
		}
	}
	best, most := "", 1+min(len(word)/4, 2)
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k), most); d < most {
			best, most = k, d
		}
	}
	return best
}

// distance counts the letters to put in, leave out, change or exchange with their
// neighbor; it gives up at most.
func distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := rows[0], rows[1], rows[2]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		rows[0], rows[1], rows[2] = last, row, before
	}
	return rows[1][len(b)]
}

// Among lists words for a remedy: "a, b or c".
func Among(words []string) string {
	words = slices.Clone(words)
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := words[len(words)-1]
	return strings.Join(words[:len(words)-1], ", ") + " or " + last
}

// Quote shows a value of the user's in quotes, at most 60 bytes of it.
func Quote(value string) string {
	const most = 60
	if len(value) > most {
		value = strings.ToValidUTF8(value[:most], "") + "…"
	}
	return strconv.Quote(value)
}
