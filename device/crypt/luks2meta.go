package crypt

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// luks2Meta is the JSON of a header, as far as reading needs it (LUKS2 On-Disk Format
// Specification 1.1.3, section 3). Numbers of 64 bits are texts there.
type luks2Meta struct {
	Keyslots map[string]struct {
		Kind     string `json:"type"`
		KeySize  int    `json:"key_size"`
		Priority *int   `json:"priority"`
		AF       struct {
			Kind    string `json:"type"`
			Stripes int    `json:"stripes"`
			Hash    string `json:"hash"`
		} `json:"af"`
		Area struct {
			Kind       string `json:"type"`
			Offset     int64  `json:"offset,string"`
			Size       int64  `json:"size,string"`
			Encryption string `json:"encryption"`
			KeySize    int    `json:"key_size"`
		} `json:"area"`
		KDF struct {
			Kind       string `json:"type"`
			Hash       string `json:"hash"`
			Iterations int64  `json:"iterations"`
			Salt       []byte `json:"salt"`
			Time       int64  `json:"time"`
			Memory     int64  `json:"memory"`
			Threads    int64  `json:"cpus"`
		} `json:"kdf"`
	} `json:"keyslots"`
	Segments map[string]struct {
		Kind       string          `json:"type"`
		Offset     int64           `json:"offset,string"`
		Size       string          `json:"size"` // a number, or "dynamic"
		Tweak      uint64          `json:"iv_tweak,string"`
		Encryption string          `json:"encryption"`
		SectorSize int64           `json:"sector_size"`
		Integrity  json.RawMessage `json:"integrity"`
		Flags      []string        `json:"flags"`
	} `json:"segments"`
	Digests map[string]struct {
		Kind       string   `json:"type"`
		Keyslots   []string `json:"keyslots"`
		Segments   []string `json:"segments"`
		Hash       string   `json:"hash"`
		Iterations int64    `json:"iterations"`
		Salt       []byte   `json:"salt"`
		Digest     []byte   `json:"digest"`
	} `json:"digests"`
	Config struct {
		Requirements struct {
			Mandatory []string `json:"mandatory"`
		} `json:"requirements"`
	} `json:"config"`
}

func parseLUKS2Meta(text []byte) (luks2Meta, error) {
	var m luks2Meta
	if err := json.Unmarshal(text, &m); err != nil {
		return m, luksCorrupt("its description cannot be read: %v", err)
	}
	if len(m.Config.Requirements.Mandatory) > 0 {
		return m, luksUnsupported("%q, which it requires", m.Config.Requirements.Mandatory)
	}
	return m, nil
}

// luks2Extent is where the data lie, and how.
type luks2Extent struct {
	start, size, sector int64
	tweak               uint64
	cipher              string
}

// segment is the only one, as far as the device reaches.
func (m luks2Meta) segment(size int64) (luks2Extent, string, error) {
	if len(m.Segments) != 1 {
		return luks2Extent{}, "", luksUnsupported("%d segments", len(m.Segments))
	}
	name := slices.Collect(maps.Keys(m.Segments))[0]
	s := m.Segments[name]
	e := luks2Extent{start: s.Offset, sector: s.SectorSize, tweak: s.Tweak, cipher: s.Encryption}
	switch {
	case s.Kind != "crypt":
		return e, "", luksUnsupported("a segment of type %q", s.Kind)
	case len(s.Integrity) > 0:
		return e, "", luksUnsupported("authenticated encryption")
	case len(s.Flags) > 0:
		return e, "", luksUnsupported("a segment with %q", s.Flags)
	case e.sector < 512 || e.sector > 4096 || e.sector&(e.sector-1) != 0:
		return e, "", luksCorrupt("sectors of %d bytes", e.sector)
	case e.start == 0:
		return e, "", luksUnsupported("a header that is detached from its data")
	case e.start < luks2Binary || e.start >= size:
		return e, "", luksCorrupt("its data begin at %d, the device has %d bytes", e.start, size)
	}
	e.size = size - e.start
	if s.Size != "dynamic" {
		n, err := strconv.ParseInt(s.Size, 10, 64)
		if err != nil || n <= 0 || n > e.size {
			return e, "", luksCorrupt("its data have %q bytes from %d on, the device %d in all", s.Size, e.start, size)
		}
		e.size = n
	}
	e.size &^= e.sector - 1
	return e, name, nil
}

// slots are those whose key is the segment's, the preferred ones first.
func (m luks2Meta) slots(segment string) []luksSlot {
	var all []luksSlot
	for _, name := range slices.Sorted(maps.Keys(m.Keyslots)) {
		k := m.Keyslots[name]
		if k.Kind != "luks2" || k.AF.Kind != "luks1" || k.Area.Kind != "raw" || !m.opens(name, segment) {
			continue
		}
		s := luksSlot{
			name: name, offset: k.Area.Offset, stripes: k.AF.Stripes, keySize: k.KeySize, afHash: k.AF.Hash,
			cipher: k.Area.Encryption, areaKey: k.Area.KeySize, priority: 1,
			kdf: luksKDF{kind: k.KDF.Kind, hash: k.KDF.Hash, rounds: k.KDF.Iterations, salt: k.KDF.Salt,
				time: k.KDF.Time, memory: k.KDF.Memory, threads: k.KDF.Threads},
		}
		if k.Priority != nil {
			s.priority = *k.Priority
		}
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b luksSlot) int { return cmp.Compare(b.priority, a.priority) })
	return all
}

// opens reports whether a digest binds the key slot to the segment.
func (m luks2Meta) opens(slot, segment string) bool {
	for _, d := range m.Digests {
		if slices.Contains(d.Keyslots, slot) && slices.Contains(d.Segments, segment) {
			return true
		}
	}
	return false
}
