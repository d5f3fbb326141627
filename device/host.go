package device

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Host is what this host has to make and read drives with. Nothing is changed to find
// out.
type Host struct {
	// Tools are the programs that are run, in a fixed order.
	Tools []Tool
	// MountDir is the directory below which the kernel mounts what only it can read.
	MountDir string
	// Links: udev names disks in /dev/disk/by-id.
	Links bool
	// Loops: images can be attached as loop devices.
	Loops bool
	// KernelExt4: the kernel has ext4 by now; a module is loaded when it is first needed.
	KernelExt4 bool
}

// Tool is a program, of e2fsprogs but for those ByHand.
type Tool struct {
	Name    string
	Path    string
	Version string // such as 1.47.0
	ByHand  bool   // run for encrypted drives only, and named in remedies
	Err     error  // why it cannot be run: an *Error or a *ToolError; nil for one that can
}

// Host looks at the host. Its error is that of ctx.
func (d *Disks) Host(ctx context.Context) (Host, error) {
	h := Host{
		MountDir: d.mountDir, Links: isThere(d.byID), Loops: isThere(filepath.Join(d.dev, "loop-control")),
		KernelExt4: listsWord(d.filesystems, Ext4),
	}
	for _, t := range []Tool{{Name: "mkfs.ext4"}, {Name: "debugfs"}, {Name: "e2fsck"}, {Name: "cryptsetup", ByHand: true}} {
		h.Tools = append(h.Tools, d.asked(ctx, t))
	}
	return h, ctx.Err()
}

// asked returns a tool with what it says of itself.
func (d *Disks) asked(ctx context.Context, t Tool) Tool {
	if t.Path, t.Err = d.tools.find(t.Name); t.Err != nil {
		return t
	}
	var words string
	words, t.Err = d.tools.output(ctx, command{name: t.Name, args: []string{"-V"}})
	t.Version = regexp.MustCompile(`\d+(\.\d+)+`).FindString(words)
	return t
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// listsWord reports whether a line of a file ends with a word, as those of
// /proc/filesystems do.
func listsWord(path, word string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	in := bufio.NewScanner(f)
	for in.Scan() {
		if fields := strings.Fields(in.Text()); len(fields) > 0 && fields[len(fields)-1] == word {
			return true
		}
	}
	return false
}
