package importexport

import (
	"context"
	"fmt"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

// accessKeyLength is the length of a key id in a manifest. Something longer may be
// a secret key, and is not shown.
const accessKeyLength = 20

// keyOf returns the accessKeyId of a manifest, empty where there is none. A text
// that cannot be read is for the service to refuse.
func keyOf(text secret.Value) string {
	m, _, err := manifest.Parse([]byte(text.Reveal()))
	if err != nil {
		return ""
	}
	return m.AccessKeyID
}

// checkKey refuses, as the service would, a manifest that names another access key
// than the one that signs the request. Nothing is sent. Key ids are no secrets.
func (c *Client) checkKey(ctx context.Context, op operation) error {
	if op.accessKeyID == "" {
		return nil
	}
	signing, err := c.credentials.Retrieve(ctx)
	if err != nil {
		return c.failure(ctx, op, seen{}, err)
	}
	if signing.AccessKeyID == op.accessKeyID {
		return nil
	}
	named := "another access key"
	if len(op.accessKeyID) == accessKeyLength {
		named = fmt.Sprintf("access key %s", op.accessKeyID)
	}
	return &providers.Error{
		Kind: providers.Denied, Op: op.name, Code: "InvalidAccessKeyIdException",
		Message: fmt.Sprintf("the manifest names %s, but the request is to be signed with %s", named, signing.AccessKeyID),
		Remedy:  wrongKey().remedy,
	}
}
