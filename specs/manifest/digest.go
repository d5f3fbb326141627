package manifest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/cargomedia/s3export/specs/secret"
)

// Digest returns "sha256:" and hex over the options of m. The generator is left
// out, because it carries our mark; so are the values of secrets, because a PIN
// can be guessed from its hash: only whether there is one counts. Two texts that
// differ in white space, order, quoting, defaults of targetDirectory or options we
// do not know are equal.
func Digest(m Manifest) string {
	blank := func(s *secret.Source) *secret.Source {
		if s == nil {
			return nil
		}
		return &secret.Source{}
	}
	m.TrueCryptPassword, m.PinCode = blank(m.TrueCryptPassword), blank(m.PinCode)
	m.Operations = slices.Clone(m.Operations)
	for i, o := range m.Operations {
		m.Operations[i].TargetDirectory = o.Directory()
	}
	data, err := json.Marshal(m)
	if err != nil {
		return "" // cannot happen: a Manifest holds texts only
	}
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Directory returns the directory on the device: TargetDirectory, else the name
// of the bucket.
func (o Operation) Directory() string {
	if o.TargetDirectory != "" {
		return o.TargetDirectory
	}
	return o.ExportBucket
}
