package paperwork_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// page is what is drawn on one page, in points from its lower left corner.
type page struct {
	width, height float64
	texts         []text
	bars          []area // filled rectangles
	frames        []area // rectangles and lines
}

type area struct{ x1, y1, x2, y2 float64 }

type text struct {
	area
	size float64
	text string
}

func (a area) overlaps(b area) bool {
	const touch = 0.2
	return a.x1 < b.x2-touch && b.x1 < a.x2-touch && a.y1 < b.y2-touch && b.y1 < a.y2-touch
}

// crosses finds what is neither inside nor outside of a frame.
func (a area) crosses(frame area) bool {
	const pen = 0.5
	inside := a.x1 > frame.x1-pen && a.x2 < frame.x2+pen && a.y1 > frame.y1-pen && a.y2 < frame.y2+pen
	outside := a.x1 > frame.x2-pen || a.x2 < frame.x1+pen || a.y1 > frame.y2-pen || a.y2 < frame.y1+pen
	return !inside && !outside
}

// pages reads a PDF back by what the library writes, so that the tests need no other
// program to see where each letter is.
func pages(pdf []byte) []page {
	GinkgoHelper()
	box := regexp.MustCompile(`/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]`).FindSubmatch(pdf)
	Expect(box).NotTo(BeNil())
	fonts := fontsOf(pdf)
	var all []page
	for _, stream := range streams(pdf) {
		if !bytes.Contains(stream, []byte("BT ")) {
			continue
		}
		p := page{width: number(box[1]), height: number(box[2])}
		p.read(stream, fonts)
		all = append(all, p)
	}
	Expect(all).To(HaveLen(len(regexp.MustCompile(`/Type /Page\n`).FindAll(pdf, -1))), "a page without text")
	return all
}

func streams(pdf []byte) [][]byte {
	GinkgoHelper()
	var all [][]byte
	for _, m := range regexp.MustCompile(`(?s)/Filter /FlateDecode[^>]*/Length ([0-9]+)[^>]*>>\nstream\n`).FindAllSubmatchIndex(pdf, -1) {
		n := int(number(pdf[m[2]:m[3]]))
		r, err := zlib.NewReader(bytes.NewReader(pdf[m[1] : m[1]+n]))
		Expect(err).NotTo(HaveOccurred())
		data, err := io.ReadAll(r)
		Expect(err).NotTo(HaveOccurred())
		all = append(all, data)
	}
	return all
}

// fontsOf returns the fonts by their names in the pages.
func fontsOf(pdf []byte) map[string]*sfnt.Font {
	GinkgoHelper()
	files := map[string][]byte{"go": goregular.TTF, "goB": gobold.TTF, "gomonoB": gomonobold.TTF}
	all := map[string]*sfnt.Font{}
	for _, m := range regexp.MustCompile(`/F([0-9a-f]+) ([0-9]+) 0 R`).FindAllSubmatch(pdf, -1) {
		_, object, ok := bytes.Cut(pdf, []byte("\n"+string(m[2])+" 0 obj\n"))
		Expect(ok).To(BeTrue())
		name := regexp.MustCompile(`^[^>]*/BaseFont /utf8(\w+)`).FindSubmatch(object)
		Expect(name).NotTo(BeNil())
		Expect(files).To(HaveKey(string(name[1])))
		f, err := sfnt.Parse(files[string(name[1])])
		Expect(err).NotTo(HaveOccurred())
		all[string(m[1])] = f
	}
	Expect(all).NotTo(BeEmpty())
	return all
}

// read follows the operators for fonts, texts and filled rectangles.
func (p *page) read(stream []byte, fonts map[string]*sfnt.Font) {
	GinkgoHelper()
	var face *sfnt.Font
	var size, x, y float64
	var rectangle area
	var operands [][]byte
	last := func(n int) float64 { return number(operands[len(operands)-n]) }
	for len(stream) > 0 {
		var word []byte
		word, stream = next(stream)
		switch operator := string(word); {
		case operator == "":
			continue
		case strings.ContainsAny(operator[:1], "(/[-.0123456789"):
			operands = append(operands, word)
			continue
		case operator == "Tf":
			face, size = fonts[string(operands[len(operands)-2][2:])], last(1)
			Expect(face).NotTo(BeNil())
		case operator == "Td":
			x, y = last(2), last(1)
		case operator == "Tj":
			t := decode(operands[len(operands)-1][1:])
			p.texts = append(p.texts, text{area{x, y - 0.2*size, x + width(face, size, t), y + 0.72*size}, size, t})
		case operator == "re":
			x, y, w, h := last(4), last(3), last(2), last(1)
			rectangle = area{x, min(y, y+h), x + w, max(y, y+h)}
		case operator == "S":
			p.frames = append(p.frames, rectangle)
		case operator == "m":
			x, y = last(2), last(1)
		case operator == "l":
			rectangle = area{min(x, last(2)), min(y, last(1)), max(x, last(2)), max(y, last(1))}
		case operator == "f":
			p.bars = append(p.bars, rectangle)
		}
		operands = nil
	}
}

