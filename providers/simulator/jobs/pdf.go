package jobs

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/specs/manifest"
)

// labelPDF draws a label of one page: jobs and sender. The same input gives the
// same bytes. The format is PDF 1.4 (ISO 32000-1) with a standard font, so that
// nothing is embedded.
func labelPDF(jobs []Job, from manifest.Address) []byte {
	lines := []string{"AWS Import/Export shipping label", "Made by a simulator: no carrier takes it.", ""}
	lines = append(append(lines, jobLines(jobs)...), "", "From:")
	city := strings.Join(strings.Fields(from.City+" "+from.StateOrProvince+" "+from.PostalCode), " ")
	for _, l := range []string{
		from.Name, from.Company, from.Street1, from.Street2, from.Street3, city, from.Country, from.PhoneNumber,
	} {
		if l != "" {
			lines = append(lines, l)
		}
	}
	return onePage(lines)
}

// jobLines names each job: with its device while there is room on the page, else
// many ids to a line.
func jobLines(jobs []Job) []string {
	const devices, ids = 12, 8 // lines with a device; ids in a line
	var lines []string
	if len(jobs) <= devices {
		for _, j := range jobs {
			lines = append(lines, "JOBID "+j.ID+"  device "+j.Manifest.DeviceID)
		}
		return lines
	}
	for chunk := range slices.Chunk(jobs, ids) {
		line := "JOBID"
		for _, j := range chunk {
			line += " " + j.ID
		}
		lines = append(lines, line)
	}
	return lines
}

// onePage writes lines of 14 points from the top of an A6 page.
func onePage(lines []string) []byte {
	var text bytes.Buffer
	text.WriteString("BT /F1 11 Tf 14 TL 24 390 Td\n")
	for _, l := range lines {
		fmt.Fprintf(&text, "(%s) Tj T*\n", pdfText(l))
	}
	text.WriteString("ET\n")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 298 420] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%sendstream", text.Len(), text.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	}
	var pdf, table bytes.Buffer
	pdf.WriteString("%PDF-1.4\n")
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", pdf.Len())
		fmt.Fprintf(&pdf, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start, n := pdf.Len(), len(objects)+1
	fmt.Fprintf(&pdf, "xref\n0 %d\n0000000000 65535 f \n%s", n, table.String())
	fmt.Fprintf(&pdf, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", n, start)
	return pdf.Bytes()
}

// pdfText escapes a literal string. WinAnsi agrees with Unicode up to U+00FF but
// for the control codes; what it lacks is shown as a question mark.
func pdfText(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune(`\()`, r):
			b.WriteString(`\` + string(r))
		case r < ' ' || r > 0xff || (r >= 0x7f && r < 0xa0):
			b.WriteByte('?')
		case r > '~':
			fmt.Fprintf(&b, `\%03o`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
