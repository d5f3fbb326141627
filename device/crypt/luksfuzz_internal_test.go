package crypt

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
)

// cheapSlots leaves out those that take long, which all bounds allow.
func cheapSlots(slots []luksSlot) []luksSlot {
	var cheap []luksSlot
	for _, s := range slots {
		if work, err := s.check(); err != nil || work < 1000 {
			cheap = append(cheap, s)
		}
	}
	return cheap
}

// isRefused fails the test unless an error is a refusal with a remedy; it says whether
// there is one.
func isRefused(t *testing.T, err error) bool {
	t.Helper()
	var e *Error
	if err != nil && (!errors.As(err, &e) || e.Remedy == "" || len(e.Message) > 400) {
		t.Fatalf("%v", err)
	}
	return err != nil
}

// readAll reads all of a volume, which must lie within its device.
func readAll(t *testing.T, v *Volume, disk *io.SectionReader) {
	t.Helper()
	if v.Size() <= 0 || v.start < 0 || v.Size() > disk.Size()-v.start || v.Size()%v.sector != 0 {
		t.Fatalf("%d bytes from %d on in %d, sectors of %d", v.Size(), v.start, disk.Size(), v.sector)
	}
	if n, err := io.Copy(io.Discard, io.NewSectionReader(v, 0, v.Size())); err != nil || n != v.Size() {
		t.Fatalf("read %d of %d: %v", n, v.Size(), err)
	}
}

func FuzzLUKS1(f *testing.F) {
	f.Add(luks1Header())
	cbc := luks1Header()
	copy(cbc[luks1ModeAt:], "cbc-essiv:sha256")
	copy(cbc[luks1HashAt:], "ripemd160")
	binary.BigEndian.PutUint32(cbc[luks1KeySizeAt:], 32)
	f.Add(cbc)
	f.Fuzz(func(t *testing.T, change []byte) {
		header := make([]byte, luks1Size)
		copy(header, change)
		disk := luksDisk(header)
		h, err := parseLUKS1(header, disk.Size())
		if isRefused(t, err) {
			return
		}
		_, _, err = openSlots(context.Background(), disk, cheapSlots(h.slots), []byte("guess"))
		isRefused(t, err)
		v, err := h.volume(disk, make([]byte, min(h.keySize, luksKeyMost)))
		if !isRefused(t, err) {
			readAll(t, v, disk)
		}
	})
}

// FuzzLUKS2 puts the place and the checksum right, so that what they guard is reached.
func FuzzLUKS2(f *testing.F) {
	binaryPart := luks2Area(nil, luks2AreaLeast, 0, asItIs)[:luks2UUIDAt+luks2UUIDSize]
	f.Add(binaryPart, []byte(luks2Text), false)
	f.Add(binaryPart, []byte(luks2Text), true)
	for _, change := range [][2]string{
		{`"type":"pbkdf2","hash":"sha256","iterations":10`, `"type":"argon2id","time":1,"memory":32,"cpus":1`},
		{`"type":"pbkdf2","hash":"sha256","iterations":10`, `"type":"argon2i","time":1,"memory":128,"cpus":4`},
		{`"dynamic"`, `"8192"`}, {`"sector_size":4096`, `"sector_size":512`}, {`"stripes":40`, `"stripes":288230376151711728`},
		{`"iv_tweak":"0","encryption":"aes-xts-plain64"`, `"iv_tweak":"18446744073709551608","encryption":"twofish-xts-plain"`},
		{`"config":{`, `"config":{"requirements":{"mandatory":["online-reencrypt-v2"]},`}, {`"offset":"40960"`, `"offset":"9223372036854775807"`},
		{`"keyslots":{`, `"keyslots":{"7":{"type":"reencrypt","priority":2},`}, {`"segments":{`, `"segments":{"1":{"type":"linear"},`},
	} {
		f.Add(binaryPart, []byte(strings.Replace(luks2Text, change[0], change[1], 1)), false)
	}
	f.Add(binaryPart, []byte(`{"keyslots":{"0":{}},"segments":{"0":null},"digests":[],"config":null}`), false)
	f.Fuzz(func(t *testing.T, header, text []byte, second bool) {
		at := 0
		if second {
			at = luks2AreaLeast
		}
		disk := make([]byte, 64<<10)
		copy(disk[at:], luks2Area(text, luks2AreaLeast, at, func(area []byte) {
			copy(area, header[:min(len(header), luks2Binary)])
			binary.BigEndian.PutUint64(area[luks2OffsetAt:], uint64(at))
		}))
		if second {
			copy(disk[at:], luks2Magic)
		}
		fuzzOpenLUKS2(t, sectionOf(disk))
	})
}

func fuzzOpenLUKS2(t *testing.T, disk *io.SectionReader) {
	t.Helper()
	h, err := readLUKS2(disk)
	if isRefused(t, err) {
		return
	}
	extent, err := h.meta.extent(disk.Size())
	if isRefused(t, err) {
		return
	}
	slots, err := h.meta.slots(extent.segment)
	if isRefused(t, err) {
		return
	}
	_, _, err = openSlots(context.Background(), disk, cheapSlots(slots), []byte("guess"))
	isRefused(t, err)
	for _, s := range slots {
		v, err := h.volume(disk, extent, s, make([]byte, max(0, min(s.keySize, luksKeyMost))))
		if !isRefused(t, err) {
			readAll(t, v, disk)
		}
	}
}
