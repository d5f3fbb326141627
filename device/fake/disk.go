package fake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/device"
)

// Disk is one disk, as it is plugged in. The zero content is blank.
type Disk struct {
	Identity device.Identity
	Path     string   // today's path; for an image the one of its selector
	ByID     []string // names of its links
	Use      device.Use
	Problem  string // it cannot be looked at, and why

	// Foreign says what is on it that is not ours, such as `ntfs "WORK"`.
	Foreign string
	// Table is the GPT with one partition; nil for none.
	Table *Table
	// Volume is the ext4 in the partition, or without a Table on the whole disk.
	Volume *Volume

	Erases  int   // times that Format began to write
	Written int64 // bytes of tables, file systems and SIGNATUREs; metadata is not counted
}

// Table is a GPT with one partition.
type Table struct{ GUID, Name string }

// Volume is an ext4.
type Volume struct {
	UUID, Label string
	Files       map[string][]byte // by path; directories are implied
	Dirty       bool              // not cleanly unmounted
	Problem     string            // it cannot be read
}

const signatureName = "SIGNATURE"

func (k Disk) clone() Disk {
	k.ByID = slices.Clone(k.ByID)
	k.Use.Mounted, k.Use.Holders = slices.Clone(k.Use.Mounted), slices.Clone(k.Use.Holders)
	if k.Table != nil {
		t := *k.Table
		k.Table = &t
	}
	if k.Volume != nil {
		v := *k.Volume
		v.Files = maps.Clone(v.Files)
		k.Volume = &v
	}
	return k
}

// content is what an inspection would read.
func (k Disk) content() device.Content {
	c := device.Content{Fingerprint: k.fingerprint()}
	if k.Foreign != "" {
		c.Found = k.Foreign
		return c
	}
	if k.Table == nil && k.Volume == nil {
		c.Blank = true
		return c
	}
	var found []string
	if k.Table != nil {
		found = append(found, "GPT")
		c.Partitions = []device.Partition{{
			Number: 1, GUID: k.Table.GUID, Name: k.Table.Name, Start: 1 << 20, Size: k.Identity.Size - 2<<20,
		}}
	}
	if k.Volume != nil {
		found = append(found, fmt.Sprintf("ext4 %q", k.Volume.Label))
		c.FileSystem = k.Volume.info(k.Table)
	}
	c.Found = strings.Join(found, " with ")
	return c
}

// fingerprint covers what is on the disk, and its size.
func (k Disk) fingerprint() string {
	b, err := json.Marshal(struct {
		Size    int64
		Foreign string
		Table   *Table
		Volume  *Volume
	}{k.Identity.Size, k.Foreign, k.Table, k.Volume})
	if err != nil {
		panic(err) // plain strings and bytes always marshal
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (v *Volume) info(t *Table) *device.FileSystem {
	fs := &device.FileSystem{Type: device.Ext4, UUID: v.UUID, Label: v.Label, Dirty: v.Dirty, Problem: v.Problem}
	if t != nil {
		fs.PartitionGUID = t.GUID
	}
	if v.Dirty && fs.Problem == "" {
		fs.Problem = "it was not cleanly unmounted"
	}
	if fs.Problem != "" {
		return fs
	}
	fs.Signature = string(v.Files[signatureName])
	for name := range v.Files {
		fs.HasFiles = fs.HasFiles || name != signatureName
	}
	return fs
}

// selected reports whether the selector means this disk.
func (k Disk) selected(s device.Selector) bool {
	switch {
	case s.Image != "":
		return k.Identity.Kind == device.Image && k.Path == s.Image
	case k.Identity.Kind != device.Block:
		return false
	case s.ByID != "":
		return slices.Contains(k.ByID, s.ByID)
	case s.Serial != "":
		return k.Identity.Serial == s.Serial
	default:
		return s.WWN != "" && k.Identity.WWN == s.WWN
	}
}
