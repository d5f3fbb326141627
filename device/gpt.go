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
	// sectorsMost keeps the products of sectors within an int64.
	sectorsMost = 1 << 50
	// gptNameUnits is the length of a partition's name in UTF-16 units.
	gptNameUnits = 36
)

// Partition types: of a Linux file system, and of an EFI system partition, which
// holds what a computer starts from.
const (
	linuxData = "0fc63daf-8483-4772-8e79-3d69d8477de4"
	efiSystem = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
)

// gpt is a partition table that was read.
type gpt struct {
	diskGUID   string
	sector     int64
	partitions []Partition
	fromBackup bool // the primary one is broken
	// size of the device that it was made for, in bytes: it ends with the backup.
	size int64
}

// readGPT reads the table of a device: the primary one, or the backup if that is
// broken. Both headers and arrays are checked by their CRC. The backup ends the
// device that the table was made for; behind another bridge that may be a little
// before the end of this one. It returns nil if there is no valid table with any of
// the sector sizes.
func readGPT(r io.ReaderAt, size int64, sectors ...int64) *gpt {
	for _, sector := range sectors {
		if t := readGPTAt(r, 1, size/sector, sector); t != nil {
			return t
		}
	}
	for _, sector := range sectors {
		if t := readGPTAt(r, size/sector-1, size/sector, sector); t != nil {
			t.fromBackup = true
			return t
		}
	}
	return findBackupGPT(r, size, sectors)
}

// findBackupGPT looks for a backup table near the end of the device, the last first.
func findBackupGPT(r io.ReaderAt, size int64, sectors []int64) *gpt {
	begin := max(0, size-scanEdge) &^ (scanPage - 1)
	b := make([]byte, size-begin)
	n, _ := r.ReadAt(b, begin) // what comes before an error is looked at
	for at := int64(n) - gptHeaderSize; at >= 0; at-- {
		i := int64(bytes.LastIndex(b[:at+8], []byte(gptSignature)))
		if i < 0 {
			return nil
		}
		at = i
		for _, sector := range sectors {
			if (begin+at)%sector != 0 {
				continue
			}
			lba := (begin + at) / sector
			if t := readGPTAt(r, lba, lba+1, sector); t != nil {
				t.fromBackup = true
				return t
			}
		}
	}
	return nil
}

// readGPTAt reads the header at the given sector, and its array. All sizes in it
// are bounded before they are used.
func readGPTAt(r io.ReaderAt, lba, total, sector int64) *gpt {
	h := make([]byte, gptHeaderSize)
	if lba < 1 {
		return nil
	}
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
	if last := max(uint64(lba), le.Uint64(h[32:])); last < sectorsMost {
		t.size = int64(last+1) * sector
	}
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
	first, last := le.Uint64(b[32:]), le.Uint64(b[40:])
	p := Partition{GUID: guidText(b[16:32]), Type: guidText(b[:16])}
	if first <= last && last < sectorsMost {
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
