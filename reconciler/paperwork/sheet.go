package paperwork

import (
	"bytes"
	"fmt"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"
)

// The layout of every page, in millimeters. Printers leave up to 6 mm white.
const (
	margin     = 18.0
	footHeight = 8.0
)

// sheet draws the pages of one form from top to bottom.
type sheet struct {
	pdf           *fpdf.Fpdf
	ruler         *fpdf.Fpdf // measures; a change of font on a page is written to it
	width, height float64    // of the paper, in millimeters
	y             float64    // where the next block begins

	title, foot  string
	copies, copy int // copy counts from 1
	page, pages  int // of a copy; pages is 0 as long as it is not known
}

// render draws a form twice: only the first drawing tells how many pages it takes.
func render(f Forms, d design, ruler *fpdf.Fpdf) ([]byte, error) {
	first := newSheet(f, d, ruler)
	d.draw(first, f)
	s := newSheet(f, d, ruler)
	s.pages = first.pdf.PageCount() / d.copies
	d.draw(s, f)
	var b bytes.Buffer
	if err := s.pdf.Output(&b); err != nil {
		return nil, fmt.Errorf("writing PDF: %w", err)
	}
	return b.Bytes(), nil
}

func newSheet(f Forms, d design, ruler *fpdf.Fpdf) *sheet {
	s := &sheet{
		pdf: newDocument(f), ruler: ruler,
		title: d.title, copies: d.copies, foot: "Job " + f.Job + "  ·  " + f.subject() + "  ·  made by s3export",
	}
	s.pdf.SetTitle(d.title+" "+f.Job, true)
	s.width, s.height = s.pdf.GetPageSize()
	return s
}

func newDocument(f Forms) *fpdf.Fpdf {
	size := f.Paper
	if size == "" {
		size = A4
	}
	pdf := fpdf.New("P", "mm", string(size), "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(f.Date.UTC())
	pdf.SetModificationDate(f.Date.UTC())
	pdf.SetAutoPageBreak(false, 0)
	for _, t := range typefaces() {
		pdf.AddUTF8FontFromBytes(t.family, t.style, bytes.Clone(t.data)) // fpdf v0.12.0 writes into it
	}
	return pdf
}

// begin starts the first page of the next copy.
func (s *sheet) begin() {
	s.copy++
	s.page = 0
	s.newPage()
}

// newPage starts a page with title and foot.
func (s *sheet) newPage() {
	s.pdf.AddPage()
	s.page++
	s.y = margin
	title := bold(20)
	s.write(margin, s.y+6, s.title, title)
	if s.copies > 1 {
		s.writeRight(s.right(), s.y+6, fmt.Sprintf("Copy %d of %d", s.copy, s.copies), bold(12))
	}
	s.y += 10
	s.rule(s.y, 0.6)
	s.y += 4

	foot := regular(7.5)
	number := fmt.Sprintf("Page %d of %d", s.page, s.pages)
	bottom := s.height - margin + footHeight
	s.writeRight(s.right(), bottom, number, foot)
	width := s.inner() - s.measure(number, foot) - 5
	s.put([]string{s.foot}, foot, box{margin, bottom - 0.95*foot.millimeters(), width, foot.lineHeight()})
}

// need begins a new page unless there is room for a block of this height.
func (s *sheet) need(height float64) {
	if s.y+height > s.height-margin {
		s.newPage()
	}
}

func (s *sheet) inner() float64 { return s.width - 2*margin }

func (s *sheet) right() float64 { return s.width - margin }

func (s *sheet) rule(y, thickness float64) { s.line(margin, y, s.right(), y, thickness) }

func (s *sheet) line(x1, y1, x2, y2, thickness float64) {
	s.pdf.SetLineWidth(thickness)
	s.pdf.Line(x1, y1, x2, y2)
}

func (s *sheet) frame(b box, thickness float64) {
	s.pdf.SetLineWidth(thickness)
	s.pdf.Rect(b.x, b.y, b.w, b.h, "D")
}

// typeface is a font as a file; the Go fonts are under the BSD license of Go.
type typeface struct {
	family, style string
	data          []byte
}

func typefaces() []typeface {
	return []typeface{{"go", "", goregular.TTF}, {"go", "B", gobold.TTF}, {"gomono", "B", gomonobold.TTF}}
}
