package page

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// shownMax is how long a name may get in the page, in bytes of its markup. With it the
// page stays below its limit, whatever the names are.
const (
	shownMax = 240
	briefMax = 80 // of what stands beside a name
)

// quoted shows a name as it is in a Go string: control characters, what turns the
// direction of writing, and bytes that are no UTF-8 as escapes.
func quoted(name string) string { return short(strconv.Quote(name), shownMax) }

// plain shows a text that is seldom strange: as it is, or quoted where it
// is not printable.
func plain(text string) string { return short(seemly(text), shownMax) }

// brief is plain, for what stands beside a name.
func brief(text string) string { return short(seemly(text), briefMax) }

func seemly(text string) string {
	strange := func(r rune) bool { return !strconv.IsPrint(r) }
	if !utf8.ValidString(text) || strings.ContainsFunc(text, strange) {
		return strconv.Quote(text)
	}
	return text
}

// short takes out the middle of a text whose markup would be too long.
func short(text string, room int) string {
	if len(template.HTMLEscapeString(text)) <= room {
		return text
	}
	half := room/2 - 2
	return head(text, half) + "…" + tail(text, half)
}

// head returns as much of the beginning as fits into the markup.
func head(text string, room int) string {
	for i, r := range text {
		if room -= len(template.HTMLEscapeString(string(r))); room < 0 {
			return text[:i]
		}
	}
	return text
}

// tail returns as much of the end as fits into the markup.
func tail(text string, room int) string {
	at := len(text)
	for at > 0 {
		r, n := utf8.DecodeLastRuneInString(text[:at])
		if room -= len(template.HTMLEscapeString(string(r))); room < 0 {
			break
		}
		at -= n
	}
	return text[at:]
}

// count writes a number with commas.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// things writes a number with a word: "1 file", "2 files".
func things(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return count(n) + " " + word + "s"
}

// size writes bytes in powers of 1000, as drives are sold, with three digits.
func size(n int64) string { return scaled(n, 3) }

// spot writes a place on the drive, with four digits.
func spot(n int64) string { return scaled(n, 4) }

func scaled(n int64, digits int) string {
	const units = "kMGTPE"
	value, unit := float64(n), -1
	for value >= 999.5 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	if unit < 0 {
		return things(n, "byte")
	}
	for left := max(value, 1); left >= 1; left /= 10 {
		digits--
	}
	return fmt.Sprintf("%.*f %cB", max(0, digits), value, units[unit])
}

// rate writes bytes in some nanoseconds as bytes a second.
func rate(bytes, nanos int64) string {
	if nanos <= 0 {
		return "–"
	}
	return strings.Replace(size(perSecond(bytes, nanos)), " bytes", " B", 1) + "/s"
}

func perSecond(bytes, nanos int64) int64 {
	if nanos <= 0 {
		return 0
	}
	return int64(float64(bytes) / float64(nanos) * float64(time.Second))
}

// moment writes a time in UTC with its offset.
func moment(t time.Time) string {
	if t.IsZero() {
		return "not known"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC-07:00")
}

// span writes a duration in its two largest units.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= day:
		return two(int64(d/day), "d", int64(d%day/time.Hour), "h")
	case d >= time.Hour:
		return two(int64(d/time.Hour), "h", int64(d%time.Hour/time.Minute), "min")
	case d >= time.Minute:
		return two(int64(d/time.Minute), "min", int64(d%time.Minute/time.Second), "s")
	case d >= 10*time.Second:
		return fmt.Sprintf("%d s", d/time.Second)
	}
	return fmt.Sprintf("%.3g s", d.Seconds())
}

func two(a int64, large string, b int64, small string) string {
	if b == 0 {
		return fmt.Sprintf("%d %s", a, large)
	}
	return fmt.Sprintf("%d %s %d %s", a, large, b, small)
}
