package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// LockedError is the answer of Lock while another run has the backup.
type LockedError struct {
	What   string // the backup or state directory
	Holder string // who, as the holder wrote it
}

// Error returns one line.
func (e *LockedError) Error() string {
	return fmt.Sprintf("%s is being worked on by %s", e.What, e.Holder)
}

// Lock implements reconciler.Journal with flock(2), which the kernel releases when
// the holder dies. Temporary files that a killed holder has left are removed.
func (s *Store) Lock(_ context.Context, backup string) (func() error, error) {
	release, err := lock(s.Dir(backup), fmt.Sprintf("backup %q", backup))
	if err != nil {
		return nil, err
	}
	if err := sweep(s.Dir(backup)); err != nil {
		return nil, errors.Join(failed("tidying", s.Dir(backup), err), release())
	}
	return release, nil
}

// sweep removes the temporary files of WriteFile below dir.
func sweep(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	err = fs.WalkDir(root.FS(), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || !strings.HasPrefix(e.Name(), ".") || !strings.HasSuffix(e.Name(), ".tmp") {
			return err
		}
		return root.Remove(path)
	})
	return errors.Join(err, root.Close())
}

func lock(dir, what string) (func() error, error) {
	path := filepath.Join(dir, "lock")
	if err := mkdir(dir); err != nil {
		return nil, failed("making", dir, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, failed("locking", path, err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		holder := holderOf(f)
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, &LockedError{What: what, Holder: holder}
		}
		return nil, failed("locking", path, err)
	}
	if err := sign(f); err != nil {
		_ = f.Close()
		return nil, failed("locking", path, err)
	}
	return f.Close, nil
}

// sign leaves word of who holds the lock. It is a courtesy, the lock is the flock.
func sign(f *os.File) error {
	host, err := os.Hostname()
	if err != nil {
		host = "this host"
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(fmt.Sprintf("process %d on %s\n", os.Getpid(), host)), 0)
	return err
}

func holderOf(f *os.File) string {
	text, err := io.ReadAll(io.LimitReader(f, 200))
	if err != nil || len(text) == 0 {
		return "another process"
	}
	return strings.TrimSpace(string(text))
}
