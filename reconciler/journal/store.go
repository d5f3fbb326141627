package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cargomedia/s3export/reconciler"
)

// Store is a reconciler.Journal in a directory. It is safe for concurrent use,
// also by several processes.
type Store struct{ dir string }

// New returns the journal in dir, which need not exist yet.
func New(dir string) *Store { return &Store{dir: dir} }

// Dir returns the directory of a backup's files.
func (s *Store) Dir(backup string) string { return filepath.Join(s.dir, "backups", backup) }

// RunDir returns the directory of a run's files.
func (s *Store) RunDir(backup, run string) string {
	return filepath.Join(s.Dir(backup), "runs", run)
}

func (s *Store) recordPath(backup string) string {
	return filepath.Join(s.Dir(backup), "record.json")
}

// Load implements reconciler.Journal.
func (s *Store) Load(_ context.Context, backup string) (reconciler.Record, error) {
	path := s.recordPath(backup)
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return reconciler.Record{FormatVersion: reconciler.RecordVersion, Name: backup}, nil
	}
	if err != nil {
		return reconciler.Record{}, failed("reading", path, err)
	}
	return decode(path, data)
}

func decode(path string, data []byte) (reconciler.Record, error) {
	var r reconciler.Record
	if err := json.Unmarshal(data, &r); err != nil {
		return r, &reconciler.FileError{Op: "reading", Path: path, Err: err, Remedy: "the record is damaged: restore the file from a copy; do not delete it, it knows of jobs and drives"}
	}
	if r.FormatVersion > reconciler.RecordVersion {
		return r, &reconciler.FileError{Op: "reading", Path: path, Err: fmt.Errorf("format version %d is newer than this program knows", r.FormatVersion), Remedy: "use the newer s3export that wrote it"}
	}
	r.Version = version(data)
	return r, nil
}

func version(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Save implements reconciler.Journal.
func (s *Store) Save(ctx context.Context, r reconciler.Record) (reconciler.Record, error) {
	path := s.recordPath(r.Name)
	now, err := s.Load(ctx, r.Name)
	if err != nil {
		return r, err
	}
	if now.Version != r.Version {
		return r, &reconciler.FileError{Op: "writing", Path: path, Err: errors.New("the record was changed by another run"), Remedy: "run the same again"}
	}
	saved, err := writeJSON(path, r)
	if err == nil {
		r.Version = saved
	}
	return r, err
}

// writeJSON writes a record that a tired person can read, and returns its version.
func writeJSON(path string, record any) (string, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(record); err != nil {
		return "", failed("writing", path, err)
	}
	err := WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(buf.Bytes())
		return err
	})
	return version(buf.Bytes()), err
}

// List returns the records of all backups, sorted by name. One that cannot be read
// does not hide the others: they are returned beside the error.
func (s *Store) List(ctx context.Context) ([]reconciler.Record, error) {
	dir := filepath.Join(s.dir, "backups")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, failed("reading", dir, err)
	}
	var all []reconciler.Record
	var damaged []error
	for _, e := range entries {
		r, err := s.Load(ctx, e.Name())
		switch {
		case err != nil:
			damaged = append(damaged, err)
		case r.Version != "":
			all = append(all, r)
		}
	}
	return all, errors.Join(damaged...)
}
