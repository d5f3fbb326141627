package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/device/crypt"
	"github.com/cargomedia/s3export/device/ext4"
)

// layer is a range of bytes that holds a file system: a partition, or the plain bytes
// of an encrypted volume in another layer.
type layer struct {
	r    io.ReaderAt
	size int64
	at   int64 // on the device; -1 for what lies in another layer
	// through says in words which encrypted volumes were opened on the way; empty for a
	// layer that lies on the device itself.
	through []string
}

// layersMost bounds how deep volumes lie in each other: an encrypted partition, and a
// container in it.
const layersMost = 3

// opening opens the layers of one device from the outside in.
type opening struct {
	op, path string
	key      Key
}

// open opens the file system that a layer holds, which may be in an encrypted volume.
// Its errors are *Error, or that of ctx.
func (o opening) open(ctx context.Context, l layer) (files, FileSystem, error) {
	fs, err := readFileSystem(ctx, l.r, l.size)
	if err != nil {
		return nil, FileSystem{}, o.failed(ctx, "looking at it", err)
	}
	switch {
	case fs == nil:
		return o.withoutHeader(ctx, l)
	case fs.Type == luks:
		return o.unlock(ctx, l, o.key.Secret, "the volume on it ("+fs.words()+")")
	case fs.Type == Ext4 || fs.Type == "ext3" || fs.Type == "ext2":
		return o.ext(ctx, l, *fs)
	}
	return nil, FileSystem{}, o.unread(l, *fs)
}

// withoutHeader opens what looks like chance, as a TrueCrypt volume does.
func (o opening) withoutHeader(ctx context.Context, l layer) (files, FileSystem, error) {
	if !o.key.given() || len(l.through) > 0 {
		return nil, FileSystem{}, &Error{Reason: DeviceForeign, Op: o.op, Device: o.path,
			Message: l.inside() + "there is no file system that is known", Remedy: "check that it is the right drive; if it is encrypted, give its password (`--password-from`)"}
	}
	return o.unlock(ctx, l, o.secretFor(o.path), "the volume on it, if it is one,")
}

// ext opens an ext file system, or the container at its root.
func (o opening) ext(ctx context.Context, l layer, fs FileSystem) (files, FileSystem, error) {
	x, err := ext4.OpenShort(l.r, l.size) // what is there is read
	if err == nil && fs.Dirty {
		err = ext4.ErrDirty
	}
	if err == nil && fs.Problem != "" {
		err = errors.New(fs.Problem)
	}
	if err != nil {
		return nil, FileSystem{}, unreadable(o.op, o.path, err)
	}
	fs.Encryption = strings.Join(l.through, ", in it ")
	name, err := o.container(ctx, x)
	if err != nil || name == "" {
		return extFiles{x, l.at}, fs, err
	}
	e, err := x.Lookup(name) //nolint:contextcheck // a look-up at the root ends soon
	if err != nil {
		return nil, FileSystem{}, unreadable(o.op, o.path, err)
	}
	f, err := x.OpenFile(e)
	if err != nil {
		return nil, FileSystem{}, unreadable(o.op, o.path, err)
	}
	return o.unlock(ctx, layer{f, f.Size(), -1, l.through}, o.secretFor(name), "the container "+strconv.Quote(name))
}

// secretFor tries TrueCrypt alone for the extension of its containers: a wrong password
// is then told within seconds.
func (o opening) secretFor(name string) crypt.Secret {
	s := o.key.Secret
	if isContainer(name) && s.Format == "" {
		s.Format = crypt.TrueCrypt
	}
	return s
}

func isContainer(name string) bool { return strings.HasSuffix(strings.ToLower(name), ".tc") }

// rootMost bounds how many names at the root are looked at for a container: a drive
// with one has little else there.
const rootMost = 10_000

