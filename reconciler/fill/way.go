package fill

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"syscall"
)

// clear takes away what an older copy has left in the way of a path: a file where it needs a
// directory, or a directory where it needs a file. Keys come and go, and with them which of
// their parts are directories.
func (c *copying) clear(file string) error {
	if c.before == nil {
		return nil
	}
	if info, err := c.root.Lstat(file); err == nil {
		if info.IsDir() {
			return c.aside(file)
		}
		return nil
	} else if !errors.Is(err, syscall.ENOTDIR) {
		return nil // nothing is there, or the copy itself says what is wrong
	}
	dir := ""
	for name := range strings.SplitSeq(path.Dir(file), "/") {
		dir = path.Join(dir, name)
		if info, err := c.root.Lstat(dir); err == nil && !info.IsDir() {
			return c.aside(dir)
		} else if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	return nil
}
