package device

import (
	"context"
	"io"
	"strings"

	"github.com/cargomedia/s3export/device/ext4"
)

// shown is what a mount shows of an ext file system: a directory in it, which is read
// from the device. It is a BulkReader.
type shown struct {
	extFiles
	on  layer
	dir string // in the file system; "" is its root
}

func (s shown) inside(path string) string {
	switch {
	case s.dir == "":
		return path
	case path == "":
		return s.dir
	}
	return s.dir + "/" + path
}

func (s shown) outside(path string) string {
	if s.dir == "" {
		return path
	}
	return strings.TrimPrefix(strings.TrimPrefix(path, s.dir), "/")
}

func (s shown) Walk(ctx context.Context, root string, yield func(Entry) error) error {
	if err := s.changed(); err != nil {
		return err
	}
	return s.extFiles.Walk(ctx, s.inside(root), func(e Entry) error {
		e.Path = s.outside(e.Path)
		return yield(e)
	})
}

func (s shown) Open(e Entry) (io.ReaderAt, error) {
	if err := s.changed(); err != nil {
		return nil, err
	}
	e.Path = s.inside(e.Path)
	return s.extFiles.Open(e)
}

func (s shown) Names(ctx context.Context, dir string, most int) ([]string, error) {
	return s.extFiles.Names(ctx, s.inside(dir), most)
}

// ReadFiles is that of BulkReader.
func (s shown) ReadFiles(ctx context.Context, entries []Entry, yield func(Entry, io.ReaderAt, error) error) error {
	if err := s.changed(); err != nil {
		return err
	}
	wanted := make([]Entry, len(entries))
	for i, e := range entries {
		e.Path = s.inside(e.Path)
		wanted[i] = e
	}
	err := s.extFiles.ReadFiles(ctx, wanted, func(e Entry, file io.ReaderAt, err error) error {
		e.Path = s.outside(e.Path)
		return yield(e, file, err)
	})
	if err != nil {
		return err
	}
	return s.changed()
}

// changed is an error once the file system may be written to: the kernel then marks it
// as not cleanly unmounted. What it still holds in memory would be missing here.
func (s shown) changed() error {
	now, err := ext4.OpenShort(s.on.r, s.on.size)
	if err != nil {
		return s.onDevice(err)
	}
	if now.NeedsRecovery() {
		return &Error{Reason: DeviceMounted, Op: opRead, Device: "UUID=" + now.UUID(), Message: "it has become writable in the middle, and may be changing",
			Remedy: "mount it read-only again (`mount -o remount,ro`), then run the same again"}
	}
	return nil
}
