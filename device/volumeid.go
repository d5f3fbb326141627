package device

import (
	"crypto/sha256"
	"encoding/hex"
)

// VolumeID names the volume of one run of a backup. All of it is derived from the
// backup's name and run, so that a killed run recognizes its own work.
type VolumeID struct {
	PartitionGUID string // lower case, 8-4-4-4-12
	UUID          string // of the file system
	Label         string // at most 16 bytes, the limit of ext4
}

// NewVolumeID derives the ids (RFC 9562 version 8 UUIDs over SHA-256).
func NewVolumeID(name, run string) VolumeID {
	label := "s3x-" + name
	if len(label) > 16 {
		label = label[:16]
	}
	return VolumeID{
		PartitionGUID: derive("partition", name, run),
		UUID:          derive("volume", name, run),
		Label:         label,
	}
}

func derive(what, name, run string) string {
	sum := sha256.Sum256([]byte("s3export/v1\x00" + what + "\x00" + name + "\x00" + run))
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	h := hex.EncodeToString(u)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// diskGUID is the GUID of the table around the partition: while a table is being
// written, it alone says whose it will be.
func (v VolumeID) diskGUID() string { return derive("disk", v.PartitionGUID, "") }

// luksUUID is the one of the LUKS around the file system, of an encrypted volume.
func (v VolumeID) luksUUID() string { return derive("luks", v.PartitionGUID, "") }

// UnfinishedName is the name of our GPT partition from before mkfs until the file
// system was read back from the medium. It makes a format that was cut off
// recognizable even where the file system looks complete, as after a power cut.
const UnfinishedName = "s3export, unfinished"
