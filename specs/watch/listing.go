package watch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxHashed is the size in bytes up to which content is compared. Specs are a few
// kilobytes; a disk image that lies beside them is told by size and time alone.
const maxHashed = 1 << 20

// Listing is what a directory holds: the digest of each file's content by file
// name. A digest is "sha256:" and hex; files over 1 MiB have "large:" with size
// and time instead, and a file that cannot be read has "unreadable:" with the
// reason, so that gaining or losing the right to read it is a change as well.
type Listing map[string]string

// Sum returns the digest under which a Listing holds a file of this content. A
// consumer that reads a file some time after the listing can tell with it whether
// it has read what was listed.
func Sum(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// List reads the regular files of dir, symbolic links followed, without the names
// that IsDropping calls droppings. A link that leads nowhere is absent: a swap may
// be half done. An error means that nothing is known about the directory.
func List(dir string) (Listing, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("listing %q: %w", dir, err)
	}
	files := Listing{}
	for _, e := range entries {
		if IsDropping(e.Name()) {
			continue
		}
		switch digest, err := digestOf(filepath.Join(dir, e.Name())); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			files[e.Name()] = "unreadable:" + err.Error()
		case digest != "":
			files[e.Name()] = digest
		}
	}
	return files, nil
}

// digestOf returns the empty string for what is no regular file: a directory, or a
// FIFO that would never end.
func digestOf(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return "", err
	}
	if info.Size() > maxHashed {
		return fmt.Sprintf("large:%d:%d", info.Size(), info.ModTime().UnixNano()), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	content, err := io.ReadAll(io.LimitReader(f, maxHashed+1))
	if err != nil {
		return "", err
	}
	return Sum(content), nil
}

// IsDropping reports whether name is one that editors, package managers and atomic
// writers leave beside the real file: hidden files (with the ..data of a Kubernetes
// ConfigMap and vim's swap files), backups and temporary files. The suffixes of dpkg
// and rpm are those that run-parts(8) and rpm's %config handling use.
func IsDropping(name string) bool {
	return strings.HasPrefix(name, ".") ||
		strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#") || // emacs
		name == "4913" || // vim asks with it whether the directory can be written
		slices.ContainsFunc(droppingSuffixes(), func(s string) bool { return strings.HasSuffix(name, s) })
}

func droppingSuffixes() []string {
	return []string{
		"~", ".tmp", ".swp", ".bak", ".orig", ".rej",
		".dpkg-new", ".dpkg-old", ".dpkg-dist", ".dpkg-tmp", ".ucf-new", ".ucf-old", ".ucf-dist",
		".rpmnew", ".rpmsave", ".rpmorig",
	}
}
