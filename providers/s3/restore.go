package s3

import (
	"context"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Restore asks for an archived object to be readable for some days (1 and more), and
// reports whether it is. tier is Standard, Bulk or Expedited. It costs a request, and the
// retrieval where none is under way; a repeat is safe, and extends the days of an object
// that is readable. One that was replaced or removed since it was listed counts as readable:
// who reads it finds that out. Source: RestoreObject in the API reference of S3.
func (c *Client) Restore(ctx context.Context, bucket, key, tier string, days int) (ready bool, err error) {
	out, err := c.api.RestoreObject(ctx, &service.RestoreObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key),
		RestoreRequest: &types.RestoreRequest{
			Days: aws.Int32(int32(days)), GlacierJobParameters: &types.GlacierJobParameters{Tier: types.Tier(tier)},
		},
	})
	switch {
	case err == nil:
		answer, ok := awsmiddleware.GetRawResponse(out.ResultMetadata).(*smithyhttp.Response)
		return ok && answer.StatusCode == http.StatusOK, nil
	case codeOf(err) == "RestoreAlreadyInProgress":
		return false, nil
	case codeOf(err) == "InvalidObjectState", codeOf(err) == "NoSuchKey":
		return true, nil
	}
	return false, c.failure(ctx, call{op: "RestoreObject", bucket: bucket, key: key}, err)
}
