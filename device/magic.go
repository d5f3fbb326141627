package device

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"
)

// magic is one trace that a file system, container or array leaves. Offsets are
// from the begin of the device or partition; a negative one is from its end.
type magic struct {
	kind    string
	offsets []int64
	bytes   string
	label   span // of the label or name; empty for none
	utf16   bool
	uuid    int64 // offset of a binary UUID; 0 for none
}

// luks is the FileSystem.Type of LUKS1 and LUKS2.
const luks = "LUKS"

// magics is the table of what is recognized, from the kernel's headers and
// util-linux's libblkid. Containers come before what may be left of an older file
// system; ext is not here, it has a reader of its own.
func magics() []magic {
	return []magic{
		{kind: luks, offsets: []int64{0}, bytes: "LUKS\xba\xbe"},
		{kind: luks, offsets: []int64{0x4000, 0x8000, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000, 0x200000, 0x400000}, bytes: "SKUL\xba\xbe"},
		{kind: "BitLocker", offsets: []int64{3}, bytes: "-FVE-FS-"},
		{kind: "LVM2", offsets: []int64{0, 512, 1024, 1536}, bytes: "LABELONE"},
		{kind: "md", offsets: []int64{0, 4096}, bytes: "\xfc\x4e\x2b\xa9", label: span{32, 32}, uuid: 16},
		{kind: "bcache", offsets: []int64{4096 + 24}, bytes: "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81"},
		{kind: "Intel RAID", offsets: []int64{-1024}, bytes: "Intel Raid ISM Cfg Sig. "},
		{kind: "DDF RAID", offsets: []int64{-512}, bytes: "\xde\x11\xde\x11"},
		{kind: "bluestore", offsets: []int64{0}, bytes: "bluestore block device"},
		{kind: "VMFS", offsets: []int64{1 << 20}, bytes: "\x0d\xd0\x01\xc0"},
		{kind: "xfs", offsets: []int64{0}, bytes: "XFSB", label: span{108, 12}, uuid: 32},
		{kind: "btrfs", offsets: []int64{0x10040}, bytes: "_BHRfS_M", label: span{0x1012b, 256}, uuid: 0x10020},
		{kind: "ntfs", offsets: []int64{3}, bytes: "NTFS    "},
		{kind: "exfat", offsets: []int64{3}, bytes: "EXFAT   "},
		{kind: "vfat", offsets: []int64{82}, bytes: "FAT32   ", label: span{71, 11}},
		{kind: "vfat", offsets: []int64{54}, bytes: "FAT16   ", label: span{43, 11}},
		{kind: "vfat", offsets: []int64{54}, bytes: "FAT12   ", label: span{43, 11}},
		{kind: "ReFS", offsets: []int64{3}, bytes: "ReFS\x00\x00\x00\x00"},
		{kind: "f2fs", offsets: []int64{1024}, bytes: "\x10\x20\xf5\xf2", label: span{1024 + 124, 128}, utf16: true, uuid: 1024 + 108},
		{kind: "hfsplus", offsets: []int64{1024}, bytes: "H+\x00\x04"},
		{kind: "hfsplus", offsets: []int64{1024}, bytes: "HX\x00\x05"},
		{kind: "apfs", offsets: []int64{32}, bytes: "NXSB"},
		{kind: "reiserfs", offsets: []int64{65536 + 52, 8192 + 52}, bytes: "ReIsEr"},
		{kind: "jfs", offsets: []int64{32768}, bytes: "JFS1"},
		{kind: "squashfs", offsets: []int64{0}, bytes: "hsqs"},
		{kind: "erofs", offsets: []int64{1024}, bytes: "\xe2\xe1\xf5\xe0"},
		{kind: "udf", offsets: []int64{34817, 36865, 38913, 40961}, bytes: "NSR0"},
		{kind: "iso9660", offsets: []int64{32769}, bytes: "CD001", label: span{32808, 32}},
		{kind: "swap", offsets: []int64{4086, 8182, 16374, 32758, 65526}, bytes: "SWAPSPACE2", label: span{1052, 16}, uuid: 1036},
		{kind: "swap", offsets: []int64{4086, 8182, 16374, 32758, 65526}, bytes: "SWAP-SPACE"},
	}
}

// inBootArea is where the marks of ext do not reach: what is recognized there
// stands even if an old ext superblock is left, while a mark further in may be the
// content of a file.
const inBootArea = 1024

// identify says what is in a range of a device by its marks in the boot area, or
// else by all others; nil for nothing that we know. Ext has a reader of its own.
func identify(r io.ReaderAt, size int64, boot bool) *FileSystem {
	for _, m := range magics() {
		for _, at := range m.offsets {
			if boot != (at >= 0 && at < inBootArea) {
				continue
			}
			if at < 0 {
				at += size
			}
			if string(readSome(r, at, len(m.bytes))) == m.bytes {
				return m.describe(r)
			}
		}
	}
	if boot {
		return nil
	}
	return identifyComputed(r, size)
}

func (m magic) describe(r io.ReaderAt) *FileSystem {
	fs := &FileSystem{Type: m.kind}
	if m.label.len > 0 {
		fs.Label = labelText(readSome(r, m.label.off, int(m.label.len)), m.utf16)
	}
	if m.uuid > 0 {
		if b := readSome(r, m.uuid, 16); b != nil {
			fs.UUID = uuidText(b)
		}
	}
	if m.kind == luks {
		fs.Label = labelText(readSome(r, 24, 48), false) // LUKS2; in LUKS1 the name of the cipher
		fs.UUID = labelText(readSome(r, 168, 40), false)
		if v := readSome(r, 6, 2); v == nil || v[1] != 2 {
			fs.Label = ""
		}
	}
	return fs
}

// identifyComputed finds what has no fixed place: old md arrays at the end, and
// ZFS, whose four labels hold rings of uberblocks.
func identifyComputed(r io.ReaderAt, size int64) *FileSystem {
	v10 := (size/512 - 16) &^ 7 * 512
	v090 := size&^0xffff - 0x10000
	for _, at := range []int64{v10, v090} {
		if b := readSome(r, at, 4); b != nil && binary.LittleEndian.Uint32(b) == 0xa92b4efc {
			return &FileSystem{Type: "md"}
		}
	}
	end := size &^ (256<<10 - 1)
	for _, label := range []int64{0, 256 << 10, end - 512<<10, end - 256<<10} {
		ring := readSome(r, label+128<<10, 128<<10)
		for i := 0; i+8 <= len(ring); i += 1024 {
			if binary.LittleEndian.Uint64(ring[i:]) == 0x00bab10c || binary.BigEndian.Uint64(ring[i:]) == 0x00bab10c {
				return &FileSystem{Type: "ZFS"}
			}
		}
	}
	return nil
}

// readSome returns n bytes, or nil if they are not there.
func readSome(r io.ReaderAt, at int64, n int) []byte {
	if at < 0 {
		return nil
	}
	b := make([]byte, n)
	if k, _ := r.ReadAt(b, at); k != n {
		return nil
	}
	return b
}

// labelText makes what is printed of a label: up to the first NUL, without padding
// and control characters.
func labelText(b []byte, wide bool) string {
	if wide {
		var u []uint16
		for i := 0; i+1 < len(b); i += 2 {
			u = append(u, binary.LittleEndian.Uint16(b[i:]))
		}
		b = []byte(string(utf16.Decode(u)))
	}
	b, _, _ = bytes.Cut(b, []byte{0})
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(b), "?"))
	return strings.TrimSpace(s)
}
