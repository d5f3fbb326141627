package bundle

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/cargomedia/s3export/verify/lists"
)

// readmeText is what every drive says; the tests run its commands.
//
//go:embed readme.txt
var readmeText string

// readme writes README.txt, for somebody who finds the drive in ten years.
func (d Description) readme(w io.Writer) error {
	var facts strings.Builder
	fact := func(name, format string, args ...any) {
		fmt.Fprintf(&facts, "    %-10s %s\n", name, lists.Path(fmt.Sprintf(format, args...)))
	}
	fact("Backup", "%s, run %s", d.Backup, d.Run)
	if d.Set != "" {
		fact("Set", "%s", d.Set)
	}
	fact("Copied", "%s to %s", d.StartedAt.UTC().Format(time.RFC3339), d.EndedAt.UTC().Format(time.RFC3339))
	fact("By", "%s", d.Tool)
	fact("Drive", "%s", d.Device.text())
	fact("Objects", "%d, with %d bytes", d.Objects, d.Bytes)
	for _, r := range d.Ranges {
		fact("Source", "%s is in %s/", r, r.Directory)
	}
	if d.ContinueAfter != nil {
		fact("Full", "the drive had no room for what comes after s3://%s/%s", d.ContinueAfter.Bucket, d.ContinueAfter.Key)
	}
	if len(d.Keys) > 0 {
		fact("Encrypted", "opens with any of the keys called %s", strings.Join(d.Keys, ", "))
	}
	_, err := io.WriteString(w, strings.Replace(readmeText, "FACTS\n", facts.String(), 1))
	return err
}

func (d Device) text() string {
	text := d.Name
	for _, part := range []struct{ name, value string }{{"serial", d.Serial}, {"label", d.Label}} {
		if part.value != "" {
			text += ", " + part.name + " " + part.value
		}
	}
	return strings.TrimPrefix(text, ", ")
}
