package fill

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify/bundle"
)

// replacedDir holds what has given way to something newer, by run.
const replacedDir = bundle.Dir + "/" + bundle.ReplacedName

// aside takes a file away that gives way: it is moved, or removed where the spec says so.
// A repeat, for a file that is there again, keeps the oldest content.
func (c *copying) aside(file string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fact.Replaced++
	if c.order.Repair != "" || c.doc.Spec.Provider.Pull.Replaced == specs.ReplacedDrop { // what a proof calls bad is a copy of nothing
		return c.trouble(file, c.root.RemoveAll(file))
	}
	to := path.Join(replacedDir, c.doc.Spec.Run, file)
	if _, err := c.root.Lstat(to); err == nil {
		return c.trouble(file, c.root.RemoveAll(file))
	}
	if err := c.root.MkdirAll(path.Dir(to), 0o755); err != nil {
		return c.trouble(to, err)
	}
	return c.trouble(file, c.root.Rename(file, to))
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
	infos = slices.DeleteFunc(infos, func(i os.FileInfo) bool { return i.Name() == c.doc.Spec.Run })
	if len(infos) == 0 {
		return false, nil
	}
	oldest := slices.MinFunc(infos, func(a, b os.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	return true, c.trouble(oldest.Name(), c.root.RemoveAll(path.Join(replacedDir, oldest.Name())))
}

// prune takes files away that are no objects of the source, where the spec wants that.
func (c *copying) prune(ctx context.Context) error {
	if c.doc.Spec.Provider.Pull.Prune != specs.PruneExtra {
		return nil
	}
	wanted := newCursor(entries(c.baseline(ctx)))
	defer wanted.stop()
	for _, dir := range c.directories() {
		err := walk(ctx, c.root, dir, func(file string) error {
			if _, ok := wanted.to(file); ok || wanted.err != nil {
				return wanted.err
			}
			c.fact.Pruned++
			return c.aside(file)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// directories are those of the ranges, in order, each once.
func (c *copying) directories() []string {
	var all []string
	for _, r := range c.doc.Ranges() {
		all = append(all, strings.Trim(r.Directory, "/"))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// walk gives the files below a directory in the byte order of their paths.
func walk(ctx context.Context, root *os.Root, dir string, yield func(file string) error) error {
	d, err := root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	infos, err := d.ReadDir(-1)
	if err2 := d.Close(); err == nil {
		err = err2
	}
	if err != nil {
		return err
	}
	slices.SortFunc(infos, func(a, b fs.DirEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	for _, i := range infos {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := path.Join(dir, i.Name())
		if i.IsDir() {
			err = walk(ctx, root, name, yield)
		} else {
			err = yield(name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sortName has a directory where its files sort.
func sortName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}
