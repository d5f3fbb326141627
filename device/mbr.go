package device

import (
	"encoding/binary"
	"fmt"
	"io"
)

// readMBR reads the four primary entries of an MBR, with sectors of 512 bytes. ok
// is false without the boot signature; a table may also be empty.
func readMBR(r io.ReaderAt) (parts []Partition, ok bool) {
	b := make([]byte, 512)
	if _, err := r.ReadAt(b, 0); err != nil || b[510] != 0x55 || b[511] != 0xAA {
		return nil, false
	}
	for i := range 4 {
		e := b[446+16*i:]
		if e[4] == 0 {
			continue
		}
		parts = append(parts, Partition{
			Number: i + 1, Type: fmt.Sprintf("0x%02x", e[4]),
			Start: int64(binary.LittleEndian.Uint32(e[8:])) * 512,
			Size:  int64(binary.LittleEndian.Uint32(e[12:])) * 512,
		})
	}
	return parts, true
}
