package paperwork

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"
)

// maxText bounds each text in characters; a form has room for as much in each field.
const maxText = 500

// field is a text with its place in the spec.
type field struct{ name, text string }

// check finds every text that cannot be printed.
func check(f Forms) error {
	c, err := newCoverage()
	if err != nil {
		return err
	}
	problems := []error{checkJob(f.Job), checkDeviceID(f.DeviceID), checkDay(f), checkPaper(f.Paper)}
	for _, x := range fields(f) {
		problems = append(problems, c.check(x))
	}
	return errors.Join(problems...)
}

func checkJob(id string) error {
	if regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`).MatchString(id) {
		return nil
	}
	return &FieldError{Field: "job", Problem: fmt.Sprintf("%q is no id of a job", id), Remedy: "look at the job with get-status"}
}

// checkDeviceID wants what Code 128 can say and a person can compare.
func checkDeviceID(id string) error {
	if regexp.MustCompile(`^[!-~]([ -~]*[!-~])?$`).MatchString(id) {
		return nil
	}
	e := &FieldError{
		Field: "spec.manifest.deviceId", Problem: fmt.Sprintf("%q cannot be a bar code", id),
		Remedy: "write the serial number in letters, digits and signs of ASCII, as the sticker of the drive has it",
	}
	for _, r := range id {
		if r < ' ' || r > '~' {
			e.Rune = r
			break
		}
	}
	return e
}

func checkDay(f Forms) error {
	if f.Date.IsZero() {
		return &FieldError{Field: "date", Problem: "missing", Remedy: "give the day that the forms are to say"}
	}
	return nil
}

func checkPaper(p Paper) error {
	if p == "" || p == A4 || p == Letter {
		return nil
	}
	return &FieldError{Field: "spec.paperwork.paper", Problem: fmt.Sprintf("%q is no paper size", string(p)), Remedy: "write A4 or Letter"}
}

// fields returns the texts that are printed, by their names in the spec.
func fields(f Forms) []field {
	all := []field{
		{"metadata.name", f.Backup}, {"spec.run", f.Run},
		{"spec.device.name", f.Device.Name}, {"spec.device.location", f.Device.Location}, {"spec.device.size", f.Device.Size},
		{"spec.manifest.notificationEmail", f.Email}, {"spec.manifest.deviceId", f.DeviceID},
	}
	all = append(all, texts("spec.manifest.returnAddress.", f.ReturnAddress)...)
	if f.From != nil {
		all = append(all, texts("spec.paperwork.from.", *f.From)...)
	}
	if f.Customs != nil {
		all = append(all, texts("spec.manifest.customs.", *f.Customs)...)
		all = append(all, texts("spec.paperwork.invoice.", f.Invoice)...)
	}
	return all
}

// texts returns the members of a struct of texts by their names in a spec, so that a
// new member is checked as well.
func texts(prefix string, value any) []field {
	v := reflect.ValueOf(value)
	var all []field
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		all = append(all, field{prefix + name, v.Field(i).String()})
	}
	return all
}

// coverage knows which letters every font of the forms has.
type coverage struct {
	fonts  []*sfnt.Font
	buffer sfnt.Buffer
}

func newCoverage() (*coverage, error) {
	c := &coverage{}
	for _, t := range typefaces() {
		f, err := sfnt.Parse(t.data)
		if err != nil {
			return nil, fmt.Errorf("reading the font %s%s: %w", t.family, t.style, err)
		}
		c.fonts = append(c.fonts, f)
	}
	return c, nil
}

func (c *coverage) has(r rune) bool {
	for _, f := range c.fonts {
		if glyph, err := f.GlyphIndex(&c.buffer, r); err != nil || glyph == 0 {
			return false
		}
	}
	return true
}

func (c *coverage) check(x field) error {
	if !utf8.ValidString(x.text) {
		return &FieldError{Field: x.name, Rune: utf8.RuneError, Problem: "is not UTF-8", Remedy: "save the file as UTF-8"}
	}
	if n := utf8.RuneCountInString(x.text); n > maxText {
		return &FieldError{
			Field: x.name, Problem: fmt.Sprintf("has %d characters, a form has room for %d", n, maxText), Remedy: "shorten it",
		}
	}
	for _, r := range x.text {
		if !isBreak(r) && !c.has(r) {
			return &FieldError{
				Field: x.name, Rune: r, Problem: fmt.Sprintf("%q (%U) cannot be printed: the fonts of the forms do not have it", r, r),
				Remedy: remedyFor(r),
			}
		}
	}
	return nil
}

func remedyFor(r rune) string {
	switch {
	case unicode.Is(unicode.M, r):
		return "type the letter and its accent as one character (NFC), or leave the accent out"
	case unicode.IsLetter(r):
		return "write it in Latin, Greek or Cyrillic letters, as carriers do"
	}
	return "leave it out"
}
