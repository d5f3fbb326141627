package crypt

import (
	"bytes"
	"encoding/json"
	"strings"
)

// luks2Meta is the JSON of a header, as far as reading needs it (LUKS2 On-Disk Format
// Specification 1.1.3, section 3). Numbers of 64 bits are texts there.
type luks2Meta struct {
	Keyslots map[string]luks2Keyslot `json:"keyslots"`
	Segments map[string]luks2Segment `json:"segments"`
	Digests  map[string]luks2Digest  `json:"digests"`
	Config   struct {
		Requirements struct {
			Mandatory []string `json:"mandatory"`
		} `json:"requirements"`
	} `json:"config"`
}

type luks2Keyslot struct {
	Kind     string `json:"type"`
	KeySize  int    `json:"key_size"`
	Priority *int   `json:"priority"` // 0 to 2, 1 if absent
	AF       struct {
		Kind    string `json:"type"`
		Stripes int64  `json:"stripes"`
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
}

type luks2Segment struct {
	Kind       string          `json:"type"`
	Offset     int64           `json:"offset,string"`
	Size       string          `json:"size"` // a number, or "dynamic"
	Tweak      uint64          `json:"iv_tweak,string"`
	Encryption string          `json:"encryption"`
	SectorSize int64           `json:"sector_size"`
	Integrity  json.RawMessage `json:"integrity"`
	Flags      []string        `json:"flags"`
}

type luks2Digest struct {
	Kind       string   `json:"type"`
	Keyslots   []string `json:"keyslots"`
	Segments   []string `json:"segments"`
	Hash       string   `json:"hash"`
	Iterations int64    `json:"iterations"`
	Salt       []byte   `json:"salt"`
	Digest     []byte   `json:"digest"`
}

// parseLUKS2Meta reads what fills the rest of a header's area: JSON, then zeros.
func parseLUKS2Meta(area []byte) (luks2Meta, error) {
	var m luks2Meta
	text := bytes.TrimRight(area, "\x00")
	if err := json.Unmarshal(text, &m); err != nil {
		return m, luksCorrupt("its description cannot be read: %v", err)
	}
	return m, uniqueKeys(json.NewDecoder(bytes.NewReader(text)))
}

// uniqueKeys refuses a key that comes twice in an object: each reader would take another
// one for right. Case does not count, as it does not for Unmarshal.
func uniqueKeys(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return luksCorrupt("its description cannot be read: %v", err)
	}
	open, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			key, _ := d.Token() // no error: Unmarshal has read it all before
			name := strings.ToLower(key.(string))
			if seen[name] {
				return luksCorrupt("its description has %q twice", name)
			}
			seen[name] = true
		}
		if err := uniqueKeys(d); err != nil {
			return err
		}
	}
	_, _ = d.Token() // what closes it
	return nil
}
