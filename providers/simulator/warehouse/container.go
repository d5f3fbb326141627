package warehouse

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cargomedia/s3export/device/crypt"
	"github.com/cargomedia/s3export/providers/simulator/jobs"
)

// containerHeaders is what a TrueCrypt volume needs beside its payload, and
// containerSlack what the file system around it does for one file.
const (
	containerHeaders = 256 << 10
	containerSlack   = 1 << 20
)

// roomFor is the size of the file system that the objects go to: the device's own, or
// with TrueCrypt the one in a container that fills it.
func (w *Warehouse) roomFor(ctx context.Context, work string, j jobs.Job, size int64) (int64, error) {
	if j.Manifest.TrueCryptPassword == nil {
		return size, nil
	}
	empty, root := filepath.Join(work, "outside"), filepath.Join(work, "nothing")
	if err := os.Mkdir(root, 0o755); err != nil { //nolint:gosec // becomes the root of the file system
		return 0, fmt.Errorf("making a staging directory: %w", err)
	}
	if err := w.o.Build(ctx, empty, size, Volume{UUID: uuid(w.o.Seed, ""), From: root}); err != nil {
		return 0, err
	}
	r, err := measure(empty)
	if err != nil {
		return 0, err
	}
	inside := r.blocks*r.blockSize - containerHeaders - containerSlack
	if inside < containerSlack {
		return 0, errors.New("the device is too small for a container")
	}
	return inside &^ (containerSlack - 1), errors.Join(os.Remove(empty), os.Remove(root))
}

// wrap makes the file system of the device: the one that was loaded, or one that holds
// it as <JOBID>.tc, encrypted with the job's password (Developer Guide, "Encrypting Your
// Data").
func (w *Warehouse) wrap(ctx context.Context, work string, j jobs.Job, size int64, loaded string) (string, error) {
	if j.Manifest.TrueCryptPassword == nil {
		return loaded, nil
	}
	root := filepath.Join(work, "container")
	if err := os.Mkdir(root, 0o755); err != nil { //nolint:gosec // becomes the root of the file system
		return "", fmt.Errorf("making a staging directory: %w", err)
	}
	password, _ := j.Manifest.TrueCryptPassword.Literal()
	if err := encrypt(ctx, loaded, filepath.Join(root, j.ID+".tc"), password.Reveal()); err != nil {
		return "", err
	}
	full := filepath.Join(work, "wrapped")
	return full, w.o.Build(ctx, full, size, Volume{UUID: uuid(w.o.Seed, j.ID+".tc"), Label: "AWS-" + j.ID, From: root})
}

// encrypt puts a file into a TrueCrypt 7 container.
func encrypt(ctx context.Context, from, to, password string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("making the container: %w", err)
	}
	defer src.Close() //nolint:errcheck // only read
	info, err := src.Stat()
	if err != nil {
		return fmt.Errorf("making the container: %w", err)
	}
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // as readable as what the service leaves
	if err != nil {
		return fmt.Errorf("making the container: %w", err)
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	out := bufio.NewWriterSize(dst, 1<<20)
	if err := crypt.CreateTrueCrypt(ctx, out, io.NewSectionReader(src, 0, info.Size()), []byte(password), rand.Reader); err != nil {
		return fmt.Errorf("making the container: %w", err)
	}
	return out.Flush()
}
