package fill

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/cargomedia/s3export/specs"
)

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
		if unread, ok := errors.AsType[*walkError](err); ok {
			return c.trouble(unread.dir, unread.error)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// directories are those of the ranges, each once, in the order of the files in them: those
// of a-b come before those of a. None is in another.
func (c *copying) directories() []string {
	var all []string
	for _, r := range c.doc.Ranges() {
		all = append(all, strings.Trim(r.Directory, "/"))
	}
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(a+"/", b+"/") })
	return slices.Compact(all)
}

// walkError is of a directory that cannot be read.
type walkError struct {
	dir string
	error
}

// walk gives the files below a directory in the byte order of their paths.
func walk(ctx context.Context, root *os.Root, dir string, yield func(file string) error) error {
	all, err := list(root, dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil // nothing is in it, or a file is in its way
	}
	if err != nil {
		return &walkError{dir, err}
	}
	for _, name := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		below, isDir := strings.CutSuffix(name, "/")
		if isDir {
			err = walk(ctx, root, path.Join(dir, below), yield)
		} else {
			err = yield(path.Join(dir, name))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list returns the names in a directory; those of directories end with a slash, and sort
// where their files do. Only names are held: of a million files some 50 MB.
func list(root *os.Root, dir string) (names []string, err error) {
	d, err := root.Open(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	for {
		some, err := d.ReadDir(1024)
		for _, e := range some {
			if e.IsDir() {
				names = append(names, e.Name()+"/")
				continue
			}
			names = append(names, e.Name())
		}
		if errors.Is(err, io.EOF) {
			slices.Sort(names)
			return names, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
