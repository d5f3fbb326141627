package specs

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/cargomedia/s3export/specs/manifest"
)

// digest returns the digest of a document whose paths are as they were written.
// Secrets enter it by the name of their source only.
func digest(d *Document) string {
	canonical := struct {
		APIVersion, Kind, Name string
		Spec                   Spec
		Text                   string `json:",omitempty"`
	}{APIVersion: d.APIVersion, Kind: d.Kind, Name: d.Metadata.Name, Spec: d.Spec}
	if d.Spec.ManifestFrom != nil && d.Manifest != nil {
		canonical.Text = manifest.Digest(*d.Manifest)
	}
	data, err := json.Marshal(canonical)
	if err != nil {
		return "" // cannot happen: a Spec holds texts, flags and lists of them
	}
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
