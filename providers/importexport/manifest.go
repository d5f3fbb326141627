package importexport

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/query"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs/secret"
)

// Manifest returns the text of the manifest that the service holds of a job, its
// passwords included, for a caller that has no manifest of its own. A job that was
// canceled or has expired may have none any more, which is then a JobCanceled,
// JobExpired or NotFound error; a job that is unknown is a NotFound error. A repeat
// is safe.
func (c *Client) Manifest(ctx context.Context, id providers.JobID) (secret.Value, error) {
	op := operation{name: "GetStatus", members: func(o *query.Object) { o.Key("JobId").String(string(id)) }}
	r, facts, err := invoke[getStatusResult](ctx, c, op)
	if err != nil {
		return secret.Value{}, err
	}
	if strings.TrimSpace(r.CurrentManifest) == "" {
		return secret.Value{}, &providers.Error{
			Kind: providers.NotFound, Op: op.name, RequestID: facts.requestID, At: facts.at,
			Message: "the service shows no manifest of job " + string(id),
			Remedy:  "write a spec for the drive, or use the manifest that the job was made with",
		}
	}
	return secret.NewValue(r.CurrentManifest), nil
}
