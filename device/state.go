package device

import "time"

// Presence says whether the selected device is here.
type Presence string

// The presences. Only Present comes with an identity and contents.
const (
	Unknown   Presence = "Unknown"   // could not be looked at; State.Problem says why
	Absent    Presence = "Absent"    // no such device now
	Ambiguous Presence = "Ambiguous" // several match; State.Matches lists them
	Present   Presence = "Present"
)

// State is what an inspection saw. It is a value; it holds no open file.
type State struct {
	Selector Selector // what was asked for
	Presence Presence
	Path     string   // today's path of the device
	Matches  []string // with Ambiguous: path, serial, size, model and socket of each
	Problem  string   // with Unknown
	Remedy   string   // with Unknown
	Reason   Reason   // with Unknown; empty: DeviceUnreadable

	Identity Identity
	Use      Use
	Content  Content
	// Mismatch says in what the device differs from the selector's second check
	// (such as "size 2.0 TB, wanted 4.0 TB"); nothing is written to such a device.
	Mismatch string
}

// Use says what keeps a device from being written.
type Use struct {
	ReadOnly bool     `json:"readOnly,omitempty"`
	System   bool     `json:"system,omitempty"`  // holds a running system's file system or swap
	Mounted  []string `json:"mounted,omitempty"` // mount points of it or its partitions
	Holders  []string `json:"holders,omitempty"` // dm, md, LVM on top; a process that has it locked
}

// Content is what is on a device. All of it was read, none inferred from a name.
type Content struct {
	Blank bool `json:"blank"` // proven: no table, no file system, nothing in the places that matter
	// DiskGUID of the GPT; empty with no GPT.
	DiskGUID string `json:"diskGUID,omitempty"`
	// Partitions of the table; empty with no table.
	Partitions []Partition `json:"partitions,omitempty"`
	// FileSystem that matters: on the whole device, or the only one in its partitions
	// that holds data. Nil: none that we know.
	FileSystem *FileSystem `json:"fileSystem,omitempty"`
	// Found says in words what is on the device, such as `GPT with ntfs "WORK"`; on a
	// blank one, only what a probe of its capacity has left.
	Found string `json:"found,omitempty"`
	// Unknown: what was found begins with nothing that we know, so wipefs would find
	// nothing to wipe either.
	Unknown bool `json:"unknown,omitempty"`
	// Unreadable are the places that could not be read, the first few of them. What is
	// not known is not blank.
	Unreadable []ByteRange `json:"unreadable,omitempty"`
	// Missing is by how many bytes the device is shorter than the one that its table
	// was made for: it shrank, or lies behind another bridge.
	Missing int64 `json:"missing,omitempty"`
	// Fingerprint over the places that were read; a changed one makes a claim void.
	Fingerprint string `json:"fingerprint"`
}

// ByteRange is a range of a device, in bytes.
type ByteRange struct {
	Offset int64 `json:"offset"`
	Length int64 `json:"length"`
}

// Partition is an entry of the partition table.
type Partition struct {
	Number int    `json:"number"` // from 1
	GUID   string `json:"guid,omitempty"`
	Type   string `json:"type,omitempty"`
	Name   string `json:"name,omitempty"`
	Start  int64  `json:"start"` // bytes
	Size   int64  `json:"size"`  // bytes
}

// FileSystem is a file system (or a container of one) as it was found.
type FileSystem struct {
	Type          string `json:"type"` // ext4, ntfs, vfat, exfat, xfs, btrfs, LUKS, LVM2, …
	PartitionGUID string `json:"partitionGUID,omitempty"`
	// Offset of its first byte on the device, and Length of what it may fill.
	Offset int64  `json:"offset,omitempty"`
	Length int64  `json:"length,omitempty"`
	UUID   string `json:"uuid,omitempty"`
	Label  string `json:"label,omitempty"`
	// Written is when it was last written to, by the clock of the host that did; zero
	// where the file system does not say.
	Written time.Time `json:"written,omitzero"`
	// Encryption says in words which encrypted volumes it lies in; empty for a plain one.
	Encryption string `json:"encryption,omitempty"`
	// Missing is by how many bytes the device ends before it does.
	Missing int64 `json:"missing,omitempty"`
	// Signature is the content of the SIGNATURE file at the root; empty without.
	Signature string `json:"-"`
	// HasFiles: there is something besides lost+found and SIGNATURE.
	HasFiles bool `json:"hasFiles"`
	// Dirty: not cleanly unmounted, the journal needs a replay.
	Dirty bool `json:"dirty,omitempty"`
	// Problem that kept the file system from being read; empty when it was read.
	Problem string `json:"problem,omitempty"`
}
