package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs/secret"
)

// canAsk reports whether somebody sits at a terminal who may be asked.
func (a *app) canAsk() bool {
	_, terminal := a.keyboard()
	return terminal && !a.old.nonInteractive
}

// keyboard returns standard input as a terminal.
func (a *app) keyboard() (*os.File, bool) {
	f, ok := a.stdin.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// confirm shows what is on the drive and asks for its serial number. Anything else
// than that is a no.
func (a *app) confirm(ctx context.Context, named device.Named, plan reconciler.Plan) error {
	return a.confirmSerial(ctx, named, plan.Seen.Device, plan.Forbidden.Message)
}

// confirmSerial is confirm, of what was seen on the drive and why it is asked.
func (a *app) confirmSerial(ctx context.Context, named device.Named, seen device.State, why string) error {
	name := seen.Identity.Name()
	a.ask("%s is %s\n", named.Path, name)
	for _, l := range []struct{ what, is string }{
		{"disk", seen.Path},
		{"model", seen.Identity.Model},
		{"size", fmt.Sprintf("%s (%d bytes)", device.FormatSize(seen.Identity.Size), seen.Identity.Size)},
		{"by-id", strings.Join(named.ByID, ", ")},
		{"found", found(seen.Content)},
	} {
		if l.is != "" {
			a.ask("  %-6s %s\n", l.what+":", l.is)
		}
	}
	a.ask("%s.\nTo allow it, type the serial number of the drive: ", why)
	answer, err := a.readLine(ctx)
	if err != nil {
		return err
	}
	if strings.TrimSpace(answer) != name {
		return fail(exitBlocked, "NotConfirmed", "that is not the serial number "+name+"; nothing was done", "look at the drive's sticker, then run the same again")
	}
	return nil
}

// found says what is on a device.
func found(c device.Content) string {
	if c.Blank {
		return "nothing, it is blank"
	}
	return c.Found
}

// ask prints a question to stderr, whatever else is quiet.
func (a *app) ask(format string, args ...any) { _, _ = fmt.Fprintf(a.stderr, format, args...) }

// readLine reads a line from standard input. The end of the input is an empty line.
func (a *app) readLine(ctx context.Context) (string, error) {
	return a.reading(ctx, func() (string, error) {
		line, err := bufio.NewReader(a.stdin).ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return line, err
	})
}

// readPassword reads a password: from a terminal without an echo, else the first
// line of standard input. The echo ends before the question is asked, since people
// type ahead.
func (a *app) readPassword(ctx context.Context, what string) (secret.Value, error) {
	if f, terminal := a.keyboard(); terminal {
		back, err := withoutEcho(f)
		if err != nil {
			return secret.Value{}, err
		}
		defer back()
		a.ask("%s: ", what)
		defer a.ask("\n")
	}
	line, err := a.readLine(ctx)
	return secret.NewValue(strings.TrimRight(line, "\r\n")), err
}

// withoutEcho has a terminal show nothing of what is typed, until back is called.
func withoutEcho(f *os.File) (back func(), err error) {
	fd := int(f.Fd())
	before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return nil, os.NewSyscallError("TCGETS", err)
	}
	silent := *before
	silent.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, &silent); err != nil {
		return nil, os.NewSyscallError("TCSETS", err)
	}
	return func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, before) }, nil
}

// reading ends with the context: a signal does not end a read.
func (a *app) reading(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := read()
		answers <- answer{text, err}
	}()
	select {
	case got := <-answers:
		return got.text, got.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
