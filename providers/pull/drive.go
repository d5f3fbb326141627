package pull

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/providers"
)

const (
	ours = ".s3export"
	// Staging is where files are written before they get their names, below the root of a
	// drive. It is gone when a copy has ended well.
	Staging = ours + "/incoming"

	dirMode  = 0o755
	fileMode = 0o644
)

// drive is the directory that is copied to. Its methods are for one goroutine at a time,
// but for staging, which is safe for concurrent use.
type drive struct {
	root    *os.Root
	staging *os.Root
	top     *os.File // for syncfs
	good    string   // the directory that was made or looked at last

	from   *os.File // staging, to rename from
	parent *os.File // the directory that a file was last named in; nil: none
	in     string   // its path
}

func openDrive(root *os.Root) (*drive, error) {
	d := &drive{root: root}
	if err := d.ensure(providers.Item{}, Staging); err != nil {
		return nil, err
	}
	var err error
	if d.staging, err = root.OpenRoot(Staging); err != nil {
		return nil, err
	}
	if d.top, err = root.Open("."); err != nil {
		return nil, errors.Join(err, d.staging.Close())
	}
	if d.from, err = root.Open(Staging); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (d *drive) close() error {
	err := errors.Join(d.staging.Close(), d.top.Close(), d.leave())
	if d.from != nil {
		err = errors.Join(err, d.from.Close())
	}
	return err
}

// enter opens the directory that a file is to be named in, which is there.
func (d *drive) enter(dir string) (err error) {
	if d.parent != nil && d.in == dir {
		return nil
	}
	if err := d.leave(); err != nil {
		return err
	}
	d.in = dir
	d.parent, err = d.root.Open(dir)
	return err
}

func (d *drive) leave() (err error) {
	if d.parent != nil {
		err = d.parent.Close()
		d.parent = nil
	}
	return err
}

// sync returns when all that was written to the drive before is on it, names too.
func (d *drive) sync() error {
	if err := unix.Syncfs(int(d.top.Fd())); err != nil {
		return fmt.Errorf("writing everything to the drive: %w", err)
	}
	return nil
}

// ensure makes a directory and those above it. Links are refused: os.Root keeps them
// inside, but what they lead to would get two names.
func (d *drive) ensure(item providers.Item, dir string) error {
	if dir == "." || dir == d.good || strings.HasPrefix(d.good, dir+"/") {
		return nil
	}
	if err := d.ensure(item, path.Dir(dir)); err != nil {
		return err
	}
	info, err := d.root.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := d.root.Mkdir(dir, dirMode); err != nil {
			return err
		}
		err = d.root.Chmod(dir, dirMode) // whatever the umask is
	case err == nil && !info.IsDir():
		return inTheWay(item, dir, what(info))
	}
	if err != nil {
		return err
	}
	d.good = dir
	return nil
}

// name gives a staged file its path. What is there is handed to replace first. One call of
// the kernel does it for a path that is free, which is most of them (renameat2(2)).
func (d *drive) name(item providers.Item, staged string, replace func(string) error) error {
	dir, name := path.Dir(item.Path), path.Base(item.Path)
	if err := d.ensure(item, dir); err != nil {
		return err
	}
	if err := d.enter(dir); err != nil {
		return err
	}
	if unix.Renameat2(int(d.from.Fd()), staged, int(d.parent.Fd()), name, unix.RENAME_NOREPLACE) == nil {
		return nil
	}
	return d.nameOver(item, staged, replace)
}

// nameOver is name for a path that is taken, or on a file system that does not know how to
// replace nothing.
func (d *drive) nameOver(item providers.Item, staged string, replace func(string) error) error {
	if err := d.leave(); err != nil {
		return err
	}
	info, err := d.root.Lstat(item.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return inTheWay(item, item.Path, what(info))
	default:
		if err := replace(item.Path); err != nil {
			return err
		}
		d.good = "" // who moves a file may move directories
		if err := d.ensure(item, path.Dir(item.Path)); err != nil {
			return err
		}
	}
	return d.root.Rename(Staging+"/"+staged, item.Path)
}

// regular opens a regular file for reading, and no other.
func regular(root *os.Root, name string) (*os.File, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s stands at %q: %w", what(info), name, fs.ErrInvalid)
	}
	return root.Open(name)
}

func what(info fs.FileInfo) string {
	switch t := info.Mode().Type(); {
	case t.IsDir():
		return "a directory"
	case t.IsRegular():
		return "a file"
	case t&fs.ModeSymlink != 0:
		return "a link"
	case t&fs.ModeDevice != 0:
		return "a device"
	default:
		return "a special file"
	}
}

// checkPath refuses paths that are not plain names below the root, and ours.
func checkPath(item providers.Item) error {
	p := item.Path
	first, _, _ := strings.Cut(p, "/")
	if plain(p) && first != ours {
		return nil
	}
	return &Error{
		Kind: BadPath, Item: item, Message: fmt.Sprintf("%q is no path for a file on a drive", p),
		Remedy: "leave the object out, or copy its bucket into a directory of its own",
	}
}

// plain is fs.ValidPath, which refuses names that are not UTF-8, without that.
func plain(p string) bool {
	return p != "" && p != "." && path.Clean(p) == p && !path.IsAbs(p) && p != ".." && !strings.HasPrefix(p, "../") && !strings.Contains(p, "\x00")
}
