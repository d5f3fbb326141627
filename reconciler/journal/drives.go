package journal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
)

func (s *Store) drivePath(key string) string {
	return filepath.Join(s.dir, "drives", key, "record.json")
}

// driveKeys are the names that the directory of a drive may have: its serial number (or
// WWN, or which file an image is), and the same with a digest where another drive of that
// serial number came first.
func driveKeys(i device.Identity) [2]string {
	name := i.Serial
	switch {
	case i.Kind == device.Image:
		name = "image-" + i.Backing
	case name == "":
		name = "wwn-" + i.WWN
	}
	name = strings.ReplaceAll(url.PathEscape(name), ".", "%2E")
	if len(name) > 150 {
		name = name[:150]
	}
	sum := sha256.Sum256([]byte(i.WWN + "\x00" + fmt.Sprint(i.Size)))
	return [2]string{name, name + "-" + hex.EncodeToString(sum[:4])}
}

// sameDrive reports whether two identities may be of one drive: a bridge may hide the
// WWN or show another size, but a WWN never changes.
func sameDrive(a, b device.Identity) bool {
	if a.Kind != b.Kind {
		return false
	}
	if a.Kind == device.Image {
		return a.Backing == b.Backing
	}
	if a.WWN != "" && b.WWN != "" && a.WWN != b.WWN {
		return false
	}
	const near = 50 // a bridge hides less than one part in that many
	if a.Size != 0 && b.Size != 0 && max(a.Size, b.Size)-min(a.Size, b.Size) > a.Size/near {
		return false
	}
	return a.Serial == b.Serial && (a.Serial != "" || a.WWN == b.WWN)
}

// Drive implements reconciler.Drives.
func (s *Store) Drive(_ context.Context, i device.Identity) (reconciler.DriveRecord, error) {
	for _, key := range driveKeys(i) {
		d, err := s.drive(key)
		if err != nil {
			return d, err
		}
		if d.Version == "" || sameDrive(d.Identity, i) {
			d.Key = key
			if d.Version == "" {
				d.Identity = i
			}
			return d, nil
		}
	}
	path := s.drivePath(driveKeys(i)[1])
	return reconciler.DriveRecord{}, &reconciler.FileError{Op: "reading", Path: path, Err: errors.New("it is of another drive"),
		Remedy: "move the directory away if it was copied here; nothing in it is lost"}
}

// drive returns the record of a key, an empty one where there is none.
func (s *Store) drive(key string) (reconciler.DriveRecord, error) {
	path := s.drivePath(key)
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return reconciler.DriveRecord{FormatVersion: reconciler.DriveVersion}, nil
	}
	if err != nil {
		return reconciler.DriveRecord{}, failed("reading", path, err)
	}
	var d reconciler.DriveRecord
	if err := json.Unmarshal(data, &d); err != nil {
		return d, &reconciler.FileError{Op: "reading", Path: path, Err: err, Remedy: "the record is damaged: restore the file from a copy; do not delete it, it says what the drive holds"}
	}
	if d.FormatVersion > reconciler.DriveVersion {
		return d, &reconciler.FileError{Op: "reading", Path: path, Err: fmt.Errorf("format version %d is newer than this program knows", d.FormatVersion), Remedy: "use the newer s3export that wrote it"}
	}
	d.Key, d.Version = key, version(data)
	return d, nil
}

// SaveDrive implements reconciler.Drives. A lock of the drive keeps two writers apart.
func (s *Store) SaveDrive(_ context.Context, d reconciler.DriveRecord) (reconciler.DriveRecord, error) {
	path := s.drivePath(d.Key)
	dir := filepath.Dir(path)
	if err := mkdir(dir); err != nil {
		return d, failed("making", dir, err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return d, failed("locking", path, err)
	}
	defer func() { _ = lock.Close() }()
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		return d, failed("locking", path, err)
	}
	if err := sweep(dir); err != nil {
		return d, failed("tidying", dir, err)
	}
	now, err := s.drive(d.Key)
	if err != nil {
		return d, err
	}
	if now.Version != d.Version {
		return d, &reconciler.FileError{Op: "writing", Path: path, Err: errors.New("the record was changed by another run"), Remedy: "run the same again"}
	}
	saved, err := writeJSON(path, d)
	if err == nil {
		d.Version = saved
	}
	return d, err
}

// ListDrives implements reconciler.Drives.
func (s *Store) ListDrives(context.Context) ([]reconciler.DriveRecord, error) {
	dir := filepath.Join(s.dir, "drives")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, failed("reading", dir, err)
	}
	var all []reconciler.DriveRecord
	var damaged []error
	for _, e := range entries {
		d, err := s.drive(e.Name())
		switch {
		case err != nil:
			damaged = append(damaged, err)
		case d.Version != "":
			all = append(all, d)
		}
	}
	return all, errors.Join(damaged...)
}

// LockDrives implements reconciler.Drives.
func (s *Store) LockDrives(ctx context.Context) (func() error, error) {
	return LockFile(ctx, filepath.Join(s.dir, "drives.lock"), "the drives")
}
