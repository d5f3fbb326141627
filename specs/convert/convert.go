package convert

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
)

// Options are what the manifest does not say. All may be empty.
type Options struct {
	// Source names the manifest, such as its path; it stands in a comment, and the
	// name of the backup is made of it.
	Source string
	// Name of the backup.
	Name string
	// Region of the buckets.
	Region string
	// Serial of the drive, instead of the manifest's deviceId.
	Serial string
	// Image is a file that is used as the drive, instead of Serial.
	Image string
}

// Conversion is a spec that was made of a manifest.
type Conversion struct {
	// Backup is the spec, without defaults. It may lack what is to be filled in.
	Backup specs.Backup
	// Notes are what a person has to know, what is to be filled in first.
	Notes []Note

	source string
}

const (
	defaultRegion = "us-east-1"
	sheet         = "spec.manifest"
)

// FromManifest makes a spec of a manifest's text, tolerating all that
// manifest.ReadForm does. The error joins *manifest.Problem; it means that the
// text is no manifest at all.
func FromManifest(text []byte, o Options) (Conversion, error) {
	reading, err := manifest.ReadForm(text)
	if err != nil {
		return Conversion{}, err
	}
	var n notes
	m := reading.Manifest
	n.warnings(reading.Warnings)
	n.form(&m)
	b := specs.Backup{APIVersion: specs.APIVersion, Kind: specs.Kind}
	b.Metadata.Name = n.name(m, o)
	b.Spec.Phase = specs.Verified
	b.Spec.Provider.ImportExport = &specs.ImportExport{Region: n.region(o)}
	b.Spec.Device = n.device(m, o)
	b.Spec.Manifest = n.sheet(m, b.Metadata.Name)
	c := Conversion{Backup: b, source: o.Source}
	c.Notes = append(n, c.missing()...)
	c.Notes = c.ordered()
	return c, nil
}

// missing returns what validation says of the spec as it is.
func (c Conversion) missing() notes {
	_, err := specs.Decode("-", c.YAML(), specs.Options{})
	var all notes
	for _, p := range specs.Problems(err) {
		all = append(all, Note{FillIn, p.Field, strings.TrimPrefix(p.Problem+"; "+p.Remedy, "missing; ")})
	}
	return all
}

// FillIns counts what is to be filled in; 0 means that the spec is valid.
func (c Conversion) FillIns() int {
	n := 0
	for _, note := range c.Notes {
		if note.Kind == FillIn {
			n++
		}
	}
	return n
}

// warnings turns what the reader tolerated into notes. That spaces are missing
// means nothing for the spec.
func (n *notes) warnings(all []manifest.Warning) {
	for _, w := range all {
		line := w.Line
		switch {
		case w.Field == "targetDirectory":
			n.guess(sheet+".operations", "targetDirectory stood outside of the operations; here each operation that had none of its own has it")
		case strings.HasPrefix(w.Message, "not proper YAML"):
		default:
			w.Line = 0
			n.leaveOut("", fmt.Sprintf("line %d of the manifest: %s", line, w.Error()))
		}
	}
}

func (n *notes) region(o Options) string {
	if o.Region != "" {
		return o.Region
	}
	n.guess("spec.provider.importExport.region", defaultRegion+", because a manifest does not name its region; --region does")
	return defaultRegion
}

// name makes the name of the backup of the manifest's file, unless that says
// nothing, else of the first bucket.
func (n *notes) name(m manifest.Manifest, o Options) string {
	if o.Name != "" {
		return o.Name
	}
	file := filepath.Base(o.Source)
	from, name := "the file", label(strings.TrimSuffix(file, filepath.Ext(file)))
	if o.Source == "" || o.Source == "-" || name == "manifest" || name == "export-manifest" {
		name = ""
	}
	if name == "" && len(m.Operations) > 0 {
		from, name = "the bucket", label(m.Operations[0].ExportBucket)
	}
	if name == "" {
		from, name = "nothing, because neither file nor bucket has a name to use", "backup"
	}
	n.guess("metadata.name", fmt.Sprintf("%s, made of %s; --name gives another", name, from))
	return name
}

// label makes a DNS-1123 label of a text, empty when nothing is left.
func label(text string) string {
	text = regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(text), "-")
	return strings.Trim(text[:min(len(text), 63)], "-")
}
