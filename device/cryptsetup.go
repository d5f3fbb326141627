package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// cryptsetup is the program that makes and opens LUKS volumes.
const cryptsetup = "cryptsetup"

// luksBytes is what LUKS2 takes at the begin of a partition: its headers and key slots,
// as cryptsetup lays them out unless it is told otherwise.
const luksBytes = 16 << 20

// mappingPrefix begins the names of our mappings; the UUID of the LUKS follows.
const mappingPrefix = "s3export-"

// luksArgs are those of a new key slot. They are spelled out so that no newer version
// makes something that an older kernel, or our own reader, does not open. A guess at a
// password takes two seconds on this host and 256 MiB, which is more than RFC 9106 asks
// for where memory is scarce, and what a small host has.
func (d *Disks) luksArgs(slot int) []string {
	args := []string{"--batch-mode", "--key-file", "-", "--key-slot", strconv.Itoa(slot), "--pbkdf", "argon2id"}
	if d.weakKeys {
		return append(args, "--pbkdf-memory", "32", "--pbkdf-parallel", "1", "--pbkdf-force-iterations", "4")
	}
	return append(args, "--pbkdf-memory", "262144", "--pbkdf-parallel", "4", "--iter-time", "2000")
}

// luksFormat makes a LUKS2 volume with one key slot for each passphrase, in their order.
func (a *attachment) luksFormat(ctx context.Context, v VolumeID, passphrases [][]byte) error {
	args := append(a.disks.luksArgs(0), "--type", "luks2", "--cipher", "aes-xts-plain64", "--key-size", "512", "--hash", "sha256",
		"--sector-size", strconv.Itoa(blockBytes), "--uuid", v.luksUUID())
	if v.Label != "" {
		args = append(args, "--label", v.Label)
	}
	if err := a.cryptsetup(ctx, passphrases[:1], append(args, "luksFormat", a.loop.Name())); err != nil {
		return err
	}
	for i, p := range passphrases[1:] {
		args := append(a.disks.luksArgs(i+1), "luksAddKey", a.loop.Name(), inherited(0))
		if err := a.cryptsetup(ctx, [][]byte{passphrases[0], p}, args); err != nil {
			return err
		}
	}
	return nil
}

// cryptsetup runs it with the first secret on its standard input and the others in files,
// see inherited. It holds the loop device, and so the lock.
func (a *attachment) cryptsetup(ctx context.Context, secrets [][]byte, args []string, more ...*os.File) error {
	var files []*os.File
	defer func() {
		for _, f := range files {
			_ = f.Close()
		}
	}()
	for _, s := range secrets {
		f, err := secretFile(s)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	return a.disks.tools.run(ctx, command{
		name: cryptsetup, args: args, held: a.loop, path: a.held.path, stdin: files[0], files: slices.Concat(files[1:], more),
	})
}

// secretFile is a secret in memory, which a tool has as a whole even if we are killed.
func secretFile(secret []byte) (*os.File, error) {
	f, err := memoryFile("a secret")
	if err != nil {
		return nil, err
	}
	_, err = f.Write(secret)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// unlock makes the mapping of the LUKS volume with that UUID. The kernel is told at once
// to remove it with its last user; who dies before that leaves a mapping that sweep finds.
func (a *attachment) unlock(ctx context.Context, uuid string, passphrase []byte, flag int) error {
	lock, err := a.disks.lockMounts()
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	name := mappingPrefix + uuid
	args := []string{"--batch-mode", "--type", "luks2", "--key-file", "-", "open", a.loop.Name(), name}
	if err := a.cryptsetup(ctx, [][]byte{passphrase}, args, lock); err != nil {
		return err
	}
	a.plain, err = a.disks.openMapping(name, flag)
	return errors.Join(err, a.disks.closeMapping(context.WithoutCancel(ctx), name))
}

func (d *Disks) openMapping(name string, flag int) (*os.File, error) {
	for _, dm := range d.mappings() {
		if d.attribute(dm, "dm/name") == name {
			return os.OpenFile(d.node(dm), flag, 0)
		}
	}
	return nil, fmt.Errorf("the mapping %q is not in sysfs", name)
}

// mappings lists the kernel names of those that are ours.
func (d *Disks) mappings() []string {
	entries, err := fs.ReadDir(d.sys, "block")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(d.attribute(e.Name(), "dm/name"), mappingPrefix) {
			names = append(names, e.Name())
		}
	}
	return names
}

// closeMapping has the kernel remove a mapping with its last user, or now.
func (d *Disks) closeMapping(ctx context.Context, name string) error {
	return d.tools.run(ctx, command{name: cryptsetup, args: []string{"close", "--deferred", name}})
}

// sweep removes the mappings that nobody uses: what a kill has left.
func (d *Disks) sweep(ctx context.Context) {
	left := d.mappings()
	if len(left) == 0 {
		return
	}
	lock, err := d.lockMounts()
	if err != nil {
		return // told by whoever mounts
	}
	defer func() { _ = lock.Close() }()
	for _, dm := range left {
		if name := d.attribute(dm, "dm/name"); name != "" {
			_ = d.closeMapping(ctx, name)
		}
	}
}

// canEncrypt says what a host lacks to make and mount an encrypted volume, before
// anything is written.
func (d *Disks) canEncrypt(op, path string) error {
	if os.Geteuid() != 0 {
		return notPermitted(op, path, nil)
	}
	if _, err := d.tools.find(cryptsetup); err != nil {
		return err
	}
	if err := d.hasCrypt(); err != nil {
		return &Error{Reason: DeviceUnsupported, Op: op, Device: path, Message: "the kernel cannot encrypt it: it has no dm-crypt", Err: err,
			Remedy: "load it (`modprobe dm-crypt`); in a container, give it /dev/mapper/control and the right to administer the system (CAP_SYS_ADMIN); or do without encryption"}
	}
	return nil
}

func (d *Disks) hasCrypt() error {
	f, err := os.OpenFile(filepath.Join(d.dev, "mapper/control"), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return dmTarget(f, "crypt")
}

// cryptFailed is the error of an operation whose cryptsetup failed.
func cryptFailed(ctx context.Context, op, path, what string, err error) error {
	err = toolFailed(ctx, op, path, what, err)
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Reason != ToolFailed {
		return err
	}
	e.Remedy = "look at what the tool said; check the drive (`dmesg`) and the version of cryptsetup (2.4 or newer)"
	if t, ok := errors.AsType[*ToolError](err); ok && t.ExitCode == cryptsetupDenied {
		e.Reason, e.Message, e.Err = PasswordWrong, "no key slot opens with this password", nil
		e.Remedy = "check the password, and that it is the right drive"
	}
	return e
}

// cryptsetupDenied is the exit code for a wrong passphrase (cryptsetup(8), RETURN CODES).
const cryptsetupDenied = 2
