package providers

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
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

// Names returns the backup and the run that a mark of ours names; ok is false for
// any other text. Both are fit for file names, as specs has them.
func (m Mark) Names() (backup, run string, ok bool) {
	shape := regexp.MustCompile(`^` + markPrefix + `([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?) ([A-Za-z0-9._-]{1,32}) [0-9a-f]{16}$`)
	parts := shape.FindStringSubmatch(string(m))
	if parts == nil || strings.Trim(parts[2], ".") == "" && len(parts[2]) < 3 {
		return "", "", false
	}
	return parts[1], parts[2], true
}
