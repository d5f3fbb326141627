package machine_test

import (
	"bufio"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// initramfs writes what a kernel unpacks as its first file system: a cpio archive of
// the "newc" format (Documentation/driver-api/early-userspace/buffer-format.rst).
// Errors are kept, and told by close.
type initramfs struct {
	file  *os.File
	w     *bufio.Writer
	inode int
	have  map[string]bool // names that are in the archive
	err   error
}

func createInitramfs(name string) (*initramfs, error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	return &initramfs{file: f, w: bufio.NewWriter(f), have: map[string]bool{"/": true}}, nil
}

func (a *initramfs) close() error {
	a.entry("TRAILER!!!", 0, 0, nil)
	return errors.Join(a.err, a.w.Flush(), a.file.Close())
}

// entry writes one member, after the directories it is in.
func (a *initramfs) entry(name string, mode uint32, size int64, content io.Reader) {
	if a.err != nil {
		return
	}
	a.inode++
	name = strings.TrimPrefix(name, "/")
	header := fmt.Sprintf("070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00",
		a.inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, len(name)+1, 0, name)
	_, a.err = io.WriteString(a.w, header+padding(int64(len(header))))
	if content != nil && a.err == nil {
		_, a.err = io.CopyN(a.w, content, size)
		_, _ = io.WriteString(a.w, padding(size)) // the writer keeps its error until it is flushed
	}
}

// padding fills up to a multiple of four.
func padding(n int64) string { return "\x00\x00\x00"[:(4-n%4)%4] }

// parents writes the directories of a name that are not there yet, and reports whether
// the name itself is new.
func (a *initramfs) parents(name string) bool {
	if a.have[name] {
		return false
	}
	if a.parents(path.Dir(name)) {
		a.entry(path.Dir(name), 0o040755, 0, nil)
	}
	a.have[name] = true
	return true
}

func (a *initramfs) text(name, text string) {
	if a.parents(name) {
		a.entry(name, 0o100644, int64(len(text)), strings.NewReader(text))
	}
}

func (a *initramfs) link(name, target string) {
	if a.parents(name) {
		a.entry(name, 0o120777, int64(len(target)), strings.NewReader(target))
	}
}

// copy puts a file of this host there, with its right to be executed.
func (a *initramfs) copy(name, source string) {
	if a.err != nil || !a.parents(name) {
		return
	}
	f, err := os.Open(source)
	if err != nil {
		a.err = err
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		a.err = err
		return
	}
	a.entry(name, 0o100000|uint32(info.Mode().Perm()), info.Size(), f)
}

// tree copies a directory.
func (a *initramfs) tree(name, source string) {
	err := filepath.WalkDir(source, func(file string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			a.copy(name+strings.TrimPrefix(file, source), file)
		}
		return err
	})
	a.err = errors.Join(a.err, err)
}

// program puts an executable into /bin and the libraries that it names into /lib, and
// its loader where it wants it. roots are unpacked packages that come before this host.
func (a *initramfs) program(source string, roots []string) {
	a.copy("/bin/"+filepath.Base(source), source)
	a.libraries(source, roots)
}

func (a *initramfs) libraries(source string, roots []string) {
	f, err := elf.Open(source)
	if err != nil {
		a.err = errors.Join(a.err, fmt.Errorf("%s: %w", source, err))
		return
	}
	defer f.Close()
	if s := f.Section(".interp"); s != nil {
		loader, err := s.Data()
		a.err = errors.Join(a.err, err)
		name := strings.TrimRight(string(loader), "\x00")
		a.copy(name, name)
	}
	names, err := f.ImportedLibraries()
	a.err = errors.Join(a.err, err)
	for _, name := range names {
		if a.have["/lib/"+name] || strings.HasPrefix(name, "ld-linux") {
			continue
		}
		file, err := findLibrary(name, roots)
		if err != nil {
			a.err = errors.Join(a.err, fmt.Errorf("%s: %w", source, err))
			return
		}
		a.copy("/lib/"+name, file)
		a.libraries(file, roots)
	}
}

func findLibrary(name string, roots []string) (string, error) {
	for _, root := range append(roots, "/") {
		for _, dir := range []string{"lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib/systemd", "usr/lib/x86_64-linux-gnu/systemd"} {
			file := filepath.Join(root, dir, name)
			if _, err := os.Stat(file); err == nil {
				return file, nil
			}
		}
	}
	return "", fmt.Errorf("library %s is not here", name)
}

// findProgram looks where a user's PATH may not.
func findProgram(name string) (string, error) {
	file, err := exec.LookPath(name)
	for _, dir := range []string{"/usr/sbin", "/sbin"} {
		if err != nil {
			file, err = exec.LookPath(filepath.Join(dir, name))
		}
	}
	return file, err
}
