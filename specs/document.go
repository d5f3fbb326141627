package specs

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

// Document is a Backup that was loaded, given its defaults, validated and
// digested. Paths in it are absolute. It is immutable; copies share its maps and
// slices.
type Document struct {
	Backup
	// File is where the document was read from, "-" for standard input.
	File string
	// Line is where the document begins in File, counted from 1.
	Line int
	// Digest is "sha256:" and hex over name, spec and manifest, with defaults and
	// with paths as they are written; labels, annotations and secret values never
	// enter it.
	Digest string
	// Manifest is the resolved manifest, from spec.manifest or spec.manifestFrom,
	// with a targetDirectory in each operation.
	Manifest *manifest.Manifest
	// ManifestText is the text of manifestFrom.file as read, empty otherwise.
	ManifestText secret.Value
	// Warnings are problems that do not refuse the document, such as a literal
	// secret in a manifest file.
	Warnings []FieldError
}

// FieldError is a problem of one field of a spec file. It implements error as
// "file:line:col: field: problem; remedy".
type FieldError struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Field   string `json:"field,omitempty"` // as in spec.device.serial or spec.manifest.operations[0].prefix
	Problem string `json:"problem"`
	Remedy  string `json:"remedy"`

	cause error
}

// Selector returns the canonical text of the device's selector, such as
// "serial=WD-WCC4E0000000", for the mark of a run. It stays the same when the
// spec moves to another directory: of an image only the file's name counts.
func (d Document) Selector() string {
	v := d.Spec.Device
	switch {
	case v.Serial != "":
		return "serial=" + v.Serial
	case v.WWN != "":
		return "wwn=" + canonicalWWN(v.WWN)
	case v.ByID != "":
		return "byID=" + v.ByID
	case v.Image != "":
		return "image=" + filepath.Base(v.Image)
	}
	return ""
}

func canonicalWWN(wwn string) string {
	wwn = strings.TrimPrefix(strings.ToLower(wwn), "wwn-")
	if m := regexp.MustCompile(`^(?:0x|naa\.)?([0-9a-f]+)$`).FindStringSubmatch(wwn); m != nil {
		return "0x" + m[1]
	}
	return wwn
}

// DeviceID returns the manifest's deviceId as far as the spec alone tells: the one
// that is given, else the serial that selects the device, else IMG-<name> for an
// image. It is empty for a disk selected by wwn or byID, whose observed serial is
// to be used.
func (d Document) DeviceID() string {
	switch {
	case d.Manifest != nil && d.Manifest.DeviceID != "":
		return d.Manifest.DeviceID
	case d.Spec.Device.Serial != "":
		return d.Spec.Device.Serial
	case d.Spec.Device.Image != "":
		return "IMG-" + d.Metadata.Name
	}
	return ""
}

// Sender returns the address that the parcel leaves from: that of the paperwork, else
// the return address.
func (d Document) Sender() manifest.Address {
	switch {
	case d.Spec.Paperwork.From != nil:
		return *d.Spec.Paperwork.From
	case d.Manifest != nil && d.Manifest.ReturnAddress != nil:
		return *d.Manifest.ReturnAddress
	}
	return manifest.Address{}
}

// Operations returns what the manifest exports, each with its directory on the
// device.
func (d Document) Operations() []manifest.Operation {
	if d.Manifest == nil {
		return nil
	}
	return withDirectories(*d.Manifest)
}

// SecretSources returns where the secrets of the manifest, and the keys of an
// encrypted drive, are to be read from. Literal ones are included; they need no
// reading.
func (d Document) SecretSources() []secret.Source {
	var all []secret.Source
	if d.Manifest != nil {
		all = d.Manifest.Secrets()
	}
	for _, k := range d.Keys() {
		if k.Secret != nil {
			all = append(all, *k.Secret)
		}
	}
	return all
}

// Keys returns the keys that open the drive, the one that is used first; nil for a
// drive that is not encrypted by us.
func (d Document) Keys() []NamedKey {
	if e := d.Spec.Device.Encryption; e != nil && e.LUKS2 != nil {
		return slices.Clone(e.LUKS2.Keys)
	}
	return nil
}