// container returns the name of the container at the root; empty for a plain copy.
func (o opening) container(ctx context.Context, x *ext4.FS) (string, error) {
	if !o.key.given() && o.key.Container == "" {
		return "", nil
	}
	names, err := x.Names(ctx, "", rootMost)
	if err != nil {
		return "", o.failed(ctx, "listing its root", err)
	}
	if i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, o.key.Container) }); i >= 0 {
		return names[i], nil
	}
	if !o.key.given() {
		return "", nil
	}
	names = slices.DeleteFunc(names, func(n string) bool { return !isContainer(n) })
	switch len(names) {
	case 0:
		return "", nil
	case 1:
		return names[0], nil
	}
	slices.Sort(names)
	return "", &Error{Reason: ContainerUnclear, Op: o.op, Device: o.path,
		Message: fmt.Sprintf("%d files at its root may be the container: %s", len(names), quotedList(names)),
		Remedy:  "say which one it is (`--container NAME`); that of a job is called after its id"}
}

// unlock opens an encrypted volume and the file system in it.
func (o opening) unlock(ctx context.Context, l layer, s crypt.Secret, what string) (files, FileSystem, error) {
	if !o.key.given() {
		return nil, FileSystem{}, &Error{Reason: PasswordNeeded, Op: o.op, Device: o.path,
			Message: l.inside() + what + " is encrypted", Remedy: "give its password (`--password-from`; in a spec trueCryptPassword)"}
	}
	if len(l.through) == layersMost {
		return nil, FileSystem{}, &Error{Reason: DeviceUnsupported, Op: o.op, Device: o.path,
			Message: fmt.Sprintf("more than %d encrypted volumes lie in each other", layersMost), Remedy: "open the outer ones by hand (`cryptsetup open`), and verify the inner one"}
	}
	v, err := crypt.Open(ctx, l.r, l.size, s)
	if err != nil {
		return nil, FileSystem{}, o.locked(ctx, l.inside()+what, err)
	}
	i := v.Info()
	words := fmt.Sprintf("%s (%s, %s)", i.Format, i.Cipher, i.Hash)
	return o.open(ctx, layer{v, v.Size(), -1, append(slices.Clone(l.through), words)})
}

// inside begins a message about what lies in encrypted volumes.
func (l layer) inside() string {
	if len(l.through) == 0 {
		return ""
	}
	return "in " + strings.Join(l.through, ", in it ") + ": "
}

// locked translates why a volume was not opened.
func (o opening) locked(ctx context.Context, what string, err error) error {
	c, ok := errors.AsType[*crypt.Error](err)
	if !ok {
		return o.failed(ctx, "opening "+what, err)
	}
	e := &Error{Op: o.op, Device: o.path, Message: what + " was not opened: " + c.Message, Remedy: c.Remedy}
	switch c.Reason {
	case crypt.WrongPassword:
		e.Reason = PasswordWrong
	case crypt.Unsupported:
		e.Reason = DeviceUnsupported
	case crypt.NotEncrypted, crypt.Corrupt:
		e.Reason = DeviceUnreadable
	}
	return e
}

func (o opening) failed(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return failedIO(o.op, o.path, what, err)
}

// unread refuses a file system that we do not read, and says how the kernel can.
func (o opening) unread(l layer, fs FileSystem) error {
	e := &Error{Reason: DeviceUnsupported, Op: o.op, Device: o.path,
		Message: fmt.Sprintf("it holds %s, which is not read here", fs.words()),
		Remedy:  "mount it read-only (`mount -o ro DEVICE /mnt`), then use `s3export verify --root /mnt`"}
	if len(l.through) > 0 {
		e.Message = fmt.Sprintf("%sdecrypted; it holds %s, which is not read here", l.inside(), fs.words())
		e.Remedy = "have the kernel read it, as root: `cryptsetup open --readonly DEVICE copy` (for TrueCrypt with `--type tcrypt`), `mount -o ro /dev/mapper/copy /mnt`, then `s3export verify --root /mnt`"
	}
	return e
}

// quotedList lists a few names.
func quotedList(names []string) string {
	const most = 5
	var quoted []string
	for i, n := range names {
		if i == most {
			quoted = append(quoted, "…")
			break
		}
		quoted = append(quoted, strconv.Quote(n))
	}
	return strings.Join(quoted, ", ")
}
