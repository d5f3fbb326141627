package restore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"time"
)

// Put implements Target.
func (d *Directory) Put(ctx context.Context, f Found, r *Reading, replace bool) (Sent, error) {
	if isFolder(r.item) {
		return Sent{Arrival: Synced}, d.root.MkdirAll(f.To, 0o777)
	}
	free, ok := d.take(f)
	if !ok {
		return Sent{}, fmt.Errorf("%w: another object of the copy has the same path", ErrThere)
	}
	defer free()
	dir := path.Dir(f.To)
	if err := d.root.MkdirAll(dir, 0o777); err != nil {
		return Sent{}, err
	}
	temp := path.Join(dir, tempOf(f.To))
	if err := d.write(ctx, temp, r); err != nil {
		return Sent{}, errors.Join(err, d.drop(temp))
	}
	if err := d.settle(temp, f.To, replace && f.Note == ""); err != nil {
		return Sent{}, errors.Join(err, d.drop(temp))
	}
	return Sent{Arrival: Synced}, d.sync(dir)
}

// take keeps others from the path until it is freed; for good where it is not that of a key.
func (d *Directory) take(f Found) (free func(), ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.taken[f.To] {
		return nil, false
	}
	d.taken[f.To] = true
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if f.Note == "" {
			delete(d.taken, f.To)
		}
	}, true
}

const tempName = ".s3export-restore-"

// tempOf is a name that the next run finds again after a kill.
func tempOf(to string) string {
	sum := sha256.Sum256([]byte(to))
	return tempName + hex.EncodeToString(sum[:8])
}

func (d *Directory) write(ctx context.Context, temp string, r *Reading) (err error) {
	if err := d.drop(temp); err != nil {
		return err
	}
	file, err := d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := r.prove(ctx, file, false); err != nil {
		return err
	}
	if at := r.item.LastModified; !at.IsZero() {
		if err := d.root.Chtimes(temp, time.Time{}, at); err != nil {
			return err
		}
	}
	return file.Sync()
}

// settle gives the file its name. A link never replaces anything; where there are none,
// a look beforehand has to do.
func (d *Directory) settle(temp, to string, replace bool) error {
	if replace {
		return d.root.Rename(temp, to)
	}
	err := d.root.Link(temp, to)
	switch {
	case err == nil:
		return d.root.Remove(temp)
	case errors.Is(err, fs.ErrExist):
		return ErrThere
	}
	if _, err := d.root.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(ErrThere, err)
	}
	return d.root.Rename(temp, to)
}

func (d *Directory) drop(temp string) error {
	if err := d.root.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (d *Directory) sync(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
