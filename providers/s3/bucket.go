package s3

import (
	"context"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

const regionHeader = "X-Amz-Bucket-Region"

// HasBucket reports whether the bucket exists and may be looked at, in whatever
// region. One that belongs to somebody else is a Denied error.
func (c *Client) HasBucket(ctx context.Context, bucket string) (bool, error) {
	_, err := c.api.HeadBucket(ctx, &service.HeadBucketInput{Bucket: aws.String(bucket)})
	switch status := statusOf(err); {
	case err == nil:
		return true, nil
	case status == http.StatusNotFound:
		return false, nil
	case status != http.StatusForbidden && regionIn(err) != "":
		return true, nil
	default:
		return false, c.failure(ctx, call{op: "HeadBucket", bucket: bucket}, err)
	}
}

// BucketRegion returns the region of a bucket, such as eu-west-1. AWS tells it to
// everybody, whatever the region and the rights.
func (c *Client) BucketRegion(ctx context.Context, bucket string) (string, error) {
	out, err := c.api.HeadBucket(ctx, &service.HeadBucketInput{Bucket: aws.String(bucket)})
	if err == nil && aws.ToString(out.BucketRegion) != "" {
		return *out.BucketRegion, nil
	}
	if region := regionIn(err); region != "" {
		return region, nil
	}
	if err != nil {
		return "", c.failure(ctx, call{op: "HeadBucket", bucket: bucket}, err)
	}
	location, err := c.api.GetBucketLocation(ctx, &service.GetBucketLocationInput{Bucket: aws.String(bucket)})
	if err != nil {
		return "", c.failure(ctx, call{op: "GetBucketLocation", bucket: bucket}, err)
	}
	switch location.LocationConstraint {
	case "":
		return defaultRegion, nil
	case types.BucketLocationConstraintEu:
		return "eu-west-1", nil
	default:
		return string(location.LocationConstraint), nil
	}
}

// regionIn returns the region that a refusal names.
func regionIn(err error) string {
	if r, ok := errors.AsType[*awshttp.ResponseError](err); ok && r.Response != nil && r.Response.Response != nil {
		return r.Response.Header.Get(regionHeader)
	}
	return ""
}
