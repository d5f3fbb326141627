package specs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

// resolver makes a Document of a decoded Backup: its rules, its manifest, its
// digest and its paths. Problems go to the walker, which knows their places.
type resolver struct {
	doc    *Document
	walker *walker
	base   string // directory that relative paths are relative to
}

func (r *resolver) resolve() {
	for _, rule := range rules() {
		rule(r, r.doc.Backup)
	}
	spec := r.doc.Spec
	switch {
	case spec.Provider.Pull != nil: // which has no manifest; checkMembers says so
	case spec.ManifestFrom != nil && spec.ManifestFrom.File != "":
		r.readManifest(spec.ManifestFrom.File)
	case spec.Manifest != nil:
		r.doc.Manifest = spec.Manifest
		r.checkSources(*spec.Manifest)
		for _, p := range manifest.Check(*spec.Manifest, r.setting(false)) {
			r.manifestProblem(p)
		}
	}
	r.warnOfGaps()
	r.doc.Digest = digest(r.doc)
	r.resolvePaths()
}

func (r *resolver) setting(complete bool) manifest.Setting {
	return manifest.Setting{
		Serial: r.doc.Spec.Device.Serial, Region: r.doc.Service().Region, From: r.doc.Spec.Paperwork.From, Complete: complete,
	}
}

// manifestProblem reports a problem of spec.manifest, or of the sender's address,
// which counts for the way of the parcel.
func (r *resolver) manifestProblem(p manifest.Problem) {
	field := strings.TrimSuffix("spec.manifest."+p.Field, ".")
	if isSender(p) {
		field = "spec.paperwork." + p.Field
	}
	if p.Minor {
		r.warn(field, p.Message, p.Remedy)
		return
	}
	r.problem(field, p.Message, p.Remedy)
}

func isSender(p manifest.Problem) bool { return strings.HasPrefix(p.Field, "from.") }

// readManifest reads the text of manifestFrom. Its problems stand in that file.
func (r *resolver) readManifest(written string) {
	const field = "spec.manifestFrom.file"
	path := written
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.base, path)
	}
	text, err := readRegular(path, manifest.MaxText)
	if err != nil {
		r.add(FieldError{
			Field: field, Problem: fmt.Sprintf("the manifest %s %s", quote(written), fileProblem(err)),
			Remedy: "correct the path, which is relative to the spec file, or put the manifest there", cause: err,
		})
		return
	}
	reading, err := manifest.Read(text)
	for _, p := range manifest.Problems(err) {
		r.inManifest(path, p)
	}
	if err != nil {
		return
	}
	m := reading.Manifest
	for _, p := range append(reading.Warnings, manifest.Check(m, r.setting(true))...) {
		if isSender(p) {
			r.manifestProblem(p)
			continue
		}
		if p.Line == 0 {
			p.Line = reading.Line(p.Field)
		}
		r.inManifest(path, p)
	}
	if len(m.Secrets()) > 0 {
		r.doc.Warnings = append(r.doc.Warnings, FieldError{
			File: path, Line: max(reading.Line("pinCode"), reading.Line("trueCryptPassword")),
			Problem: "a secret stands in the manifest itself",
			Remedy:  "let nobody else read the file, or write the manifest into the spec with a secret source",
		})
	}
	m.Operations = withDirectories(m)
	r.doc.Manifest, r.doc.ManifestText = &m, secret.NewValue(string(text))
}

func (r *resolver) inManifest(path string, p manifest.Problem) {
	e := FieldError{File: path, Line: p.Line, Field: p.Field, Problem: p.Message, Remedy: p.Remedy}
	if p.Minor {
		r.doc.Warnings = append(r.doc.Warnings, e)
		return
	}
	r.walker.problems = append(r.walker.problems, e)
}

// resolvePaths makes the paths of the document absolute. What holds them is
// copied before, because the digest was taken of the paths as they are written.
func (r *resolver) resolvePaths() {
	spec := &r.doc.Spec
	if spec.ManifestFrom != nil {
		spec.ManifestFrom = &ManifestFrom{File: r.path(spec.ManifestFrom.File)}
	}
	spec.Device.Image = r.path(spec.Device.Image)
	spec.Paperwork.Directory = r.path(spec.Paperwork.Directory)
	if e := spec.Device.Encryption; e != nil && e.LUKS2 != nil {
		keys := slices.Clone(e.LUKS2.Keys)
		for i := range keys {
			keys[i].Secret = r.source(keys[i].Secret)
		}
		spec.Device.Encryption = &Encryption{LUKS2: &LUKS2{Keys: keys}}
	}
	if spec.Manifest == nil {
		return
	}
	m := *spec.Manifest
	m.PinCode, m.TrueCryptPassword = r.source(m.PinCode), r.source(m.TrueCryptPassword)
	spec.Manifest, r.doc.Manifest = &m, &m
}

// source returns a secret source whose path is absolute.
func (r *resolver) source(written *secret.Source) *secret.Source {
	if written == nil {
		return nil
	}
	s := *written
	s.File = r.path(s.File)
	return &s
}

func (r *resolver) path(written string) string {
	if written == "" || filepath.IsAbs(written) {
		return written
	}
	path := filepath.Join(r.base, written)
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return path
}

func (r *resolver) problem(field, problem, remedy string) {
	r.add(FieldError{Field: field, Problem: problem, Remedy: remedy})
}

// parsed reports the errors of a Parse of this package.
func (r *resolver) parsed(field string, err error) {
	for _, e := range Problems(err) {
		at := field
		if e.Field != "" {
			at = under(field, e.Field)
		}
		r.problem(at, e.Problem, e.Remedy)
	}
}

func (r *resolver) warn(field, problem, remedy string) {
	e := r.placed(FieldError{Field: field, Problem: problem, Remedy: remedy})
	r.doc.Warnings = append(r.doc.Warnings, e)
}

func (r *resolver) add(e FieldError) {
	if !r.walker.isSilent(e.Field) {
		r.walker.problems = append(r.walker.problems, r.placed(e))
	}
}

func (r *resolver) placed(e FieldError) FieldError {
	p := r.walker.locate(e.Field)
	e.File, e.Line, e.Column = r.walker.file, p.line, p.column
	return e
}

// base returns the directory that the paths of a file are relative to.
func base(file string, o Options) string {
	if file == "-" {
		return o.Dir
	}
	return filepath.Dir(file)
}

// readRegular reads a regular file of at most most bytes, and one byte more of a
// larger one, so that the reader can tell.
func readRegular(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return io.ReadAll(io.LimitReader(f, most+1))
}

var errNotRegular = errors.New("not a regular file")

// fileProblem says what is wrong with a file, without its path.
func fileProblem(err error) string {
	var path *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "may not be read by this user"
	case errors.Is(err, errNotRegular):
		return "is not a regular file"
	case errors.As(err, &path):
		return "cannot be read: " + path.Err.Error()
	}
	return "cannot be read: " + err.Error()
}
