package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/moby/sys/mountinfo"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
)

// host gives a story a host of its own: disks of which sysfs tells, but that have no
// medium to read. From then on commands are run inside the test, as no program can be
// told of another sysfs. Each line that follows is
//
//	PATH below sys/devices[, FILE=VALUE]…    a disk, with its attributes
//	link NAME DISK                           a name in /dev/disk/by-id
//	mount MAJOR:MINOR DIRECTORY
//	tool NAME WORDS…                         a program, and what it says of its version
func (t *teller) host() {
	GinkgoHelper()
	dir := GinkgoT().TempDir() // not the story's: who looks for changes there follows no links
	t.hostDir = dir
	h := &fixture{dir: dir}
	for _, d := range []string{"sys/block", "dev/disk/by-id", "tools", "run"} {
		Expect(os.MkdirAll(filepath.Join(dir, d), 0o755)).To(Succeed())
	}
	h.write("swaps", "Filename Type Size Used Priority\n")
	h.write("filesystems", "nodev\ttmpfs\n\text4\n")
	h.write("dev/loop-control", "")
	for line := range strings.Lines(t.indented()) {
		h.line(strings.TrimSpace(line))
	}
	t.devices = &device.Options{
		SysFS: os.DirFS(filepath.Join(dir, "sys")), DevDir: filepath.Join(dir, "dev"), Swaps: filepath.Join(dir, "swaps"),
		FileSystems: filepath.Join(dir, "filesystems"), ToolDirs: []string{filepath.Join(dir, "tools")}, MountDir: filepath.Join(dir, "run"),
		Mounts: func() ([]*mountinfo.Info, error) { return h.mounts, nil },
	}
	for _, v := range t.env() { // the SDK reads them itself
		if name, value, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			GinkgoT().Setenv(name, value)
		}
	}
}

// fixture is what a story says of its host.
type fixture struct {
	dir    string
	mounts []*mountinfo.Info
}

func (h *fixture) write(name, text string) {
	GinkgoHelper()
	path := filepath.Join(h.dir, name)
	Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
	Expect(os.WriteFile(path, []byte(text), 0o755)).To(Succeed())
}

func (h *fixture) line(text string) {
	GinkgoHelper()
	words := strings.Fields(text)
	switch words[0] {
	case "link":
		Expect(os.Symlink("../../"+words[2], filepath.Join(h.dir, "dev/disk/by-id", words[1]))).To(Succeed())
	case "mount":
		m := &mountinfo.Info{Root: "/", Mountpoint: words[2]}
		for i, c := range strings.Split(words[1], ":") {
			number := 0
			for _, digit := range c {
				number = number*10 + int(digit-'0')
			}
			*[]*int{&m.Major, &m.Minor}[i] = number
		}
		h.mounts = append(h.mounts, m)
	case "tool":
		h.write("tools/"+words[1], "#!/bin/sh\necho '"+strings.Join(words[2:], " ")+"' >&2\n")
	default:
		h.disk(strings.Split(text, ", "))
	}
}

func (h *fixture) disk(parts []string) {
	GinkgoHelper()
	at, name := filepath.Join("devices", parts[0]), filepath.Base(parts[0])
	Expect(os.MkdirAll(filepath.Join(h.dir, "sys", at), 0o755)).To(Succeed())
	Expect(os.Symlink("../"+at, filepath.Join(h.dir, "sys/block", name))).To(Succeed())
	for _, a := range parts[1:] {
		file, value, _ := strings.Cut(a, "=")
		h.write(filepath.Join("sys", at, file), value+"\n")
	}
	// A node without a device behind it.
	Expect(unix.Mknod(filepath.Join(h.dir, "dev", name), unix.S_IFSOCK|0o600, 0)).To(Succeed())
}

// inside runs a command of the program in this process.
func (t *teller) inside(line string) (string, int) {
	GinkgoHelper()
	vars := map[string]string{}
	for _, v := range t.env() {
		name, value, _ := strings.Cut(v, "=")
		vars[name] = value
	}
	here, err := os.Getwd()
	Expect(err).NotTo(HaveOccurred())
	Expect(os.Chdir(t.dir)).To(Succeed())
	defer func() { Expect(os.Chdir(here)).To(Succeed()) }()
	var out bytes.Buffer
	code := run(context.Background(), environment{
		stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(name string) string { return vars[name] },
		now: time.Now, dir: t.dir, width: func() int { return 80 }, devices: *t.devices,
	}, strings.Fields(line)[1:])
	t.out.Write(out.Bytes())
	// The paths of the host, and the columns that are as wide as its directory is long.
	text := strings.ReplaceAll(out.String(), t.hostDir, "")
	return regexp.MustCompile(`(\S)  +`).ReplaceAllString(text, "$1  "), code
}
