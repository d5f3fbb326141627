package pull

import (
	"bytes"
	"crypto/sha256"
	"io"
	"os"

	"github.com/cargomedia/s3export/providers"
)

// Where find has found a content.
type place int

const (
	nowhere place = iota
	staged
	named
)

// find returns what an earlier copy has learned of an object whose content is on the
// drive. The content is read and its SHA-256 compared.
func (j *journal) find(d *drive, item providers.Item) (providers.Copied, place, bool) {
	j.mu.Lock()
	l, ok := j.left[item.Path]
	j.mu.Unlock()
	c := l.Copied
	if !ok || item.ETag == "" || l.Asked != item.ETag || c.Bucket != item.Bucket || c.Key != item.Key {
		return c, nowhere, false
	}
	if holds(d.staging, stem(item.Path)+contentEnding, c) {
		return c, staged, true
	}
	if holds(d.root, item.Path, c) {
		return c, named, true
	}
	return c, nowhere, false
}

func holds(root *os.Root, name string, c providers.Copied) bool {
	f, err := regular(root, name)
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // only read from
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, c.Size+1))
	return err == nil && n == c.Size && bytes.Equal(h.Sum(nil), c.SHA256[:])
}
