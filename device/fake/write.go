package fake

import (
	"context"

	"github.com/cargomedia/s3export/device"
)

// What Format writes, about: a table, and the least of an ext4.
const (
	tableBytes = 34 << 10
	mkfsBytes  = 4 << 20
)

// Format is that of device.Disks.
func (d *Disks) Format(ctx context.Context, c device.Claim, v device.VolumeID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !c.Covers(v) {
		return &device.Error{Reason: device.DeviceChanged, Op: "format", Device: c.Path(), Message: "the claim is not for this volume", Remedy: "inspect the device first"}
	}
	st, release, err := d.hold("format", c.Selector())
	if err != nil {
		return err
	}
	defer release()
	if _, r := c.Renew(st); r != nil {
		return fail("format", st.Path, r)
	}
	steps := []struct {
		op     string
		change func(*Disk)
	}{
		{"format:table", func(k *Disk) {
			k.Table, k.Volume = &Table{v.PartitionGUID, device.UnfinishedName}, nil
			k.Erases++
			k.Written += tableBytes
		}},
		{"format:mkfs", func(k *Disk) {
			k.Volume = &Volume{UUID: v.UUID, Label: v.Label, Files: map[string][]byte{}}
			k.Written += mkfsBytes
		}},
		{"format:finish", func(k *Disk) {
			k.Table.Name = v.Label
			k.Written += tableBytes
		}},
	}
	for _, s := range steps {
		if err := d.effect(s.op, st.Path, s.change); err != nil {
			return err
		}
	}
	return nil
}

// WriteSignature is that of device.Disks.
func (d *Disks) WriteSignature(ctx context.Context, t device.SignatureTarget, text []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	st, release, err := d.hold("sign", t.Selector)
	if err != nil {
		return err
	}
	defer release()
	if r := st.Fit(true); r != nil {
		return fail("sign", st.Path, r)
	}
	fs, err := readable("sign", st)
	if err != nil {
		return err
	}
	if fs.UUID != t.FileSystemUUID {
		return &device.Error{Reason: device.DeviceChanged, Op: "sign", Device: st.Path, Message: "there is another file system", Remedy: "plug in the drive of this run"}
	}
	if fs.Signature == string(text) {
		return nil
	}
	return d.effect("sign", st.Path, func(k *Disk) {
		if k.Volume.Files == nil {
			k.Volume.Files = map[string][]byte{}
		}
		k.Volume.Files[signatureName] = append([]byte(nil), text...)
		k.Written += int64(len(text))
	})
}

// readable returns the file system, if it can be read.
func readable(op string, st device.State) (*device.FileSystem, error) {
	fs := st.Content.FileSystem
	switch {
	case fs == nil:
		return nil, &device.Error{Reason: device.DeviceForeign, Op: op, Device: st.Path, Message: "there is no ext4 file system", Remedy: "check that it is the right drive"}
	case fs.Dirty:
		return nil, &device.Error{Reason: device.DeviceDirty, Op: op, Device: st.Path, Message: fs.Problem, Remedy: "mount and unmount it once"}
	case fs.Problem != "":
		return nil, &device.Error{Reason: device.DeviceIO, Op: op, Device: st.Path, Message: fs.Problem, Remedy: "check the drive"}
	}
	return fs, nil
}
