package credential

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

// Remedy is what a person can do about credentials that are not there or refused.
const Remedy = "check the AWS credentials: environment, profile, role; `aws sts get-caller-identity` shows whether they work"

// instanceMetadata is the last link of the SDK's default chain (service ID of the
// SDK's feature/ec2/imds).
const instanceMetadata = "ec2imds"

// Error is why there are no credentials.
type Error struct{ Err error }

// Error returns one line, without the SDK's wrapping.
func (e *Error) Error() string {
	op, asked := errors.AsType[*smithy.OperationError](e.Err)
	api, answered := errors.AsType[smithy.APIError](e.Err)
	switch {
	case asked && op.Service() == instanceMetadata:
		return "no AWS credentials: none in the environment, none in AWS's own files, and this host has no role"
	case asked && answered:
		return fmt.Sprintf("no AWS credentials: %s %s: %s: %s", op.Service(), op.Operation(), api.ErrorCode(), api.ErrorMessage())
	default:
		return "no AWS credentials: " + e.Err.Error()
	}
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Wrap returns a provider whose errors are *Error. It is as safe for concurrent
// use as c.
func Wrap(c aws.CredentialsProvider) aws.CredentialsProvider { return wrapped{c} }

type wrapped struct{ aws.CredentialsProvider }

// Retrieve implements aws.CredentialsProvider.
func (w wrapped) Retrieve(ctx context.Context) (aws.Credentials, error) {
	v, err := w.CredentialsProvider.Retrieve(ctx)
	if err != nil {
		return v, &Error{err}
	}
	return v, nil
}
