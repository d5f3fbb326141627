package ext4

import (
	"errors"
	"fmt"
	"strings"
)

// Reason says why a file system, or a part of it, is not read.
type Reason string

// The reasons.
const (
	NotExt4            Reason = "NotExt4"            // no ext2, ext3 or ext4 superblock
	Dirty              Reason = "Dirty"              // not cleanly unmounted, or the journal needs a replay
	UnsupportedFeature Reason = "UnsupportedFeature" // readable only with a feature that this package lacks
	Corrupt            Reason = "Corrupt"            // a structure contradicts itself, its checksum or the device
	Short              Reason = "Short"              // the device ends before the file system; see OpenShort
	TooLarge           Reason = "TooLarge"           // beyond a bound that keeps memory small, see the package comment
)

// ErrDirty matches, by errors.Is, every *Error whose reason is Dirty.
var ErrDirty = errors.New("ext4: not cleanly unmounted")

// Error is a refusal to read. Remedy is never empty. Errors of the device are not of
// this type but a *ReadError.
type Error struct {
	Reason  Reason
	Message string
	Remedy  string

	Missing   int64    // with Short: bytes behind the end of the device
	Features  []string // with UnsupportedFeature: names as e2fsprogs prints them
	Structure string   // with Corrupt: "superblock", "group descriptor", "inode", "directory", "extent tree", …
	Number    uint64   // with Corrupt: number of the group, the inode or the block, as the structure has it
}

// Error returns the message; the remedy is rendered by whoever shows it.
func (e *Error) Error() string { return e.Message }

// Is makes errors.Is(err, ErrDirty) true for the reason Dirty.
func (e *Error) Is(target error) bool { return target == ErrDirty && e.Reason == Dirty }

const checkRemedy = `look at the damage with "e2fsck -fn DEVICE" (changes nothing), copy the drive before repairing it`

func corrupt(structure string, number uint64, format string, args ...any) *Error {
	return &Error{
		Reason:    Corrupt,
		Structure: structure,
		Number:    number,
		Message:   fmt.Sprintf("ext4 %s %d: ", structure, number) + fmt.Sprintf(format, args...),
		Remedy:    checkRemedy,
	}
}

func corruptSuper(format string, args ...any) *Error {
	e := corrupt("superblock", 0, format, args...)
	e.Message = "ext4 superblock: " + fmt.Sprintf(format, args...)
	e.Remedy = `check a copy of the drive with a backup superblock: "e2fsck -fn -b 32768 -B 4096 DEVICE" ("-b 8193 -B 1024" for 1 KiB blocks)`
	return e
}

func unsupported(what string, features ...string) *Error {
	return &Error{
		Reason:   UnsupportedFeature,
		Features: features,
		Message:  fmt.Sprintf("ext4: %s uses what this reader does not read: %s", what, strings.Join(features, ", ")),
		Remedy:   `mount it read-only with the kernel: "mount -o ro,noload DEVICE DIR"`,
	}
}

func tooLarge(format string, args ...any) *Error {
	return &Error{
		Reason:  TooLarge,
		Message: "ext4: " + fmt.Sprintf(format, args...),
		Remedy:  `mount it read-only with the kernel: "mount -o ro,noload DEVICE DIR"`,
	}
}
