package crypt

import (
	"cmp"
	"maps"
	"slices"
)

const luks2SlotsMost = 32 // LUKS2_KEYSLOTS_MAX of cryptsetup's lib/luks2/luks2.h

// slots are those whose key is the segment's, the preferred ones first.
func (m luks2Meta) slots(segment string) ([]luksSlot, error) {
	if len(m.Keyslots) > luks2SlotsMost {
		return nil, luksCorrupt("%d key slots, the format has at most %d", len(m.Keyslots), luks2SlotsMost)
	}
	var slots []luksSlot
	for _, name := range m.order() {
		s := m.Keyslots[name].slot(name)
		for _, d := range m.Digests {
			if slices.Contains(d.Keyslots, name) && slices.Contains(d.Segments, segment) {
				s.digests = append(s.digests, d.digest())
			}
		}
		if len(s.digests) > 0 { // else its key is of something else
			slots = append(slots, s)
		}
	}
	return slots, nil
}

// order is the one of trial. Slots of priority 0 are for those who name them; we have
// nobody to ask, and try them last.
func (m luks2Meta) order() []string {
	priority := func(name string) int {
		if p := m.Keyslots[name].Priority; p != nil {
			return *p
		}
		return 1
	}
	names := slices.Sorted(maps.Keys(m.Keyslots))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(priority(b), priority(a)) })
	return names
}

func (k luks2Keyslot) slot(name string) luksSlot {
	s := luksSlot{
		name: name, offset: k.Area.Offset, room: k.Area.Size, cipher: k.Area.Encryption, wrapSize: k.Area.KeySize,
		keySize: k.KeySize, stripes: k.AF.Stripes, afHash: k.AF.Hash,
		kdf: luksKDF{kind: k.KDF.Kind, hash: k.KDF.Hash, rounds: k.KDF.Iterations, salt: k.KDF.Salt,
			passes: k.KDF.Time, memory: k.KDF.Memory, threads: k.KDF.Threads},
	}
	if k.Kind != "luks2" || k.AF.Kind != "luks1" || k.Area.Kind != "raw" {
		s.unread = luksUnsupported("key slot %.40q of type %.40q, %.40q, %.40q", name, k.Kind, k.AF.Kind, k.Area.Kind)
	}
	return s
}

func (d luks2Digest) digest() luksDigest {
	return luksDigest{kdf: luksKDF{kind: d.Kind, hash: d.Hash, rounds: d.Iterations, salt: d.Salt}, sum: d.Digest}
}
