package importexport

import (
	"regexp"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

// maxMessage bounds a message of the service in runes; AWS's own are shorter.
const maxMessage = 1000

// redactor holds the texts that must not be shown, longest first. The zero
// redactor changes nothing.
type redactor struct{ hidden []string }

// newRedactor hides a manifest's text and its passwords. Passwords are looked for
// twice, as the reader of manifests understands them and as they stand in the
// lines, because a service may quote either.
func newRedactor(text secret.Value) redactor {
	whole := text.Reveal()
	hidden := []string{whole, strings.TrimSpace(whole), strings.ReplaceAll(whole, "\n", "\r\n")}
	if m, _, err := manifest.Parse([]byte(whole)); err == nil {
		for _, s := range m.Secrets() {
			if v, ok := s.Literal(); ok {
				hidden = append(hidden, v.Reveal())
			}
		}
	}
	line := regexp.MustCompile(`(?im)^\s*["']?(?:trueCryptPassword|pinCode)["']?\s*:\s*(.*?)\s*$`)
	for _, match := range line.FindAllStringSubmatch(whole, -1) {
		hidden = append(hidden, match[1], strings.Trim(match[1], `"'`))
	}
	hidden = slices.DeleteFunc(hidden, func(s string) bool { return strings.TrimSpace(s) == "" })
	slices.SortFunc(hidden, func(a, b string) int { return len(b) - len(a) })
	return redactor{hidden}
}

// text returns s with every hidden text replaced.
func (r redactor) text(s string) string {
	for _, h := range r.hidden {
		s = strings.ReplaceAll(s, h, secret.Redacted)
	}
	return s
}

// oneLine makes a text of the service fit for a line of output: no control
// characters, no runs of white space, bounded.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > maxMessage {
		s = string(runes[:maxMessage]) + "…"
	}
	return s
}