// ManifestFor returns the manifest text to send for a device, generator being the
// mark of the run. Secrets are read by resolve. Of a text from manifestFrom only
// the generator is put in or replaced.
func (d Document) ManifestFor(
	ctx context.Context, deviceID, generator string, resolve manifest.Resolve,
) (secret.Value, error) {
	m, err := d.manifestOn(deviceID)
	if err != nil {
		return secret.Value{}, err
	}
	if !d.ManifestText.IsEmpty() {
		text, err := manifest.SetGenerator(d.ManifestText, generator)
		if err != nil {
			return secret.Value{}, fmt.Errorf("manifest %q: %w", d.Spec.ManifestFrom.File, err)
		}
		return text, nil
	}
	m.Generator = generator
	if m, err = m.WithSecrets(ctx, resolve); err != nil {
		return secret.Value{}, fmt.Errorf("manifest of %q: %w", d.Metadata.Name, err)
	}
	return m.Text()
}

// ShownManifest is ManifestFor without reading secrets: secret.Redacted stands in
// their place.
func (d Document) ShownManifest(deviceID, generator string) (string, error) {
	hidden := func(context.Context, secret.Source) (secret.Value, error) {
		return secret.NewValue(secret.Redacted), nil
	}
	text, err := d.ManifestFor(context.Background(), deviceID, generator, hidden)
	if err != nil {
		return "", err
	}
	return manifest.Redact(text)
}

// ManifestDigest returns manifest.Digest of the manifest for a device, to be
// compared with that of a job. It is empty when ManifestFor would fail.
func (d Document) ManifestDigest(deviceID string) string {
	m, err := d.manifestOn(deviceID)
	if err != nil {
		return ""
	}
	return manifest.Digest(m)
}

// manifestOn returns the manifest with the id of a device.
func (d Document) manifestOn(deviceID string) (manifest.Manifest, error) {
	if d.Manifest == nil {
		return manifest.Manifest{}, &FieldError{
			File: d.File, Line: d.Line, Field: "spec.manifest", Problem: "missing", Remedy: "write manifest or manifestFrom",
		}
	}
	m := *d.Manifest
	switch {
	case deviceID == "" && m.DeviceID == "":
		return manifest.Manifest{}, &FieldError{
			File: d.File, Line: d.Line, Field: "spec.manifest.deviceId", Problem: "the serial number of the drive is not known",
			Remedy: "plug the drive in, or write deviceId",
		}
	case m.DeviceID == "":
		m.DeviceID = deviceID
	case deviceID != "" && deviceID != m.DeviceID:
		return manifest.Manifest{}, &FieldError{
			File: d.File, Line: d.Line, Field: "spec.manifest.deviceId",
			Problem: fmt.Sprintf("%s is not %s, the serial number of the drive", quote(m.DeviceID), quote(deviceID)),
			Remedy:  "plug in the right drive, or correct deviceId",
		}
	}
	return m, nil
}

// Ranges returns what is copied, each range with its directory on the device: of the
// source, or of the manifest's operations.
func (d Document) Ranges() []Range {
	if d.Spec.Source != nil {
		return withBucketDirectories(d.Spec.Source.Ranges)
	}
	var all []Range
	for _, o := range d.Operations() {
		all = append(all, Range{
			Bucket: o.ExportBucket, Prefix: o.Prefix, After: o.BeginMarker, Through: o.EndMarker, Directory: o.TargetDirectory,
		})
	}
	return all
}

// Service returns where and as whom the provider is spoken to.
func (d Document) Service() Service {
	switch p := d.Spec.Provider; {
	case p.ImportExport != nil:
		return Service{Region: p.ImportExport.Region, Profile: p.ImportExport.Profile, Endpoint: p.ImportExport.Endpoint, S3Endpoint: p.ImportExport.S3Endpoint}
	case p.Pull != nil:
		return Service{Region: p.Pull.Region, Profile: p.Pull.Profile, S3Endpoint: p.Pull.S3Endpoint}
	}
	return Service{}
}

// Service is where and as whom a provider is spoken to.
type Service struct {
	Region     string // of the buckets; empty: what AWS's own configuration says
	Profile    string // of AWS's shared configuration; empty: the default
	Endpoint   string // URL of the provider's service; empty: AWS's own
	S3Endpoint string // URL of the buckets; empty: AWS's own
}
