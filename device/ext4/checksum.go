package ext4

import "hash/crc32"

// crc32c continues a checksum as the kernel's ext4_chksum does: Castagnoli
// without the complement at either end.
func crc32c(crc uint32, p []byte) uint32 {
	return ^crc32.Update(^crc, crc32.MakeTable(crc32.Castagnoli), p)
}

// crc32cLE continues a checksum over the four bytes of v. It takes them one by one:
// what is handed to the hash package escapes to the heap, and this is called for
// each inode.
func crc32cLE(crc, v uint32) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	for range 4 {
		crc = table[byte(crc)^byte(v)] ^ crc>>8
		v >>= 8
	}
	return crc
}

// crc32cZero continues a checksum over n zero bytes.
func crc32cZero(crc uint32, n int) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	for range n {
		crc = table[byte(crc)] ^ crc>>8
	}
	return crc
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
