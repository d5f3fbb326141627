package ext4

import (
	"encoding/binary"
	"hash/crc32"
)

// crc32c continues a checksum as the kernel's ext4_chksum does: Castagnoli
// without the complement at either end.
func crc32c(crc uint32, p []byte) uint32 {
	return ^crc32.Update(^crc, crc32.MakeTable(crc32.Castagnoli), p)
}

func crc32cLE(crc, v uint32) uint32 {
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], v)
	return crc32c(crc, b[:])
}

// crc16 continues the CRC-16 (polynomial 0x8005, reflected) that gdt_csum uses.
func crc16(crc uint16, p []byte) uint16 {
	for _, b := range p {
		crc ^= uint16(b)
		for range 8 {
			low := crc & 1
			crc >>= 1
			if low != 0 {
				crc ^= 0xA001
			}
		}
	}
	return crc
}
