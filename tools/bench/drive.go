package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// drive is the copy: an ext4 image, and the folder where its files can be had. As root
// the folder is a mount of the image; else it is the tree that the image was made of.
type drive struct {
	image, folder string
	root          bool
	loop          string // while mounted
}

// newDrive makes an image with the corpora, or takes the one that is there.
func newDrive(ctx context.Context, dir, image string, corpora []corpus, blocks int) (*drive, error) {
	d := &drive{image: image, folder: filepath.Join(dir, "mnt"), root: os.Geteuid() == 0}
	if image != "" {
		return d, os.MkdirAll(d.folder, 0o755) //nolint:gosec // a mount point
	}
	d.image = filepath.Join(dir, "drive.img")
	if err := os.MkdirAll(d.folder, 0o755); err != nil { //nolint:gosec // a mount point
		return nil, err
	}
	files, size := 0, int64(64*mib)
	for _, c := range corpora {
		files += len(c.files) + len(c.files)/50 + 100
		for _, f := range c.files {
			size += (f.size+int64(blocks)-1)/int64(blocks)*int64(blocks) + 512
		}
	}
	size = (size + size/8) / mib * mib
	if err := create(d.image, size); err != nil {
		return nil, err
	}
	mkfs := []string{"-q", "-F", "-b", fmt.Sprint(blocks), "-N", fmt.Sprint(files)}
	if d.root {
		return d, d.copyMounted(ctx, append(mkfs, d.image), corpora)
	}
	for _, c := range corpora {
		if err := c.fill(d.folder); err != nil {
			return nil, err
		}
	}
	return d, command(ctx, "mkfs.ext4", append(mkfs, "-d", d.folder, d.image)...)
}

func (d *drive) copyMounted(ctx context.Context, mkfs []string, corpora []corpus) error {
	if err := command(ctx, "mkfs.ext4", mkfs...); err != nil {
		return err
	}
	if err := d.mount(ctx); err != nil {
		return err
	}
	for _, c := range corpora {
		if err := c.fill(d.folder); err != nil {
			_ = d.unmount(ctx)
			return err
		}
	}
	return d.unmount(ctx)
}

func create(path string, size int64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := f.Truncate(size); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// cold makes the next run find nothing of the drive in memory. Mounted says whether
// it is to find the folder; else it is to find the image in nobody's use.
func (d *drive) cold(ctx context.Context, mounted bool) error {
	if err := d.unmount(ctx); err != nil {
		return err
	}
	if err := forget(d.image); err != nil || !mounted {
		return err
	}
	if d.root {
		return d.mount(ctx)
	}
	return filepath.WalkDir(d.folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		return forget(path)
	})
}

// forget drops what the page cache holds of a file.
func forget(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if err := unix.Fdatasync(int(f.Fd())); err != nil {
		return err
	}
	return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
}

func (d *drive) mount(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "losetup", "--find", "--show", "--direct-io=on", d.image).Output()
	if err != nil {
		return fmt.Errorf("losetup %q: %w", d.image, err)
	}
	loop := strings.TrimSpace(string(out))
	if err := command(ctx, "mount", "-t", "ext4", loop, d.folder); err != nil {
		return errors.Join(err, command(context.WithoutCancel(ctx), "losetup", "--detach", loop))
	}
	d.loop = loop
	return nil
}

// unmount goes on when ctx has ended: nothing may stay mounted.
func (d *drive) unmount(ctx context.Context) error {
	if d.loop == "" {
		return nil
	}
	ctx, loop := context.WithoutCancel(ctx), d.loop
	d.loop = ""
	if err := command(ctx, "umount", d.folder); err != nil {
		return err
	}
	return command(ctx, "losetup", "--detach", loop)
}

func command(ctx context.Context, name string, args ...string) error {
	c := exec.CommandContext(ctx, name, args...) //nolint:gosec // names are those of this file
	c.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin")
	if path, err := exec.LookPath(name); err != nil {
		for _, dir := range []string{"/usr/sbin/", "/sbin/"} {
			if _, err := os.Stat(dir + name); err == nil {
				c.Path, c.Err = dir+name, nil
				break
			}
		}
	} else {
		c.Path = path
	}
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}
