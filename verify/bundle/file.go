package bundle

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
)

// file is one that takes its place when it is kept, durably and as a whole.
type file struct {
	root *os.Root
	name string
	file *os.File
	out  *bufio.Writer
	err  error // the first one of writing
}

func (f *file) temporary() string { return Dir + "/." + f.name + ".tmp" }

// create begins a file. What an interrupted writing has left is removed first.
func create(root *os.Root, name string) (*file, error) {
	f := &file{root: root, name: name}
	if err := root.Remove(f.temporary()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, failed("writing", name, err)
	}
	var err error
	if f.file, err = root.OpenFile(f.temporary(), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644); err != nil {
		return nil, failed("writing", name, err)
	}
	f.out = bufio.NewWriterSize(f.file, 256<<10)
	return f, nil
}

// Write implements io.Writer. An error is kept.
func (f *file) Write(p []byte) (int, error) {
	n, err := f.out.Write(p)
	if err != nil && f.err == nil {
		f.err = failed("writing", f.name, err)
	}
	return n, err
}

// keep puts the file in its place.
func (f *file) keep() error {
	err := f.err
	for _, step := range []func() error{f.out.Flush, f.file.Sync, f.file.Close, f.rename} {
		if err != nil {
			return err
		}
		if err = step(); err != nil {
			err = failed("writing", f.name, err)
		}
	}
	f.file = nil
	return err
}

func (f *file) rename() error {
	if err := f.root.Rename(f.temporary(), Dir+"/"+f.name); err != nil {
		return err
	}
	return syncDir(f.root, Dir)
}

// discard removes a file that was not kept.
func (f *file) discard() {
	if f.file != nil {
		_ = f.file.Close()
		_ = f.root.Remove(f.temporary())
	}
}

// makeDir makes the folder, durably.
func makeDir(root *os.Root) error {
	if err := root.Mkdir(Dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return failed("making", "", err)
	}
	if err := syncDir(root, "."); err != nil {
		return failed("making", "", err)
	}
	return nil
}

func syncDir(root *os.Root, name string) error {
	dir, err := root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
