package machine_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// debian unpacks packages of the distribution into a folder that is kept from run to
// run. Nothing is installed.
type debian struct{ cache string }

// newDebian keeps packages in the user's cache, else in the temporary directory.
func newDebian() (debian, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	d := debian{filepath.Join(dir, "s3export-machine")}
	return d, os.MkdirAll(d.cache, 0o755)
}

// kernelPackage is the name of the package that the distribution's kernel is in today.
func (debian) kernelPackage() (string, error) {
	out, err := exec.Command("apt-cache", "depends", "--important", "linux-image-amd64").Output()
	if err != nil {
		return "", fmt.Errorf("apt-cache knows no linux-image-amd64: %w", err)
	}
	for _, word := range strings.Fields(string(out)) {
		if strings.HasPrefix(word, "linux-image-") && word != "linux-image-amd64" {
			return word, nil
		}
	}
	return "", fmt.Errorf("apt-cache does not say what linux-image-amd64 depends on: %q", out)
}

// unpack returns the root of the unpacked package, and fetches it if it is not there.
func (d debian) unpack(name string) (string, error) {
	file, err := d.file(name)
	if err != nil {
		return "", err
	}
	root := filepath.Join(d.cache, strings.TrimSuffix(file, ".deb"))
	if _, err := os.Stat(root); err == nil {
		return root, nil
	}
	work, err := os.MkdirTemp(d.cache, "unpacking-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(work) }()
	fetch := exec.Command("apt-get", "download", "-q", name)
	fetch.Dir = work
	if out, err := fetch.CombinedOutput(); err != nil {
		return "", fmt.Errorf("apt-get download %s: %w: %s", name, err, out)
	}
	packages, err := filepath.Glob(filepath.Join(work, "*.deb"))
	if err != nil || len(packages) != 1 {
		return "", fmt.Errorf("apt-get download %s has left %q", name, packages)
	}
	if out, err := exec.Command("dpkg", "-x", packages[0], filepath.Join(work, "root")).CombinedOutput(); err != nil {
		return "", fmt.Errorf("unpacking %s: %w: %s", name, err, out)
	}
	return root, os.Rename(filepath.Join(work, "root"), root)
}

// file is what apt would call the package's file: name, version, architecture.
func (debian) file(name string) (string, error) {
	out, err := exec.Command("apt-get", "download", "--print-uris", name).Output()
	if err != nil {
		return "", fmt.Errorf("apt-get knows no package %s: %w", name, err)
	}
	fields := strings.Fields(string(out)) // 'URI' file size hash
	if len(fields) < 2 || !strings.HasSuffix(fields[1], ".deb") {
		return "", fmt.Errorf("apt-get does not say where %s is: %q", name, out)
	}
	return filepath.Base(fields[1]), nil
}
