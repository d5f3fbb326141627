package restore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"syscall"
)

// Directory is a Target: files below a directory, which nothing leaves, also not through
// symbolic links that are there. It takes one writing process at a time.
type Directory struct {
	root *os.Root
	mu   sync.Mutex
	// taken are the paths that are being written, and those that stand for a key that no
	// file can have: another object may have that very path as its key.
	taken map[string]bool
}

// ToDirectory opens the directory. With create it is made where it does not exist; without,
// one that does not exist can be looked into as if it were empty, for a dry run. Close it.
func ToDirectory(dir string, create bool) (*Directory, error) {
	d := &Directory{taken: map[string]bool{}}
	if create {
		if err := os.MkdirAll(dir, 0o777); err != nil { //nolint:gosec // the umask decides, as for any file that a person makes
			return nil, err
		}
	}
	var err error
	d.root, err = os.OpenRoot(dir)
	if !create && errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	return d, err
}

// Close ends the use of the target.
func (d *Directory) Close() error {
	if d.root == nil {
		return nil
	}
	return d.root.Close()
}

// Look implements Target.
func (d *Directory) Look(_ context.Context, i Item) (Found, error) {
	i.Path = strings.TrimSuffix(i.Path, "/") // of a folder
	if own, ok := pathOf(i); ok {
		if f, err := d.at(own, i); err == nil || !cannotBe(err) || own == i.Path {
			return f, err
		}
	}
	f, err := d.at(i.Path, i)
	f.Note = "no file can have the name of the key here; it has the name that it has on the drive"
	return f, err
}

// pathOf returns the path that a key is, if it can be one beside all others: where the
// drive has a file in another directory than the key says, or a folder of another name, a
// file has that name.
func pathOf(i Item) (string, bool) {
	name := strings.TrimSuffix(i.Key, "/")
	if name != i.Key && i.Size > 0 || strings.IndexByte(name, 0) >= 0 || !isPath(name) {
		return "", false
	}
	for part := range strings.SplitSeq(name, "/") {
		if len(part) > 255 || strings.HasPrefix(part, tempName) {
			return "", false
		}
	}
	own := path.Join(i.Directory, name)
	return own, own == i.Path || !isFolder(i) && strings.Count(own, "/") == strings.Count(i.Path, "/")
}

// isPath is fs.ValidPath for names that need not be UTF-8, as those of files.
func isPath(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}

// cannotBe reports whether there can be no such file here, rather than that there is none.
func cannotBe(err error) bool {
	return errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ENAMETOOLONG) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.EILSEQ)
}

func (d *Directory) at(to string, i Item) (Found, error) {
	f := Found{To: to}
	if d.root == nil {
		return f, nil
	}
	info, err := d.root.Lstat(to)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f, nil
	case err != nil:
		return f, err
	case isFolder(i) && info.IsDir():
		f.Exists = true
	case !info.Mode().IsRegular():
		f.Exists, f.Other = true, "something that is no file"
	default:
		f.Exists, f.Size = true, info.Size()
		if isFolder(i) {
			f.Other = "a file"
		}
	}
	return f, nil
}

// isFolder reports whether the object is the directory of a console.
func isFolder(i Item) bool { return strings.HasSuffix(i.Key, "/") && i.Size == 0 }

// Same implements Target.
func (d *Directory) Same(ctx context.Context, f Found, r *Reading) (bool, error) {
	if isFolder(r.item) {
		return true, nil
	}
	want := r.item.SHA256
	if want == nil {
		if err := r.prove(ctx, nil, false); err != nil {
			return false, err
		}
		want = r.sum[:]
	}
	file, err := d.root.Open(f.To)
	if err != nil {
		return false, err
	}
	defer func() { _ = file.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, &stoppable{ctx.Err, file}); err != nil {
		return false, err
	}
	return bytes.Equal(sum.Sum(nil), want), nil
}

// stoppable is a reader that ends when it is told to.
type stoppable struct {
	stopped func() error
	io.Reader
}

// Read implements io.Reader.
func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.stopped(); err != nil {
		return 0, err
	}
	return s.Reader.Read(p)
}
