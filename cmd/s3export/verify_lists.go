package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/lists"
)

// listFlags name the files that the results are written into; "-" is stdout.
type listFlags struct {
	combined, match, differ, missingOnDevice, missingOnS3, failed, unverifiable, sums string
}

func (l *listFlags) flags(c *cobra.Command) {
	for _, f := range []struct {
		to         *string
		name, text string
	}{
		{&l.combined, "combined", "write every path behind its mark (= + - * ! ?, as rclone check does)"},
		{&l.match, "match", "write the paths that are equal"},
		{&l.differ, "differ", "write the paths that differ"},
		{&l.missingOnDevice, "missing-on-device", "write the paths that only S3 has"},
		{&l.missingOnS3, "missing-on-s3", "write the paths that only the drive has"},
		{&l.failed, "error", "write the paths that could not be read or asked about"},
		{&l.unverifiable, "unverifiable", "write the paths that nothing proves"},
		{&l.sums, "sha256sums", "write the SHA-256 of all that was read, for sha256sum -c"},
	} {
		c.Flags().StringVar(f.to, f.name, "", f.text+"; a file, or - for standard output (without NAME)")
	}
}

func (l *listFlags) any() bool { return *l != listFlags{} }

// lists are the files that results are written into. They take their names when the
// run has ended.
type resultLists struct {
	set    lists.Set
	stdout bool
	files  []*listFile
}

type listFile struct {
	name string // that it will have; empty: stdout
	file *os.File
	out  *bufio.Writer
}

func (a *app) openLists(l listFlags) (*resultLists, error) {
	all := &resultLists{}
	stdout := &listFile{out: bufio.NewWriter(a.stdout)} // one for all, so that lines stay whole
	for _, one := range []struct {
		name string
		to   *io.Writer
	}{
		{l.combined, &all.set.Combined}, {l.match, &all.set.Match}, {l.differ, &all.set.Differ},
		{l.missingOnDevice, &all.set.MissingOnDevice}, {l.missingOnS3, &all.set.MissingOnS3},
		{l.failed, &all.set.Error}, {l.unverifiable, &all.set.Unverifiable}, {l.sums, &all.set.SHA256SUMS},
	} {
		if one.name == "" {
			continue
		}
		f := stdout
		if one.name != "-" {
			f = &listFile{}
			if err := f.create(a.path(one.name)); err != nil {
				all.close()
				return nil, fail(exitUsage, "Usage", err.Error(), "name a file in a directory that is there and can be written to")
			}
		} else {
			all.stdout = true
		}
		all.files = append(all.files, f)
		*one.to = f.out
	}
	return all, nil
}

func (f *listFile) create(name string) error {
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.tmp")
	if err != nil {
		return err
	}
	f.name, f.file, f.out = name, file, bufio.NewWriter(file)
	return nil
}

// sink takes results; nil: nobody wants them.
func (l *resultLists) sink() verify.Sink {
	if !l.set.Any() {
		return nil
	}
	return &l.set
}

// sums reports whether content is to be hashed for people.
func (l *resultLists) sums() bool { return l.set.SHA256SUMS != nil }

// finish gives the files their names.
func (l *resultLists) finish() error {
	for _, f := range l.files {
		if err := f.finish(); err != nil {
			return fail(exitError, "ListUnwritten", err.Error(), "make room there, or name another file; then run the same again")
		}
	}
	return nil
}

func (f *listFile) finish() error {
	if err := f.out.Flush(); err != nil || f.file == nil {
		return err
	}
	if err := errors.Join(f.file.Chmod(0o644), f.file.Sync(), f.file.Close()); err != nil {
		return err
	}
	name := f.file.Name()
	f.file = nil
	return os.Rename(name, f.name)
}

// close drops what was not finished.
func (l *resultLists) close() {
	for _, f := range l.files {
		if f.file != nil {
			_ = f.file.Close()
			_ = os.Remove(f.file.Name())
		}
	}
}
