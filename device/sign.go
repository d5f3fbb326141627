package device

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cargomedia/s3export/device/ext4"
)

// SignatureTarget is the file system that takes the SIGNATURE.
type SignatureTarget struct {
	Selector Selector
	// FileSystemUUID is the one that the file system must have: that of our volume,
	// or of somebody's ext4 that is used as it is.
	FileSystemUUID string
}

// WriteSignature puts text into the file SIGNATURE at the root of the ext4 on the
// device, byte for byte, and reads it back from the medium. An equal one is left
// alone and nothing is written; a different one is replaced. It works on the
// unmounted device, without root for an image. What an earlier call that was cut
// off has left behind is put right by e2fsck first.
//
// Its errors are *Error; DeviceChanged for another file system than expected,
// DeviceVanished when the device left in the middle.
func (d *Disks) WriteSignature(ctx context.Context, t SignatureTarget, text []byte) error {
	stay := d.stay(t.Selector)
	return stay.explain(opSign, t.Selector.name(), d.sign(ctx, t, text))
}

func (d *Disks) sign(ctx context.Context, t SignatureTarget, text []byte) error {
	st := d.locate(t.Selector)
	if r := st.Missing(); r != nil {
		return refused(opSign, firstOf(st.Path, t.Selector.name()), r)
	}
	if len(text) == 0 || len(text) > signatureMax {
		return &Error{Reason: DeviceIO, Op: opSign, Device: st.Path, Message: fmt.Sprintf("a SIGNATURE of %d bytes", len(text)),
			Remedy: fmt.Sprintf("give the text of the service, of 1 to %d bytes", signatureMax)}
	}
	h, err := d.openSole(ctx, st.Path, st.Identity.Kind)
	if err != nil {
		return notOpened(ctx, opSign, st.Path, err)
	}
	defer h.close()
	s := signing{d: d, h: h, target: t, text: text}
	at, err := s.allowed(ctx)
	if err != nil {
		return err
	}
	return s.write(ctx, at)
}

// name is what a selector asks for.
func (s Selector) name() string { return firstOf(s.Image, s.Serial, s.WWN, s.ByID) }

// signing is one WriteSignature under the lock.
type signing struct {
	d      *Disks
	h      *held
	target SignatureTarget
	text   []byte
}

// allowed looks again, under the lock, and finds the file system.
func (s signing) allowed(ctx context.Context) (extAt, error) {
	st, err := s.d.again(ctx, opSign, s.h, s.target.Selector)
	if err != nil {
		return extAt{}, err
	}
	if r := st.Missing(); r != nil {
		return extAt{}, refused(opSign, s.h.path, r)
	}
	if r := st.Fit(true); r != nil {
		return extAt{}, refused(opSign, s.h.path, r)
	}
	at, err := findExt(opSign, st, s.h)
	if err != nil {
		return extAt{}, err
	}
	if at.fs.UUID != strings.ToLower(s.target.FileSystemUUID) {
		return extAt{}, &Error{Reason: DeviceChanged, Op: opSign, Device: s.h.path,
			Message: fmt.Sprintf("the file system there is %s, not %s", at.fs.UUID, s.target.FileSystemUUID),
			Remedy:  "plug in the drive that was prepared for this run"}
	}
	return at, nil
}

// write does what is missing. The file system is consistent before and after.
func (s signing) write(ctx context.Context, at extAt) error {
	s.h.handOver()
	if err := s.consistent(ctx, at); err != nil {
		return err
	}
	if at.fs.Signature == string(s.text) {
		return nil
	}
	if err := s.debugfs(ctx, at); err != nil {
		return err
	}
	if err := dropCaches(s.h.f, s.h.kind); err != nil {
		return failedIO(opSign, s.h.path, "writing to the medium", err)
	}
	if err := s.check(ctx, at); err != nil {
		return toolFailed(ctx, opSign, s.h.path, "the file system is damaged after writing", err)
	}
	return s.readBack(ctx)
}

// debugfs writes the file. It says nothing of errors in its exit code; reading back
// does.
func (s signing) debugfs(ctx context.Context, at extAt) error {
	dir, err := os.MkdirTemp("", "s3export-")
	if err != nil {
		return failedIO(opSign, s.h.path, "making a temporary directory", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.WriteFile(filepath.Join(dir, signatureName), s.text, 0o644); err != nil {
		return failedIO(opSign, s.h.path, "writing a temporary file", err)
	}
	requests := "write " + signatureName + " " + signatureName + "\n"
	switch old, err := at.fs4.Lookup(signatureName); { //nolint:contextcheck // a look-up at the root ends soon
	case err != nil: // there is none
	case old.Type != ext4.Regular:
		return &Error{Reason: DeviceHasData, Op: opSign, Device: s.h.path, Message: "there is a SIGNATURE that is no file but a " + strings.ToLower(string(old.Type)),
			Remedy: "look at it, and remove it if it is not needed"}
	default:
		requests = "rm " + signatureName + "\n" + requests
	}
	if err := os.WriteFile(filepath.Join(dir, "requests"), []byte(requests), 0o600); err != nil {
		return failedIO(opSign, s.h.path, "writing a temporary file", err)
	}
	err = s.d.tools.run(ctx, command{
		name: "debugfs", args: []string{"-w", "-f", "requests", at.arg()}, held: s.h.f, path: s.h.path, dir: dir,
	})
	if err != nil {
		return toolFailed(ctx, opSign, s.h.path, "writing the SIGNATURE", err)
	}
	return nil
}

// consistent makes sure that the file system may be changed: a debugfs that was
// cut off leaves its bitmaps behind its inodes.
func (s signing) consistent(ctx context.Context, at extAt) error {
	if s.check(ctx, at) == nil {
		return nil
	}
	// Exit codes 1 and 2 of fsck(8) mean that all was put right.
	err := s.d.tools.run(ctx, command{name: "e2fsck", args: []string{"-f", "-p", at.arg()}, held: s.h.f, path: s.h.path})
	if e, ok := errors.AsType[*ToolError](err); ok && (e.ExitCode == 1 || e.ExitCode == 2) || err == nil {
		return nil
	}
	return toolFailed(ctx, opSign, s.h.path, "the file system is damaged", err)
}

// check changes nothing.
func (s signing) check(ctx context.Context, at extAt) error {
	return s.d.tools.run(ctx, command{name: "e2fsck", args: []string{"-f", "-n", at.arg()}, held: s.h.f, path: s.h.path})
}

// readBack compares what is on the medium now, through our own reader.
func (s signing) readBack(ctx context.Context) error {
	if err := dropCaches(s.h.f, s.h.kind); err != nil {
		return failedIO(opSign, s.h.path, "writing to the medium", err)
	}
	st, err := s.h.fresh(ctx, opSign)
	if err != nil {
		return err
	}
	at, err := findExt(opSign, st, s.h)
	if err != nil {
		return err
	}
	if at.fs.Signature != string(s.text) {
		return &Error{Reason: DeviceIO, Op: opSign, Device: s.h.path,
			Message: fmt.Sprintf("the SIGNATURE does not come back as it was written (%d of %d bytes)", len(at.fs.Signature), len(s.text)),
			Remedy:  "check that the volume has room and the drive works (`df`, `dmesg`), then try again"}
	}
	return nil
}
