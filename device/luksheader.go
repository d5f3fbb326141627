package device

import (
	"context"
	"io"
)

// LUKSHeader returns the header of the encrypted volume v on the device, with its key
// slots: what `cryptsetup luksHeaderBackup` saves and luksHeaderRestore puts back, 16 MiB.
// With it and a key the volume is read even after the begin of the drive is lost; without
// a key it tells nothing. Whoever has it and a key that was removed since can still open
// the volume. Nothing is written; it needs only the right to read the device.
//
// Its errors are *Error, or that of ctx; DeviceChanged for a device that does not hold
// the encrypted volume.
func (d *Disks) LUKSHeader(ctx context.Context, s Selector, v VolumeID) ([]byte, error) {
	stay := d.stay(s)
	b, err := d.luksHeader(ctx, s, v)
	return b, stay.explain(opRead, s.name(), err)
}

func (d *Disks) luksHeader(ctx context.Context, s Selector, v VolumeID) ([]byte, error) {
	st := d.locate(s)
	if r := st.Missing(); r != nil {
		return nil, refused(opRead, firstOf(st.Path, s.name()), r)
	}
	h, err := d.openShared(ctx, st.Path, st.Identity.Kind)
	if err != nil {
		return nil, notOpened(ctx, opRead, st.Path, err)
	}
	defer h.close()
	if st, err = look(ctx, st, h); err != nil {
		return nil, err
	}
	if r := st.Missing(); r != nil {
		return nil, refused(opRead, h.path, r)
	}
	fs := st.Content.FileSystem
	if st.Relation(v) != OursLoaded || fs.Type != luks {
		return nil, &Error{Reason: DeviceChanged, Op: opRead, Device: h.path, Message: "it does not hold the encrypted volume of this run: " + firstOf(st.Content.Found, "it is blank"),
			Remedy: "plug in the drive that was prepared for this run"}
	}
	b := make([]byte, luksBytes)
	if _, err := io.ReadFull(io.NewSectionReader(h.f, fs.Offset, fs.Length), b); err != nil {
		return nil, failedIO(opRead, h.path, "reading the header of the encrypted volume", err)
	}
	return b, nil
}
