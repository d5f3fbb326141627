package device

import (
	"context"
	"fmt"
	"io"
	"os"
)

// keysMost is how many key slots a LUKS2 volume has (LUKS2 On-Disk Format Specification
// 1.1.3, section 3.2).
const keysMost = 32

// FormatEncrypted is Format with the file system in a LUKS2 volume: AES-XTS with a key of
// 512 bits, and one key slot for each key, in their order, with Argon2id. Each opens it;
// a key is a password, or one key file. Only root may, and cryptsetup and the kernel's
// dm-crypt must be there, which is checked before anything is erased.
//
// It returns once the volume was read back from the medium with each of the keys. To an
// Inspect the finished volume is OursLoaded: what is in it cannot be seen without a key.
// Without a key nothing on it can ever be read again, nor without its header: keep a copy
// of that elsewhere, see LUKSHeader.
//
// Its errors are those of Format, NotPermitted, ToolMissing, DeviceUnsupported for a host
// that cannot encrypt, and PasswordNeeded for keys that are none.
func (d *Disks) FormatEncrypted(ctx context.Context, c Claim, v VolumeID, keys []Key) error {
	stay := d.stay(c.selector)
	return stay.explain(opFormat, c.path, d.formatEncrypted(ctx, c, v, keys))
}

func (d *Disks) formatEncrypted(ctx context.Context, c Claim, v VolumeID, keys []Key) error {
	passphrases := make([][]byte, 0, len(keys))
	for _, k := range keys {
		if p, ok := k.passphrase(); ok {
			passphrases = append(passphrases, p)
		}
	}
	if len(passphrases) != len(keys) || len(keys) == 0 || len(keys) > keysMost {
		return &Error{Reason: PasswordNeeded, Op: opFormat, Device: c.path, Message: fmt.Sprintf("%d of %d keys are a password or a key file", len(passphrases), len(keys)),
			Remedy: fmt.Sprintf("give 1 to %d keys, each of them a password or the content of one key file, and none of them empty", keysMost)}
	}
	if _, err := d.tools.find("mkfs.ext4"); err != nil {
		return err
	}
	if err := d.canEncrypt(opFormat, c.path); err != nil {
		return err
	}
	if least := int64(MinSize + luksBytes); c.identity.Size < least {
		return &Error{Reason: DeviceTooSmall, Op: opFormat, Device: c.path, Message: "it has only " + FormatSize(c.identity.Size) + ", too little to be encrypted",
			Remedy: "use a device of at least " + FormatSize(least)}
	}
	d.sweep(ctx)
	f := encrypting{d, keys, passphrases}
	return d.formatWith(ctx, c, v, filling{fill: f.fill, made: OursLoaded})
}

// encrypting is one FormatEncrypted.
type encrypting struct {
	disks       *Disks
	keys        []Key
	passphrases [][]byte
}

// fill makes the LUKS volume in the partition, and the file system in it.
func (e encrypting) fill(ctx context.Context, h *held, p Partition, v VolumeID) error {
	if err := e.make(ctx, h, p, v); err != nil {
		return err
	}
	if err := dropCaches(h.f, h.kind); err != nil {
		return failedIO(opFormat, h.path, "writing to the medium", err)
	}
	for i, k := range e.keys {
		l := layer{r: io.NewSectionReader(h.f, p.Start, p.Size), size: p.Size, at: p.Start}
		_, fs, err := opening{opFormat, h.path, k}.open(ctx, l)
		if err != nil {
			return fmt.Errorf("with key %d: %w", i+1, err)
		}
		if !v.isNew(&fs) {
			return h.notReadBack(State{Content: Content{Found: fs.words()}})
		}
	}
	return nil
}

func (e encrypting) make(ctx context.Context, h *held, p Partition, v VolumeID) error {
	a, err := e.disks.attach(h, p)
	if err != nil {
		return notAttached(opFormat, h.path, "attaching a loop device", err)
	}
	defer a.close()
	if err := a.luksFormat(ctx, v, e.passphrases); err != nil {
		return cryptFailed(ctx, opFormat, h.path, "making the encrypted volume", err)
	}
	if err := a.unlock(ctx, v.luksUUID(), e.passphrases[0], os.O_RDWR); err != nil {
		return cryptFailed(ctx, opFormat, h.path, "opening the encrypted volume", err)
	}
	size, _, err := blockSize(a.plain)
	if err != nil {
		return failedIO(opFormat, h.path, "asking for the size of the encrypted volume", err)
	}
	if err := e.disks.mkfsOn(ctx, a.plain, h.path, Partition{Size: size}, v); err != nil {
		return err
	}
	if err := a.plain.Sync(); err != nil {
		return failedIO(opFormat, h.path, "writing to the medium", err)
	}
	return nil
}
