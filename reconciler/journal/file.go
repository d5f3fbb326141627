package journal

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/cargomedia/s3export/reconciler"
)

func failed(op, path string, err error) error {
	if err == nil {
		return nil
	}
	remedy := "check that the state directory exists and is writable for this user, or choose another with --state"
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		remedy = "make room on the file system of the state directory, then run the same again: nothing is lost"
	case errors.Is(err, syscall.EFBIG):
		remedy = "raise the limit on the size of files (`ulimit -f`), then run the same again: nothing is lost"
	}
	return &reconciler.FileError{Op: op, Path: path, Remedy: remedy, Err: err}
}

// WriteFile replaces the file at path with what write writes, durably and as a
// whole: temporary file, fsync, rename, fsync of the directory. Missing
// directories are made with mode 0700; the file has mode 0600. When it returns an
// error the old file is as it was.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	if err := mkdir(dir); err != nil {
		return failed("making", dir, err)
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return failed("writing", path, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		if _, ours := errors.AsType[*os.PathError](err); ours {
			return failed("writing", path, err)
		}
		return err
	}
	if err := f.Sync(); err != nil {
		return failed("writing", path, err)
	}
	if err := f.Close(); err != nil {
		return failed("writing", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return failed("writing", path, err)
	}
	return failed("writing", path, syncDir(dir))
}

// mkdir makes the directory and its parents, each durable in its parent.
func mkdir(dir string) error {
	if fi, err := os.Stat(dir); err == nil && fi.IsDir() {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := mkdir(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return syncDir(parent)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if err2 := d.Close(); err == nil {
		err = err2
	}
	return err
}
