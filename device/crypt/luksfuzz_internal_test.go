package crypt

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
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
	f.Fuzz(func(t *testing.T, header []byte) {
		if len(header) != luks1Size {
			return
		}
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
