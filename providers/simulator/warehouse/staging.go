package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/cargomedia/s3export/providers/simulator/jobs"
	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/specs/manifest"
)

// errFull ends a load: the next object does not fit on the device.
var errFull = errors.New("the device is full")

// staging is a load under way: the directory that becomes the file system, what
// room is left there, and the log.
type staging struct {
	root     string
	store    *store.Store
	now      func() time.Time
	room     room
	log      *exportLog
	recovery string // directory
	next     int    // number of the next recovery file
	// made says which object a file is of; only kept when operations may overlap.
	made  map[string]string
	files []staged
}

// staged is a regular file with content that was exported.
type staged struct {
	file, bucket, key string
	size              int64
}

// export carries out the operations of a job in their order. It returns errFull
// when the device is full and nil when all objects were gone through; single
// objects that fail are lines of the log.
func (s *staging) export(ctx context.Context, j jobs.Job) error {
	s.recovery = directory(j.Manifest.RecoveryDirectory)
	if s.recovery == "" {
		s.recovery = defaultRecovery
	}
	if len(j.Manifest.Operations) > 1 {
		s.made = map[string]string{}
	}
	for _, o := range j.Manifest.Operations {
		if err := s.operate(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

func (s *staging) operate(ctx context.Context, o manifest.Operation) error {
	for object, err := range selected(s.store, o) {
		if err != nil {
			return fmt.Errorf("listing bucket %q: %w", o.ExportBucket, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := s.object(o, object)
		e.at, e.bucket, e.object = s.now(), o.ExportBucket, object
		if err != nil && !errors.Is(err, errFull) {
			return err
		}
		s.log.add(e)
		if err != nil {
			return err
		}
	}
	return nil
}

// object exports one object and returns its line. An error ends the load.
func (s *staging) object(o manifest.Operation, object store.Object) (line, error) {
	if object.IsArchived(s.now()) {
		return line{status: http.StatusForbidden, code: "InvalidObjectState"}, nil
	}
	name, ok := Path(object.Key)
	if ok {
		e, err := s.write(path.Join(directory(o.Directory()), name), strings.HasSuffix(name, "/"), o.ExportBucket, object)
		if !errors.Is(err, errTaken) {
			return e, err
		}
	}
	for ; s.next < maxRecovered; s.next++ {
		e, err := s.write(recovery(s.recovery, s.next), false, o.ExportBucket, object)
		if !errors.Is(err, errTaken) {
			s.next++
			return e, err
		}
	}
	return line{status: statusFull, code: "RecoveryDirectoryFull"}, nil
}

// errTaken: the path is another object's, or goes through a file of one.
var errTaken = errors.New("the path is taken")

// write makes the file or directory of an object.
func (s *staging) write(file string, isDirectory bool, bucket string, object store.Object) (line, error) {
	if s.made[file] == bucket+"/"+object.Key {
		return line{file: file, status: http.StatusOK, code: codeOK}, nil
	}
	above, err := s.absent(path.Dir(file))
	if err != nil {
		return line{}, err
	}
	size := object.Size
	if isDirectory {
		size = 0
	}
	if !s.room.take(size, path.Base(file), above) {
		return line{status: statusFull, code: "DeviceFull"}, errFull
	}
	full := filepath.Join(s.root, file)
	if err := makeDirectories(filepath.Dir(full)); err != nil {
		return line{}, err
	}
	e := line{file: file, status: http.StatusOK, code: codeOK}
	if isDirectory {
		err = os.Mkdir(full, 0o755) //nolint:gosec // the export is readable, as AWS's are
		if info, e := os.Lstat(full); errors.Is(err, fs.ErrExist) && e == nil && info.IsDir() {
			err = nil
		}
		err = takenOr(err)
	} else {
		e, err = s.content(e, full, bucket, object)
	}
	if err == nil && s.made != nil && e.code == codeOK {
		s.made[file] = bucket + "/" + object.Key
	}
	return e, err
}

// content writes the bytes of an object. A failed read is the object's error, a
// failed write the load's.
func (s *staging) content(e line, full, bucket string, object store.Object) (line, error) {
	f, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // as above; the path was checked
	if err != nil {
		return line{}, takenOr(err)
	}
	defer f.Close() //nolint:errcheck // closed below where it matters
	body, found, err := s.store.Open(bucket, object.Key)
	if err == nil {
		defer body.Close() //nolint:errcheck // only read
		source := &source{Reader: body}
		if _, err = io.Copy(f, source); err != nil && source.err == nil {
			return line{}, fmt.Errorf("exporting a file: %w", err)
		}
		err = source.err
	}
	if err != nil {
		return failed(err), os.Remove(full)
	}
	if err := errors.Join(f.Close(), os.Chtimes(full, found.LastModified, found.LastModified)); err != nil {
		return line{}, fmt.Errorf("exporting a file: %w", err)
	}
	s.files = append(s.files, staged{file: e.file, bucket: bucket, key: object.Key, size: found.Size})
	return e, nil
}

// failed is the line of an object that could not be read.
func failed(err error) line {
	switch {
	case errors.Is(err, store.ErrNoSuchKey):
		return line{status: http.StatusNotFound, code: "NoSuchKey"}
	case errors.Is(err, store.ErrNeedsKey):
		return line{status: http.StatusBadRequest, code: "InvalidRequest"}
	}
	return line{status: http.StatusInternalServerError, code: "InternalError"}
}

// source remembers that reading failed, so that it is told from writing.
type source struct {
	io.Reader
	err error
}

// Read reads on.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// absent counts the directories that are not there yet on the way to dir.
func (s *staging) absent(dir string) (int, error) {
	for n := 0; ; n++ {
		info, err := os.Lstat(filepath.Join(s.root, dir))
		switch {
		case err == nil && info.IsDir():
			return n, nil
		case err == nil:
			return 0, errTaken
		case !errors.Is(err, fs.ErrNotExist):
			return 0, takenOr(err)
		}
		dir = path.Dir(dir)
	}
}

func makeDirectories(dir string) error {
	return takenOr(os.MkdirAll(dir, 0o755)) //nolint:gosec // the export is readable, as AWS's are
}

// takenOr turns the file system's refusals of a name into errTaken.
func takenOr(err error) error {
	for _, refusal := range []error{fs.ErrExist, syscall.ENOTDIR, syscall.EISDIR, syscall.ENAMETOOLONG} {
		if errors.Is(err, refusal) {
			return errTaken
		}
	}
	if err != nil {
		return fmt.Errorf("exporting a file: %w", err)
	}
	return nil
}
