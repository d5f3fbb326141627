package device

import (
	"encoding/binary"
	"hash/crc32"
)

// mebibyte is what both ends of our partition are aligned to: a multiple of every
// sector, page and erase block size in use.
const mebibyte = 1 << 20

// layout is the table that we write: one partition that fills the device.
type layout struct {
	sector    int64
	total     int64 // sectors of the device
	disk      [16]byte
	partition Partition
}

// write is one step of writing a table. Each is durable before the next one, and
// each leaves a device that is recognized: see begin and finish.
type write struct {
	at   int64
	data []byte
}

func newLayout(size, sector int64, v VolumeID) (layout, error) {
	disk, err := guidBytes(v.diskGUID())
	if err != nil {
		return layout{}, err
	}
	l := layout{sector: sector, total: size / sector, disk: disk}
	end := (l.lastUsable() + 1) * sector / mebibyte * mebibyte
	l.partition = Partition{
		Number: 1, GUID: v.PartitionGUID, Type: linuxData, Name: UnfinishedName,
		Start: mebibyte, Size: end - mebibyte,
	}
	return l, nil
}

// arraySectors is the length of a partition array in sectors.
func (l layout) arraySectors() int64 { return gptArraySize / l.sector }

func (l layout) lastUsable() int64 { return l.total - 2 - l.arraySectors() }

// begin returns the steps that put the table of an unfinished volume on a device
// that is blank, or whose file system's superblock was zeroed. After each of them
// the device is blank, or half-made: the old table is valid until the second step
// (its backup, after the first one), the primary header alone then says by its
// disk GUID whose the device will be, and from the fourth step on one of the two
// tables is whole.
func (l layout) begin() ([]write, error) {
	array, err := l.array()
	if err != nil {
		return nil, err
	}
	empty := make([]byte, gptArraySize)
	return append([]write{
		{2 * l.sector, empty},
		{l.sector, l.header(true, empty)},
	}, append(l.both(array), write{0, l.protectiveMBR()})...), nil
}

// finish returns the steps that take the mark of the unfinished away. Before the
// third step the primary table is whole, after the second the backup.
func (l layout) finish(label string) ([]write, error) {
	l.partition.Name = label
	array, err := l.array()
	if err != nil {
		return nil, err
	}
	return l.both(array), nil
}

// both writes the backup and then the primary table.
func (l layout) both(array []byte) []write {
	return []write{
		{(l.total - 1 - l.arraySectors()) * l.sector, array},
		{(l.total - 1) * l.sector, l.header(false, array)},
		{2 * l.sector, array},
		{l.sector, l.header(true, array)},
	}
}

func (l layout) array() ([]byte, error) {
	entry, err := gptEntry(l.partition, l.sector)
	if err != nil {
		return nil, err
	}
	return append(entry, make([]byte, gptArraySize-len(entry))...), nil
}

// header encodes a header, UEFI 2.10 table 5.5.
func (l layout) header(primary bool, array []byte) []byte {
	b := make([]byte, l.sector)
	own, other, first := int64(1), l.total-1, int64(2)
	if !primary {
		own, other, first = other, own, l.total-1-l.arraySectors()
	}
	le := binary.LittleEndian
	copy(b, gptSignature)
	le.PutUint32(b[8:], gptRevision)
	le.PutUint32(b[12:], gptHeaderSize)
	le.PutUint64(b[24:], uint64(own))
	le.PutUint64(b[32:], uint64(other))
	le.PutUint64(b[40:], uint64(2+l.arraySectors()))
	le.PutUint64(b[48:], uint64(l.lastUsable()))
	copy(b[56:], l.disk[:])
	le.PutUint64(b[72:], uint64(first))
	le.PutUint32(b[80:], gptEntries)
	le.PutUint32(b[84:], gptEntrySize)
	le.PutUint32(b[88:], crc32.ChecksumIEEE(array))
	le.PutUint32(b[16:], crc32.ChecksumIEEE(b[:gptHeaderSize]))
	return b
}

// protectiveMBR keeps tools that know no GPT from seeing an empty disk, UEFI 2.10
// section 5.2.3.
func (l layout) protectiveMBR() []byte {
	b := make([]byte, l.sector)
	copy(b[446:], []byte{0, 0, 2, 0, 0xEE, 0xFF, 0xFF, 0xFF})
	binary.LittleEndian.PutUint32(b[454:], 1)
	binary.LittleEndian.PutUint32(b[458:], uint32(min(l.total-1, 0xFFFFFFFF)))
	b[510], b[511] = 0x55, 0xAA
	return b
}
