package ext4_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/ext4"
)

// tool finds a program of e2fsprogs, which Debian keeps off the path of users.
func tool(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin", "/sbin"} {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not installed", name)
}

func run(name string, args ...string) (string, error) {
	path, err := tool(name)
	if err != nil {
		return "", err
	}
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "E2FSPROGS_FAKE_TIME=", "MKE2FS_SYNC=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%s %q: %w: %s", name, args, err, out)
	}
	return string(out), nil
}

// makeImage runs mkfs.ext4 on a new file; source, if not empty, fills it.
func makeImage(path, size, source string, args ...string) error {
	all := []string{"-q", "-F", "-U", "0f0e0d0c-0b0a-4908-8706-050403020100", "-L", "archive"}
	if source != "" {
		all = append(all, "-d", source)
	}
	_, err := run("mkfs.ext4", append(append(all, args...), path, size)...)
	return err
}

// needTools skips, aloud, where there is no e2fsprogs.
func needTools() {
	for _, name := range []string{"mkfs.ext4", "debugfs", "e2fsck"} {
		if _, err := tool(name); err != nil {
			Skip("SKIPPED: the ext4 reader is not tested here: " + err.Error())
		}
	}
}

func image(size, source string, args ...string) string {
	GinkgoHelper()
	needTools()
	path := filepath.Join(GinkgoT().TempDir(), "image")
	Expect(makeImage(path, size, source, args...)).To(Succeed())
	return path
}

func debugfs(path string, commands ...string) (out string) {
	GinkgoHelper()
	file := filepath.Join(GinkgoT().TempDir(), "commands")
	Expect(os.WriteFile(file, []byte(strings.Join(commands, "\n")+"\n"), 0o600)).To(Succeed())
	out, err := run("debugfs", "-w", "-f", file, path)
	Expect(err).NotTo(HaveOccurred())
	return out
}

func clean(path string) {
	GinkgoHelper()
	_, err := run("e2fsck", "-fn", path)
	Expect(err).NotTo(HaveOccurred())
}

func open(path string) *ext4.FS {
	GinkgoHelper()
	file, err := os.Open(path)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(file.Close)
	info, err := file.Stat()
	Expect(err).NotTo(HaveOccurred())
	f, err := ext4.Open(file, info.Size())
	Expect(err).NotTo(HaveOccurred())
	return f
}

// seen is an entry with what it holds, as one comparable line.
func seen(path string, kind ext4.EntryType, size int64, mtime int64, content string) string {
	return fmt.Sprintf("%q %s %d @%d %s", path, kind, size, mtime, content)
}

// tree lists what the reader shows below root, in its order.
func tree(f *ext4.FS, root string) []string {
	GinkgoHelper()
	var lines []string
	err := f.Walk(context.Background(), root, func(e ext4.Entry) error {
		if e.Err != nil {
			return fmt.Errorf("%q: %w", e.Path, e.Err)
		}
		line, err := describe(f, e)
		lines = append(lines, line)
		return err
	})
	Expect(err).NotTo(HaveOccurred())
	return lines
}

func describe(f *ext4.FS, e ext4.Entry) (string, error) {
	size, content := e.Size, ""
	switch e.Type {
	case ext4.Regular:
		file, err := f.OpenFile(e)
		if err != nil {
			return "", err
		}
		if content, err = hashOf(io.NewSectionReader(file, 0, file.Size()), file.Size()); err != nil {
			return "", err
		}
	case ext4.Symlink:
		target, err := f.Readlink(e)
		if err != nil {
			return "", err
		}
		content = fmt.Sprintf("%q", target)
	default:
		size = 0 // of a directory: the file system's business
	}
	return seen(e.Path, e.Type, size, e.ModTime.Unix(), content), nil
}

func hashOf(r io.Reader, size int64) (string, error) {
	h := sha256.New()
	// An odd size, so that reads begin and end within blocks.
	_, err := io.CopyBuffer(h, struct{ io.Reader }{r}, make([]byte, min(size, 300_000)+1))
	return fmt.Sprintf("%x", h.Sum(nil)), err
}

// treeOf lists a directory of the machine in the same way, by the same rule of
// order, which it does not share code with. lost+found is mkfs's own.
func treeOf(dir string) []string {
	GinkgoHelper()
	type item struct{ by, line string }
	var items []item
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		rel := strings.TrimPrefix(strings.TrimPrefix(path, dir), "/")
		if err != nil || rel == "" || rel == "lost+found" {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		kind, size, content, err := lookAt(path, info)
		by := rel
		if d.IsDir() {
			by += "/"
		}
		items = append(items, item{by, seen(rel, kind, size, info.ModTime().Unix(), content)})
		return err
	})
	Expect(err).NotTo(HaveOccurred())
	sort.Slice(items, func(i, j int) bool { return items[i].by < items[j].by })
	lines := make([]string, len(items))
	for i, it := range items {
		lines[i] = it.line
	}
	return lines
}

func lookAt(path string, info fs.FileInfo) (ext4.EntryType, int64, string, error) {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		file, err := os.Open(path)
		if err != nil {
			return "", 0, "", err
		}
		defer file.Close()
		sum, err := hashOf(file, info.Size())
		return ext4.Regular, info.Size(), sum, err
	case mode.IsDir():
		return ext4.Directory, 0, "", nil
	case mode&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		return ext4.Symlink, info.Size(), fmt.Sprintf("%q", target), err
	}
	return ext4.Other, 0, "", nil
}

// without drops lost+found, which mkfs makes, and what begins with prefix.
func without(lines []string, prefix string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		return strings.HasPrefix(line, `"lost+found"`) || strings.HasPrefix(line, `"`+prefix)
	})
}

// expectSame compares line by line: gomega's diff of thousands of lines is of no use.
func expectSame(got, want []string) {
	GinkgoHelper()
	for i := range min(len(got), len(want)) {
		Expect(got[i]).To(Equal(want[i]), "line %d", i)
	}
	Expect(got).To(HaveLen(len(want)))
	Expect(want).NotTo(BeEmpty())
}

// memory is an image in memory that tests may change.
func memory(path string) []byte {
	GinkgoHelper()
	b, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	return b
}

func openBytes(b []byte) (*ext4.FS, error) {
	return ext4.Open(bytes.NewReader(b), int64(len(b)))
}

// reasonOf is the reason of an *ext4.Error, empty for any other error.
func reasonOf(err error) ext4.Reason {
	var e *ext4.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// must is for benchmarks and fuzz targets, which have no gomega.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
