package pull

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// The files of an object in Staging, named after the hash of its path.
const (
	contentEnding = ".part"
	mapEnding     = ".map"
	stateEnding   = ".json"
)

func stem(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:16])
}

// part is a large file that is being filled.
type part struct {
	staging *os.Root
	stem    string
	file    *os.File
	chunks  *chunks
}

// openPart opens what an earlier copy has left of the same state, or begins anew. What is
// allocated at once lies in one piece, in the order in which files are begun.
func openPart(staging *os.Root, l *looked) (p *part, err error) {
	p = &part{staging: staging, stem: stem(l.Item.Path)}
	flags := os.O_RDWR
	if was, ok := readState(staging, l.Item.Path); !ok || was.Item.ETag != l.Item.ETag || was.Item.Size != l.Item.Size || was.VersionID != l.VersionID {
		flags |= os.O_CREATE | os.O_EXCL
		p.discard()
	} else if _, err := regularPair(staging, p.stem); err != nil {
		flags |= os.O_CREATE | os.O_EXCL
		p.discard()
	}
	defer func() {
		if err != nil {
			_ = p.close()
			p.discard()
			p = nil
		}
	}()
	if p.file, err = staging.OpenFile(p.stem+contentEnding, flags, fileMode); err != nil {
		return p, err
	}
	marks, err := staging.OpenFile(p.stem+mapEnding, flags, 0o600)
	if err != nil {
		return p, err
	}
	if p.chunks, err = newChunks(marks, l.Item.Size); err != nil {
		return p, errors.Join(err, marks.Close())
	}
	if err = allocate(p.file, l.Item.Size); err != nil {
		return p, err
	}
	return p, p.saveState(l)
}

func regularPair(staging *os.Root, stem string) (size int64, err error) {
	for _, ending := range []string{mapEnding, contentEnding} {
		info, err := staging.Lstat(stem + ending)
		if err != nil {
			return 0, err
		}
		if !info.Mode().IsRegular() {
			return 0, fs.ErrInvalid
		}
		size = info.Size()
	}
	return size, nil
}

// allocate gives the file its length and its place.
func allocate(f *os.File, size int64) error {
	if size == 0 {
		return nil
	}
	err := unix.Fallocate(int(f.Fd()), 0, 0, size)
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS) {
		err = f.Truncate(size)
	}
	if err != nil {
		return &fs.PathError{Op: "fallocate", Path: f.Name(), Err: err}
	}
	return nil
}

// fetch brings the bytes from a chunk's begin up to an end of a chunk, and marks them.
func (p *part) fetch(ctx context.Context, s *stream, buf []byte) error {
	defer s.close(lost)
	crc := uint32(0)
	for s.at < s.end {
		at := s.at
		_, end := p.chunks.span(int(at / p.chunks.each))
		now := buf[:min(step, end-at)]
		if err := s.fill(ctx, now); err != nil {
			return err
		}
		if _, err := p.file.WriteAt(now, at); err != nil {
			return onDrive(s.item, err)
		}
		crc = crc32.Update(crc, castagnoli(), now)
		if s.at < end {
			continue
		}
		if err := p.chunks.mark(int(at/p.chunks.each), crc); err != nil {
			return onDrive(s.item, err)
		}
		crc = 0
	}
	return nil
}

// finish gives the file what it has besides content, and closes it.
func (p *part) finish(modified time.Time) error {
	return errors.Join(dress(p.file, modified), p.close())
}

func (p *part) close() error {
	var err error
	if p.file != nil {
		err = p.file.Close()
		p.file = nil
	}
	if p.chunks != nil {
		err = errors.Join(err, p.chunks.file.Close())
		p.chunks = nil
	}
	return err
}

// discard removes all files of the object.
func (p *part) discard() {
	_ = p.staging.Remove(p.stem + contentEnding) // often there is none
	p.forget()
}

// forget removes all but the content.
func (p *part) forget() {
	_ = p.staging.Remove(p.stem + mapEnding)
	_ = p.staging.Remove(p.stem + stateEnding)
}

// dress sets mode and time of a file.
func dress(f *os.File, modified time.Time) error {
	if modified.IsZero() { // the server does not tell
		return f.Chmod(fileMode)
	}
	at := unix.Timeval{Sec: modified.Unix(), Usec: int64(modified.Nanosecond() / 1000)}
	if err := unix.Futimes(int(f.Fd()), []unix.Timeval{at, at}); err != nil {
		return &fs.PathError{Op: "futimes", Path: f.Name(), Err: err}
	}
	return f.Chmod(fileMode) // whatever the umask is
}
