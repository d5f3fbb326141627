package fill

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
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

// aside takes a file or a directory away that gives way: it is moved, or removed where the
// spec says so. A repeat, for a file that is there again, keeps the oldest content.
func (c *copying) aside(file string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fact.Replaced++
	if c.bad[file] == verify.Differ || c.doc.Spec.Provider.Pull.Replaced == specs.ReplacedDrop { // what differs is a copy of nothing
		return c.trouble(file, c.root.RemoveAll(file))
	}
	return c.moveAway(file)
}

// vacate takes an older state of an object away that is left out: the drive does not say
// that it has it. It may be the last copy, so it is not removed, whatever the spec says.
func (c *copying) vacate(file string) error {
	if _, err := c.root.Lstat(file); err != nil {
		return nil // nothing is there
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fact.Replaced++
	return c.moveAway(file)
}

func (c *copying) moveAway(file string) error {
	for n := range mostPlaces {
		err := c.move(file, path.Join(replacedDir, place(c.doc.Spec.Run, n), file))
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, syscall.ENOTDIR) {
			return c.trouble(file, err)
		}
	}
	return c.trouble(file, fs.ErrExist)
}

// place is a directory of what a run has replaced. Runs have no ~ in their names.
func place(run string, n int) string {
	if n == 0 {
		return run
	}
	return fmt.Sprintf("%s~%d", run, n)
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

// makeRoom removes what the oldest run has replaced; false when nothing is left but what
// this run has.
func (c *copying) makeRoom() (bool, error) {
	dir, err := c.root.Open(replacedDir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, c.trouble(replacedDir, err)
	}
	defer func() { _ = dir.Close() }()
	infos, err := dir.Readdir(-1)
	if err != nil {
		return false, c.trouble(replacedDir, err)
	}
	infos = slices.DeleteFunc(infos, func(i os.FileInfo) bool {
		run, _, _ := strings.Cut(i.Name(), "~")
		return run == c.doc.Spec.Run
	})
	if len(infos) == 0 {
		return false, nil
	}
	oldest := slices.MinFunc(infos, func(a, b os.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	return true, c.trouble(oldest.Name(), c.root.RemoveAll(path.Join(replacedDir, oldest.Name())))
}
