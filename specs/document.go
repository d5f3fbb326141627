package specs

import (
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
	// Digest is "sha256:" and hex over the canonical document and the manifest
	// text; secret values never enter it.
	Digest string
	// Manifest is the resolved manifest, from spec.manifest or spec.manifestFrom.
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
}
