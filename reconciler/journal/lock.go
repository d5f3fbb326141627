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
	"time"

	"golang.org/x/sys/unix"
)

// LockedError is the answer while another run has the lock.
type LockedError struct {
	What   string // the backup or directory
	Holder string // who, as the holder wrote it
}

// Error returns one line.
func (e *LockedError) Error() string {
	return fmt.Sprintf("%s is being worked on by %s", e.What, e.Holder)
}

// Lock implements reconciler.Journal with flock(2), which the kernel releases when
// the holder dies. A child that the holder was just starting may outlive it and keeps the
// lock until its exec: that is waited for. Temporary files that a killed holder has left
// are removed.
func (s *Store) Lock(ctx context.Context, backup string) (func() error, error) {
	release, err := LockFile(ctx, filepath.Join(s.Dir(backup), "lock"), fmt.Sprintf("backup %q", backup))
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

// LockFile takes the lock that a file at path stands for, as Lock does, until the function
// is called. The file and its directory are made where they are not there, and stay.
// what names what is locked.
func LockFile(ctx context.Context, path, what string) (func() error, error) {
	dir := filepath.Dir(path)
	if err := mkdir(dir); err != nil {
		return nil, failed("making", dir, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, failed("locking", path, err)
	}
	if err := acquire(ctx, f); err != nil {
		holder := holderOf(f)
		_ = f.Close()
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, syscall.EWOULDBLOCK):
			return nil, &LockedError{What: what, Holder: holder}
		}
		return nil, failed("locking", path, err)
	}
	if err := sign(f); err != nil {
		_ = f.Close()
		return nil, failed("locking", path, err)
	}
	return func() error { return release(f) }, nil
}

// release gives the lock up. A child between its fork and its exec has the file open too,
// and would keep a lock that is only closed.
func release(f *os.File) error {
	return errors.Join(unix.Flock(int(f.Fd()), unix.LOCK_UN), f.Close())
}

// How long an orphan is waited for, which has to read its program from a disk, and how
// often the lock is tried meanwhile.
const (
	orphanWait  = 10 * time.Second
	orphanPause = 20 * time.Millisecond
)

// acquire takes the lock. Only where the process is dead that says to have it, it waits.
func acquire(ctx context.Context, f *os.File) error {
	tick, end := time.NewTicker(orphanPause), time.NewTimer(orphanWait)
	defer tick.Stop()
	defer end.Stop()
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) || !isDead(holderOf(f)) {
			return err
		}
		select {
		case <-tick.C:
		case <-end.C:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// isDead reports whether a holder is of this host and has ended.
func isDead(holder string) bool {
	var pid int
	var host string
	if n, _ := fmt.Sscanf(holder, signature, &pid, &host); n != 2 || host != hostname() || pid <= 0 {
		return false
	}
	return errors.Is(unix.Kill(pid, 0), unix.ESRCH)
}

// signature is what a holder writes into the lock's file: its process and its host.
const signature = "process %d on %s"

func hostname() string {
	host, err := os.Hostname()
	if err != nil {
		return "this host"
	}
	return host
}

// sign leaves word of who holds the lock. It is a courtesy, the lock is the flock.
func sign(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(fmt.Appendf(nil, signature+"\n", os.Getpid(), hostname()), 0)
	return err
}

func holderOf(f *os.File) string {
	const most = 200
	text, err := io.ReadAll(io.NewSectionReader(f, 0, most))
	if err != nil || len(text) == 0 {
		return "another process"
	}
	return strings.TrimSpace(string(text))
}
