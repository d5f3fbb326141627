package main

import (
	"context"
	"crypto/md5" //nolint:gosec // it is what S3's ETags are made with
	"errors"
	"flag"
	"io"
	"os"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/cargomedia/s3export/device/ext4"
)

// readMain is what no comparison can beat on this machine: it reads the files of a
// folder of an image, in the order of the device and in pieces of a mebibyte, and
// throws them away or into crypto/md5.
func readMain(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("read", flag.ContinueOnError)
	path := f.String("image", "", "ext4 image")
	dir := f.String("dir", "", "folder in it")
	readers := f.Int("readers", runtime.NumCPU(), "files at once")
	hashed := f.Bool("md5", false, "hash")
	if err := f.Parse(args); err != nil {
		return err
	}
	image, files, err := openImage(*path)
	if err != nil {
		return err
	}
	defer func() { _ = image.Close() }()
	list, err := layout(ctx, files, *dir)
	if err != nil {
		return err
	}
	work := make(chan lying, len(list))
	for _, one := range byPlace(list) {
		work <- one
	}
	close(work)
	var group errgroup.Group
	for range *readers {
		group.Go(func() error {
			buffer := make([]byte, mib)
			for one := range work {
				if err := drain(image, one.extents, buffer, *hashed); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func drain(image io.ReaderAt, extents []ext4.Extent, buffer []byte, hashed bool) error {
	sum := md5.New() //nolint:gosec // it is what S3's ETags are made with
	for _, x := range extents {
		for at := int64(0); at < x.Length; {
			n, err := image.ReadAt(buffer[:min(int64(len(buffer)), x.Length-at)], x.Physical+at)
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			if n == 0 {
				return io.ErrUnexpectedEOF
			}
			if hashed {
				_, _ = sum.Write(buffer[:n])
			}
			at += int64(n)
		}
	}
	return nil
}

func openImage(path string) (*os.File, *ext4.FS, error) {
	image, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := image.Stat()
	if err != nil {
		_ = image.Close()
		return nil, nil, err
	}
	files, err := ext4.Open(image, info.Size())
	if err != nil {
		_ = image.Close()
		return nil, nil, err
	}
	return image, files, nil
}
