package crypt

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// A header is 512 bytes: a salt in the clear, and 448 bytes that are encrypted as one
// sector of XTS. Offsets below are in those 448; all numbers are big-endian (TrueCrypt
// User's Guide, "Volume Format Specification"; cryptsetup's lib/tcrypt/tcrypt.h).
const (
	tcHeaderSize = 512
	tcSaltSize   = 64
	tcBodySize   = tcHeaderSize - tcSaltSize

	tcVersionAt    = 4
	tcProgramAt    = 6 // the oldest version of the program that reads it
	tcKeysCRCAt    = 8
	tcHiddenSizeAt = 28
	tcSizeAt       = 36
	tcStartAt      = 44
	tcLengthAt     = 52
	tcFlagsAt      = 60
	tcSectorSizeAt = 64
	tcHeaderCRCAt  = 188
	tcKeysAt       = 192

	tcKeysSize = tcBodySize - tcKeysAt

	tcOldest  = 3 // TrueCrypt 5.0, the first with XTS; TrueCrypt 6.0 wrote 4
	tcNewest  = 5 // TrueCrypt 7.0 and VeraCrypt
	tcBackups = 4 // since when there is a copy at the end, and a checksum of the header

	tcFlagSystem  = 1 << 0 // the system was encrypted, the header covers a part of a disk
	tcFlagInPlace = 1 << 1 // encrypted with the data in it, perhaps not to the end

	tcSector = 512 // bytes that are encrypted together, whatever sector size a header names
)

// tcHeader is the decrypted part of a header, as far as reading needs it.
type tcHeader struct {
	version    uint16
	program    uint16
	hiddenSize uint64 // bytes; 0 unless the volume is a hidden one
	size       uint64 // bytes of the volume
	start      uint64 // of what is encrypted, in bytes from the begin of the container
	length     uint64 // bytes that are encrypted
	flags      uint32
	sectorSize uint32 // of the device that it was made on; since version 5
	keys       [tcKeysSize]byte
}

// tcMagic is how a decrypted header begins.
func tcMagic(f Format) string {
	if f == VeraCrypt {
		return "VERA"
	}
	return "TRUE"
}

// parseTCHeader reads a body whose magic was seen, so that the password is right.
func parseTCHeader(body []byte) (*tcHeader, error) {
	be := binary.BigEndian
	h := &tcHeader{
		version:    be.Uint16(body[tcVersionAt:]),
		program:    be.Uint16(body[tcProgramAt:]),
		hiddenSize: be.Uint64(body[tcHiddenSizeAt:]),
		size:       be.Uint64(body[tcSizeAt:]),
		start:      be.Uint64(body[tcStartAt:]),
		length:     be.Uint64(body[tcLengthAt:]),
		flags:      be.Uint32(body[tcFlagsAt:]),
		sectorSize: be.Uint32(body[tcSectorSizeAt:]),
	}
	copy(h.keys[:], body[tcKeysAt:])
	if h.version < tcOldest || h.version > tcNewest {
		return nil, tcUnsupported("a header of version %d; versions %d to %d are read", h.version, tcOldest, tcNewest)
	}
	if be.Uint32(body[tcKeysCRCAt:]) != crc32.ChecksumIEEE(h.keys[:]) {
		return nil, tcCorrupt("the checksum of the keys is wrong")
	}
	if h.version >= tcBackups && be.Uint32(body[tcHeaderCRCAt:]) != crc32.ChecksumIEEE(body[:tcHeaderCRCAt]) {
		return nil, tcCorrupt("the checksum of the header is wrong")
	}
	if h.flags&tcFlagSystem != 0 {
		return nil, tcUnsupported("an encrypted system")
	}
	if h.flags&tcFlagInPlace != 0 && h.length != h.size {
		return nil, tcUnsupported("encryption in place that did not end: %d of %d bytes", h.length, h.size)
	}
	return h, nil
}

// body is what parseTCHeader reads.
func (h *tcHeader) body(f Format) []byte {
	be, b := binary.BigEndian, make([]byte, tcBodySize)
	copy(b, tcMagic(f))
	be.PutUint16(b[tcVersionAt:], h.version)
	be.PutUint16(b[tcProgramAt:], h.program)
	be.PutUint64(b[tcHiddenSizeAt:], h.hiddenSize)
	be.PutUint64(b[tcSizeAt:], h.size)
	be.PutUint64(b[tcStartAt:], h.start)
	be.PutUint64(b[tcLengthAt:], h.length)
	be.PutUint32(b[tcFlagsAt:], h.flags)
	be.PutUint32(b[tcSectorSizeAt:], h.sectorSize)
	copy(b[tcKeysAt:], h.keys[:])
	be.PutUint32(b[tcKeysCRCAt:], crc32.ChecksumIEEE(h.keys[:]))
	be.PutUint32(b[tcHeaderCRCAt:], crc32.ChecksumIEEE(b[:tcHeaderCRCAt]))
	return b
}

// extent is where the volume's bytes lie in a container of so many bytes.
func (h *tcHeader) extent(container int64) (start, size int64, err error) {
	from, length := h.start, h.size
	if h.version < tcBackups {
		// TrueCrypt 5 leaves these fields to the place of the header.
		from, length = tcHeaderSize, uint64(container-tcHeaderSize)/tcSector*tcSector
		if h.hiddenSize != 0 {
			from, length = uint64(container-tcLegacyHidden)-h.hiddenSize, h.hiddenSize
		}
	}
	whole := uint64(container)
	if from < tcHeaderSize || from > whole || length == 0 || length > whole-from {
		return 0, 0, tcCorrupt("the volume has %d bytes from %d on, the file or device %d in all", length, from, container)
	}
	if from%tcSector != 0 || length%tcSector != 0 {
		return 0, 0, tcCorrupt("the volume does not begin and end at sectors: %d bytes from %d on", length, from)
	}
	return int64(from), int64(length), nil
}

func tcUnsupported(format string, args ...any) *Error {
	return &Error{Reason: Unsupported, Message: "the password is right, but the volume has what is not read here: " + fmt.Sprintf(format, args...),
		Remedy: `open it with VeraCrypt or TrueCrypt, or as root with "cryptsetup tcryptOpen --veracrypt FILE NAME"`}
}

func tcCorrupt(format string, args ...any) *Error {
	return &Error{Reason: Corrupt, Message: "the password is right, but the volume is damaged: " + fmt.Sprintf(format, args...),
		Remedy: "check that the file or device is complete; restore the header from the volume's own copy with TrueCrypt or VeraCrypt, on a copy of the drive"}
}
