package device

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"unicode/utf16"
)

// Sizes of a GPT, UEFI 2.10 section 5.3.
const (
	gptSignature  = "EFI PART"
	gptRevision   = 0x00010000
	gptHeaderSize = 92
	gptEntrySize  = 128
	gptEntries    = 128
	gptArraySize  = gptEntries * gptEntrySize
	// gptArrayMax bounds the array of a foreign table.
	gptArrayMax = 1 << 20
	// gptNameUnits is the length of a partition's name in UTF-16 units.
	gptNameUnits = 36
)

// linuxData is the partition type of a Linux file system.
const linuxData = "0fc63daf-8483-4772-8e79-3d69d8477de4"

// gpt is a partition table that was read.
type gpt struct {
	diskGUID   string
	sector     int64
	partitions []Partition
	fromBackup bool // the primary one is broken
}

// readGPT reads the table of a device: the primary one, or the backup at the end
// of the device if that is broken. Both headers and arrays are checked by their
// CRC. It returns nil if there is no valid table with any of the sector sizes.
func readGPT(r io.ReaderAt, size int64, sectors ...int64) *gpt {
	for _, sector := range sectors {
		if size < 4*sector {
			continue
		}
		if t := readGPTAt(r, 1, size/sector, sector); t != nil {
			return t
		}
	}
	for _, sector := range sectors {
		if size < 4*sector {
			continue
		}
		if t := readGPTAt(r, size/sector-1, size/sector, sector); t != nil {
			t.fromBackup = true
			return t
		}
	}
	return nil
}

// readGPTAt reads the header at the given sector, and its array. All sizes in it
// are bounded before they are used.
func readGPTAt(r io.ReaderAt, lba, total, sector int64) *gpt {
	h := make([]byte, gptHeaderSize)
	if _, err := r.ReadAt(h, lba*sector); err != nil || string(h[:8]) != gptSignature {
		return nil
	}
	le := binary.LittleEndian
	sum := le.Uint32(h[16:])
	le.PutUint32(h[16:], 0)
	if le.Uint32(h[12:]) != gptHeaderSize || crc32.ChecksumIEEE(h) != sum || le.Uint64(h[24:]) != uint64(lba) {
		return nil
	}
	first, count, entry := le.Uint64(h[72:]), int64(le.Uint32(h[80:])), int64(le.Uint32(h[84:]))
	if entry < gptEntrySize || entry%gptEntrySize != 0 || count*entry > gptArrayMax || first >= uint64(total) {
		return nil
	}
	array := make([]byte, count*entry)
	if _, err := r.ReadAt(array, int64(first)*sector); err != nil || crc32.ChecksumIEEE(array) != le.Uint32(h[88:]) {
		return nil
	}
	t := &gpt{diskGUID: guidText(h[56:72]), sector: sector}
	for i := range count {
		if p, ok := readGPTEntry(array[i*entry:], sector); ok {
			p.Number = int(i) + 1
			t.partitions = append(t.partitions, p)
		}
	}
	return t
}

func readGPTEntry(b []byte, sector int64) (Partition, bool) {
	if bytes.Equal(b[:16], make([]byte, 16)) {
		return Partition{}, false
	}
	le := binary.LittleEndian
	const most = 1 << 50 // sectors; keeps the products within an int64
	first, last := le.Uint64(b[32:]), le.Uint64(b[40:])
	p := Partition{GUID: guidText(b[16:32]), Type: guidText(b[:16])}
	if first <= last && last < most {
		p.Start, p.Size = int64(first)*sector, int64(last-first+1)*sector
	}
	var name []uint16
	for i := range gptNameUnits {
		u := le.Uint16(b[56+2*i:])
		if u == 0 {
			break
		}
		name = append(name, u)
	}
	p.Name = string(utf16.Decode(name))
	return p, true
}

// gptEntry encodes a partition.
func gptEntry(p Partition, sector int64) ([]byte, error) {
	b := make([]byte, gptEntrySize)
	kind, err := guidBytes(p.Type)
	if err != nil {
		return nil, err
	}
	id, err := guidBytes(p.GUID)
	if err != nil {
		return nil, err
	}
	copy(b, kind[:])
	copy(b[16:], id[:])
	le := binary.LittleEndian
	le.PutUint64(b[32:], uint64(p.Start/sector))
	le.PutUint64(b[40:], uint64((p.Start+p.Size)/sector-1))
	name := utf16.Encode([]rune(p.Name))
	if len(name) > gptNameUnits {
		return nil, fmt.Errorf("the partition name %q is too long", p.Name)
	}
	for i, u := range name {
		le.PutUint16(b[56+2*i:], u)
	}
	return b, nil
}
