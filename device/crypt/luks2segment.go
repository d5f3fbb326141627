package crypt

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// luks2Extent is where the data lie, and how.
type luks2Extent struct {
	segment             string // its name
	start, size, sector int64  // bytes
	tweak               uint64 // of the first sector, in units of 512 bytes
	cipher              string
}

// extent is the only segment, as far as a device of so many bytes reaches.
func (m luks2Meta) extent(device int64) (luks2Extent, error) {
	if err := m.requirements(); err != nil {
		return luks2Extent{}, err
	}
	if len(m.Segments) != 1 {
		return luks2Extent{}, luksUnsupported("%d segments of data; a single one is read", len(m.Segments))
	}
	name := slices.Collect(maps.Keys(m.Segments))[0]
	s := m.Segments[name]
	if err := s.check(device); err != nil {
		return luks2Extent{}, err
	}
	size, err := s.length(device - s.Offset)
	return luks2Extent{segment: name, start: s.Offset, size: size, sector: s.SectorSize, tweak: s.Tweak, cipher: s.Encryption}, err
}

// requirements are what a reader must know to read the data at all; we know none.
func (m luks2Meta) requirements() error {
	all := m.Config.Requirements.Mandatory
	if len(all) == 0 {
		return nil
	}
	e := luksUnsupported("%.40q, which it requires", all)
	if slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, "reencrypt") }) {
		e = luksUnsupported("a change of its encryption that did not end (%.40q)", all)
		e.Remedy = `let it end with "cryptsetup reencrypt --resume-only DEVICE", on a copy of the drive`
	}
	return e
}

func (s luks2Segment) check(device int64) error {
	switch {
	case s.Kind != "crypt":
		return luksUnsupported("a segment of type %q", s.Kind)
	case len(s.Integrity) > 0:
		return luksUnsupported("authenticated encryption (integrity)")
	case len(s.Flags) > 0:
		return luksUnsupported("a segment with the flags %.40q", s.Flags)
	case s.SectorSize < 512 || s.SectorSize > 4096 || s.SectorSize&(s.SectorSize-1) != 0:
		return luksCorrupt("sectors of %d bytes", s.SectorSize)
	case s.Offset == 0:
		return luksUnsupported("a header that is detached from its data")
	case s.Offset < 2*luks2AreaLeast || s.Offset > device-s.SectorSize || s.Offset%512 != 0:
		return luksCorrupt("its data begin at %d, the file or device has %d bytes", s.Offset, device)
	case s.Tweak%uint64(s.SectorSize/512) != 0:
		return luksCorrupt("its sectors of %d bytes are counted from %d on, which is within one", s.SectorSize, s.Tweak)
	}
	return nil
}

// length is that of the data, for which the device has room for so many bytes.
func (s luks2Segment) length(room int64) (int64, error) {
	if s.Size == "dynamic" {
		return room / s.SectorSize * s.SectorSize, nil
	}
	n, err := strconv.ParseInt(s.Size, 10, 64)
	if err != nil || n <= 0 || n > room || n%s.SectorSize != 0 {
		return 0, luksCorrupt("its data have %.40q bytes in sectors of %d, the file or device has room for %d", s.Size, s.SectorSize, room)
	}
	return n, nil
}