// next cuts off a word of a page; a text comes with its escapes, without the closing
// parenthesis.
func next(stream []byte) (word, rest []byte) {
	stream = bytes.TrimLeft(stream, " \n")
	if len(stream) == 0 {
		return nil, nil
	}
	if stream[0] != '(' {
		end := bytes.IndexAny(stream, " \n")
		if end < 0 {
			end = len(stream)
		}
		return stream[:end], stream[end:]
	}
	end := 1
	for stream[end] != ')' {
		if stream[end] == '\\' {
			end++
		}
		end++
	}
	return stream[:end], stream[end+1:]
}

func number(text []byte) float64 {
	GinkgoHelper()
	n, err := strconv.ParseFloat(string(text), 64)
	Expect(err).NotTo(HaveOccurred())
	return n
}

// decode reads UTF-16 with the escapes of a PDF string.
func decode(raw []byte) string {
	raw = regexp.MustCompile(`(?s)\\(.)`).ReplaceAllFunc(raw, func(m []byte) []byte {
		if m[1] == 'r' {
			return []byte("\r")
		}
		return m[1:]
	})
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units))
}

// width measures independently of the library that draws.
func width(f *sfnt.Font, size float64, t string) float64 {
	GinkgoHelper()
	const em = 1000
	var b sfnt.Buffer
	total := fixed.Int26_6(0)
	for _, r := range t {
		glyph, err := f.GlyphIndex(&b, r)
		Expect(err).NotTo(HaveOccurred())
		Expect(glyph).NotTo(BeZero(), fmt.Sprintf("%q of %q is a box", r, t))
		advance, err := f.GlyphAdvance(&b, glyph, fixed.I(em), font.HintingNone)
		Expect(err).NotTo(HaveOccurred())
		total += advance
	}
	return float64(total) / 64 / em * size
}

// said returns the texts of a form, line by line.
func said(pdf []byte) string {
	GinkgoHelper()
	var b strings.Builder
	for i, p := range pages(pdf) {
		fmt.Fprintf(&b, "-- page %d --\n", i+1)
		for _, t := range p.texts {
			b.WriteString(t.text + "\n")
		}
	}
	return b.String()
}

// expectOrder checks that everything is on the page and nothing on anything else.
func expectOrder(name string, pdf []byte) {
	GinkgoHelper()
	for n, p := range pages(pdf) {
		at := fmt.Sprintf("%s, page %d of %.0f × %.0f: ", name, n+1, p.width, p.height)
		codes := p.codes()
		for i, t := range p.texts {
			p.expectFree(at+fmt.Sprintf("%.80q", t.text), t.area)
			for _, other := range p.texts[:i] {
				if t.overlaps(other.area) {
					Fail(at + fmt.Sprintf("%.80q lies on %.80q", t.text, other.text))
				}
			}
			for _, c := range codes {
				if t.overlaps(c.withQuietZone()) {
					Fail(at + fmt.Sprintf("%.80q lies on a bar code", t.text))
				}
			}
		}
		for _, c := range codes {
			p.expectFree(at+"a bar code", c.withQuietZone())
		}
	}
}

// expectFree checks that something keeps away from the edges of the paper and from
// lines.
func (p page) expectFree(what string, a area) {
	GinkgoHelper()
	const edge = 6 * 72 / 25.4 // what printers leave white
	if a.x1 < edge || a.y1 < edge || a.x2 > p.width-edge || a.y2 > p.height-edge {
		Fail(what + " is off the page")
	}
	for _, frame := range p.frames {
		if a.crosses(frame) {
			Fail(what + " lies on a line")
		}
	}
}

// code is a bar code found on a page.
type code struct {
	area
	module float64
	widths []int
}

func (c code) withQuietZone() area {
	return area{c.x1 - 10*c.module, c.y1, c.x2 + 10*c.module, c.y2}
}

// codes groups the filled rectangles: bars of one code have one height and follow
// each other to the right.
func (p page) codes() []code {
	var all []code
	for i := 0; i < len(p.bars); {
		first := p.bars[i]
		c := code{area: first, module: (first.x2 - first.x1) / 2} // each start begins with a bar of 2
		for ; i < len(p.bars) && p.bars[i].y1 == first.y1 && p.bars[i].x1 >= first.x1; i++ {
			b := p.bars[i]
			if b.x1 > first.x1 {
				c.widths = append(c.widths, int(math.Round((b.x1-c.x2)/c.module)))
			}
			c.widths = append(c.widths, int(math.Round((b.x2-b.x1)/c.module)))
			c.x2 = b.x2
		}
		all = append(all, c)
	}
	return all
}
