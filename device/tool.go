package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// heldPath is what a tool is given for the device that we hold: descriptor 3, the
// first of exec.Cmd.ExtraFiles. So it works on the very file that was locked and
// inspected, even if another has its name by now, and an orphaned tool goes on
// holding the lock.
const heldPath = "/proc/self/fd/3"

// inherited is what a tool is given for command.files[i].
func inherited(i int) string { return fmt.Sprintf("/proc/self/fd/%d", 4+i) }

// ToolError is a tool of e2fsprogs, or cryptsetup, that failed.
type ToolError struct {
	Command  string // one line that can be pasted into a shell
	ExitCode int    // -1: killed by a signal, or not started
	Words    string // the end of what it wrote to stdout and stderr, on one line
	Err      error
}

// Error names the command, its exit code and what it said.
func (e *ToolError) Error() string {
	s := fmt.Sprintf("`%s` ended with exit code %d", e.Command, e.ExitCode)
	if e.Words != "" {
		s += ": " + e.Words
	}
	return s
}

// Unwrap returns the cause.
func (e *ToolError) Unwrap() error { return e.Err }

// command is one run of a tool. Arguments that begin with heldPath mean the device
// held, whose real path is only for messages.
type command struct {
	name string
	args []string
	held *os.File // inherited as descriptor 3
	// files are inherited as well, from descriptor 4 on: see inherited. Secrets come in
	// these, or in stdin, and never in args.
	files []*os.File
	stdin *os.File
	path  string // the path of held
	dir   string // working directory
	// watch is shown what the tool has said so far, each second; nil: nobody is.
	watch func(words string)
}

// tools finds and runs programs. dirs nil: those of PATH, then /usr/sbin and /sbin,
// which are not in everybody's PATH.
type tools struct{ dirs []string }

// find returns the path of a tool.
func (t tools) find(name string) (string, error) {
	dirs := t.dirs
	if dirs == nil {
		if p, err := exec.LookPath(name); err == nil {
			return p, nil
		}
		dirs = []string{"/usr/sbin", "/sbin"}
	}
	for _, d := range dirs {
		if p, err := exec.LookPath(filepath.Join(d, name)); err == nil {
			return p, nil
		}
	}
	return "", &Error{
		Reason: ToolMissing, Op: "run", Device: name, Message: "the program is not installed",
		Remedy: "install it with `apt-get install " + packageOf(name) + "`",
	}
}

func packageOf(tool string) string {
	if tool == cryptsetup {
		return "cryptsetup-bin"
	}
	return "e2fsprogs"
}

// run runs a tool to its end. A tool that has begun is not killed when ctx ends:
// half a file system is worse than a few seconds more. It is in a process group of
// its own, so that neither is it by a Ctrl-C, and it talks into a file, because a
// pipe would break under a tool whose parent was killed.
func (t tools) run(ctx context.Context, c command) error {
	_, err := t.output(ctx, c)
	return err
}

// output is run, and returns the end of what the tool has said.
func (t tools) output(ctx context.Context, c command) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	path, err := t.find(c.name)
	if err != nil {
		return "", err
	}
	words, err := memoryFile("words of " + c.name)
	if err != nil {
		return "", err
	}
	defer func() { _ = words.Close() }()
	cmd := exec.CommandContext(context.WithoutCancel(ctx), path, c.args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.dir, words, words
	// An empty configuration: what we spell out must not depend on the host's.
	// A mapping of ours is nobody else's business, so no rules of udev's are waited for.
	cmd.Env = []string{"LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "MKE2FS_CONFIG=/dev/null", "E2FSCK_CONFIG=/dev/null", "DEBUGFS_PAGER=__none__", "DM_DISABLE_UDEV=1"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if c.held != nil {
		cmd.ExtraFiles = append([]*os.File{c.held}, c.files...)
	}
	if c.stdin != nil {
		cmd.Stdin = c.stdin
	}
	if err := cmd.Start(); err != nil {
		return "", c.failed(path, "", err)
	}
	stop := c.watching(words)
	err = cmd.Wait()
	stop()
	if err != nil {
		return "", c.failed(path, tail(words), err)
	}
	return tail(words), nil
}

// memoryFile is a file that lies in memory only, and ends with its last user.
func memoryFile(name string) (*os.File, error) {
	fd, err := unix.MemfdCreate("s3export-tool", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), name), nil
}

// watchPause is the time between two looks at what a tool has said.
const watchPause = time.Second

// watching shows what the tool says until stop is called.
func (c command) watching(words *os.File) (stop func()) {
	if c.watch == nil {
		return func() {}
	}
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(watchPause)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				c.watch(tail(words))
			case <-end:
				return
			}
		}
	}()
	return func() { close(end); <-ended }
}

// tail returns the end of what a tool has said.
func tail(f *os.File) string {
	const most = 4 << 10
	info, err := f.Stat() // no seek: the tool writes through the same open file
	if err != nil {
		return ""
	}
	b, _ := io.ReadAll(io.NewSectionReader(f, max(0, info.Size()-most), most))
	return string(b)
}

func (c command) failed(path, words string, err error) error {
	e := &ToolError{Command: c.line(path), ExitCode: -1, Words: lastWords(words, c.path), Err: err}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		e.ExitCode = exit.ExitCode()
	}
	return e
}

// line prints the command as a person would type it.
func (c command) line(path string) string {
	words := []string{path}
	for _, a := range c.args {
		if rest, ok := strings.CutPrefix(a, heldPath); ok && c.path != "" {
			a = c.path + rest
		}
		words = append(words, ShellQuote(a))
	}
	return strings.Join(words, " ")
}

// lastWords returns what a tool said, on one line of bounded length and with the
// device's own name.
func lastWords(s, path string) string {
	if path != "" {
		s = strings.ReplaceAll(s, heldPath, path)
	}
	s = strings.Join(strings.Fields(withoutProgress(s)), " ")
	if len(s) > 400 {
		s = "…" + strings.ToValidUTF8(s[len(s)-400:], "")
	}
	return s
}
