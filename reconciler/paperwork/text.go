package paperwork

import (
	"strings"
	"unicode"
)

// leastSize is what a text is never set smaller than, in points; with it each field
// of maxText characters fits on a page.
const leastSize = 4.0

// font is a typeface in a size, in points.
type font struct {
	family, style string
	size          float64
}

func regular(size float64) font { return font{"go", "", size} }
func bold(size float64) font    { return font{"go", "B", size} }

// mono is for ids and commands: its zero is no O.
func mono(size float64) font { return font{"gomono", "B", size} }

func (f font) millimeters() float64 { return f.size * 25.4 / 72 }

func (f font) lineHeight() float64 { return 1.25 * f.millimeters() }

// box is a place on a page, in millimeters from its upper left corner.
type box struct{ x, y, w, h float64 }

// block is a text that was set.
type block struct {
	font  font
	lines []string
}

func (b block) height() float64 { return float64(len(b.lines)) * b.font.lineHeight() }

// write draws a line of text with its base at y.
func (s *sheet) write(x, y float64, text string, f font) {
	s.pdf.SetFont(f.family, f.style, f.size)
	s.pdf.Text(x, y, text)
}

func (s *sheet) writeRight(x, y float64, text string, f font) {
	s.write(x-s.measure(text, f), y, text, f)
}

// draw draws a block with its upper left corner at x, y.
func (s *sheet) draw(b block, x, y float64) {
	for i, line := range b.lines {
		s.write(x, y+float64(i)*b.font.lineHeight()+0.95*b.font.millimeters(), line, b.font)
	}
}

func (s *sheet) measure(text string, f font) float64 {
	s.ruler.SetFont(f.family, f.style, f.size)
	return s.ruler.GetStringWidth(text)
}

// fit sets paragraphs as large as they fit into a box, at most in f; empty ones are
// left out. A word is broken only when even a readable size does not hold it. What
// does not fit in a small size may be higher than the box, up to most, and after that
// it is set as small as need be: the caller makes room for it or cuts it.
func (s *sheet) fit(paragraphs []string, f font, b box, most float64) block {
	const step, readable, small = 0.5, 7.0, 5.5
	for size := f.size; size >= min(readable, f.size); size -= step {
		if set, broken := s.wrap(paragraphs, f.sized(size), b.w); !broken && set.height() <= b.h {
			return set
		}
	}
	for size := f.size; size > leastSize; size -= step {
		set, _ := s.wrap(paragraphs, f.sized(size), b.w)
		if set.height() <= b.h || size <= small && set.height() <= most {
			return set
		}
	}
	set, _ := s.wrap(paragraphs, f.sized(min(leastSize, f.size)), b.w)
	return set
}

func (f font) sized(size float64) font {
	f.size = size
	return f
}

// put sets a text into a box that cannot grow. What has no room in it is left out with
// an ellipsis: the whole text stands on another form.
func (s *sheet) put(paragraphs []string, f font, b box) {
	s.draw(s.cut(s.fit(paragraphs, f, b, b.h), b), b.x, b.y)
}

func (s *sheet) cut(set block, b box) block {
	most := max(int(b.h/set.font.lineHeight()+0.01), 1)
	if len(set.lines) <= most {
		return set
	}
	last := []rune(set.lines[most-1])
	for len(last) > 0 && s.measure(string(last)+"…", set.font) > b.w {
		last = last[:len(last)-1]
	}
	set.lines = append(set.lines[:most-1:most-1], string(last)+"…")
	return set
}

// wrap breaks paragraphs into lines of a width; broken tells that a word had to be.
func (s *sheet) wrap(paragraphs []string, f font, width float64) (set block, broken bool) {
	set.font = f
	for _, p := range paragraphs {
		line := ""
		for _, word := range strings.FieldsFunc(p, isBreak) {
			if longer := strings.TrimPrefix(line+" "+word, " "); s.measure(longer, f) <= width {
				line = longer
				continue
			}
			if line != "" {
				set.lines = append(set.lines, line)
			}
			for s.measure(word, f) > width {
				head := s.head(word, f, width)
				set.lines = append(set.lines, head)
				word, broken = word[len(head):], true
			}
			line = word
		}
		if line != "" {
			set.lines = append(set.lines, line)
		}
	}
	return set, broken
}

// isBreak finds where a line may end; at a no-break space it may not.
func isBreak(r rune) bool { return unicode.IsSpace(r) && r != noBreak }

const noBreak = '\u00a0'

// head returns as much of a word as fits into a width, at least one letter.
func (s *sheet) head(word string, f font, width float64) string {
	for i, r := range word {
		if width -= s.measure(string(r), f); width < 0 && i > 0 {
			return word[:i]
		}
	}
	return word
}
