package fill

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// makeRoom removes what the oldest run has replaced; false when nothing is left but what
// this run has.
func (c *copying) makeRoom() (bool, error) {
	infos, err := c.places()
	if err != nil {
		return false, err
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

// discard removes what the spec has dropped, also of runs that were not ended: all that it
// gave way for is on the drive now, or is in the source no more.
func (c *copying) discard() error {
	if !c.drops() {
		return nil
	}
	infos, err := c.places()
	if err != nil {
		return err
	}
	left := len(infos)
	for _, i := range infos {
		if !strings.Contains(i.Name(), droppedMark) {
			continue
		}
		if err := c.root.RemoveAll(path.Join(replacedDir, i.Name())); err != nil {
			return c.trouble(i.Name(), err)
		}
		left--
	}
	if left > 0 || len(infos) == 0 {
		return nil
	}
	return c.trouble(replacedDir, c.root.Remove(replacedDir))
}

// places are the directories of what has given way.
func (c *copying) places() ([]os.FileInfo, error) {
	dir, err := c.root.Open(replacedDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, c.trouble(replacedDir, err)
	}
	defer func() { _ = dir.Close() }()
	infos, err := dir.Readdir(-1)
	return infos, c.trouble(replacedDir, err)
}
