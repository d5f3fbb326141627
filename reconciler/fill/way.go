package fill

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"syscall"
)

// clear takes away what an older copy has left in the way of a file: a file where it needs a
// directory, or a directory where it is to be. Keys come and go, and with them which of
// their parts are directories. Nothing is removed for it: the object is yet to be fetched, and
// may fail.
func (c *copying) clear(file string) error {
	info, err := c.root.Lstat(file)
	switch {
	case err == nil && info.IsDir():
		return c.stepAside(file)
	case errors.Is(err, syscall.ENOTDIR):
		return c.clearAbove(path.Dir(file))
	}
	return nil // nothing is there, or the copy itself says what is wrong
}

// clearAbove takes a file away that stands where a directory, or one above it, is to be.
func (c *copying) clearAbove(dir string) error {
	at := ""
	for name := range strings.SplitSeq(dir, "/") {
		at = path.Join(at, name)
		if info, err := c.root.Lstat(at); err == nil && !info.IsDir() {
			return c.stepAside(at)
		} else if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	return nil
}

// directory makes one that is an object itself.
func (c *copying) directory(dir string) error {
	if err := c.clearAbove(dir); err != nil {
		return err
	}
	return c.trouble(dir, c.root.MkdirAll(dir, 0o755))
}
