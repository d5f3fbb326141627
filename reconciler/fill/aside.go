package fill

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"syscall"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
)

// replacedDir holds what has given way to something newer, by run.
const replacedDir = bundle.Dir + "/" + bundle.ReplacedName

// mostPlaces is how many directories a run may have there. It needs a second one only where
// something gives way whose name the first one has for something else.
const mostPlaces = 1000

// droppedMark is behind the run in the name of a directory that is removed when a copy has
// ended: of what the spec has dropped, but the object for which it gave way was not yet there.
const droppedMark = "~dropped"

// aside takes a file or a directory away whose path an object takes that is here, or that is
// of no object any more: it is moved, or removed where the spec says so. A repeat, for a file that is there again, keeps the oldest content.
func (c *copying) aside(file string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fact.Replaced++
	if c.bad[file] == verify.Differ || c.drops() { // what differs is a copy of nothing
		return c.trouble(file, c.root.RemoveAll(file))
	}
	return c.moveAway(file, c.doc.Spec.Run)
}

// stepAside moves away what is in the way of an object that is not here yet, until the copy
// has ended where the spec has it dropped.
func (c *copying) stepAside(file string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fact.Replaced++
	if c.drops() {
		return c.moveAway(file, c.doc.Spec.Run+droppedMark)
	}
	return c.moveAway(file, c.doc.Spec.Run)
}

func (c *copying) drops() bool { return c.doc.Spec.Provider.Pull.Replaced == specs.ReplacedDrop }

// vacate takes an older state of an object away that is left out: the drive does not say
// that it has it. It may be the last copy, so it is not removed, whatever the spec says.
func (c *copying) vacate(file string) error {
	if _, err := c.root.Lstat(file); err != nil {
		return nil // nothing is there
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fact.Replaced++
	return c.moveAway(file, c.doc.Spec.Run)
}

func (c *copying) moveAway(file, into string) error {
	for n := range mostPlaces {
		err := c.move(file, path.Join(replacedDir, place(into, n), file))
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, syscall.ENOTDIR) {
			return c.trouble(file, err)
		}
	}
	return c.trouble(file, fs.ErrExist)
}

// place is one of the directories of a name. Runs have no ~ in their names.
func place(name string, n int) string {
	if n == 0 {
		return name
	}
	return fmt.Sprintf("%s~%d", name, n)
}

// move fails with fs.ErrExist or ENOTDIR where something else stands.
func (c *copying) move(file, to string) error {
	info, err := c.root.Lstat(file)
	if err != nil {
		return err
	}
	if info.IsDir() && c.root.Remove(file) == nil {
		return nil // it was empty
	}
	switch there, err := c.root.Lstat(to); {
	case err == nil && info.Mode().IsRegular() && there.Mode().IsRegular():
		return c.root.Remove(file)
	case err == nil:
		return fs.ErrExist
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := c.root.MkdirAll(path.Dir(to), 0o755); err != nil {
		return err
	}
	return c.root.Rename(file, to)
}
