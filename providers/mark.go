package providers

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Mark is our trace in a job: a free text that the service gives back, by which a
// run finds its own job again. It carries neither version, date nor manifest
// digest, so that neither upgrade nor update changes it.
type Mark string

const markPrefix = "s3export/v1 "

// NewMark returns the mark of one run of a backup on one device: at most 100
// bytes of ASCII, since specs allows name and run 70 together. selector is the
// text of the device's selector.
func NewMark(name, run, selector string) Mark {
	sum := sha256.Sum256([]byte(name + "\x00" + run + "\x00" + selector))
	return Mark(markPrefix + name + " " + run + " " + hex.EncodeToString(sum[:8]))
}

// IsMark reports whether text is a mark of ours, of whatever backup.
func IsMark(text string) bool {
	return strings.HasPrefix(text, markPrefix) && len(strings.Fields(text)) == 4
}
