package pull

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// readState reads the sidecar of a path.
func readState(staging *os.Root, path string) (*looked, bool) {
	f, err := regular(staging, stem(path)+stateEnding)
	if err != nil {
		return nil, false
	}
	defer f.Close() //nolint:errcheck // only read from
	l := &looked{}
	if json.NewDecoder(f).Decode(l) != nil || l.Item.Path != path || l.Item.Size < 0 {
		return nil, false
	}
	l.etag = parseETag(l.Item.ETag, l.Encryption)
	return l, true
}

// saveState writes the sidecar, unless it is there: a half one does not decode, and the
// file is then begun anew.
func (p *part) saveState(l *looked) error {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(l); err != nil {
		return fmt.Errorf("keeping the state of %q: %w", l.Item.Path, err)
	}
	if there, err := p.staging.ReadFile(p.stem + stateEnding); err == nil && bytes.Equal(there, b.Bytes()) {
		return nil
	}
	_ = p.staging.Remove(p.stem + stateEnding)
	return p.staging.WriteFile(p.stem+stateEnding, b.Bytes(), 0o600)
}
