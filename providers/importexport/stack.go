package importexport

import (
	"context"
	"errors"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/protocol/query"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// operation is one call of the service.
type operation struct {
	name string
	// members writes the parameters besides Action and Version.
	members func(*query.Object)
	// result returns a new value for the result element to be decoded into.
	result func() any
	// once: a repeat is not safe.
	once bool
	// redact takes out of the service's messages what the request keeps secret.
	redact redactor
	// accessKeyID is what the manifest of the request names, empty without one.
	accessKeyID string
}

// seen is what an answer tells besides its result.
type seen struct {
	at        time.Time // Date of the answer; zero without one
	requestID string
}

// invoke sends op and returns its result, a *T, with the facts of the answer. The
// error is a *providers.Error.
func invoke[T any](ctx context.Context, c *Client, op operation) (*T, seen, error) {
	if err := c.checkKey(ctx, op); err != nil {
		return nil, seen{}, err
	}
	op.result = func() any { return new(T) }
	stack, err := c.stack(op)
	if err != nil {
		return nil, seen{}, c.failure(ctx, op, seen{}, err)
	}
	ctx = middleware.ClearStackValues(ctx)
	ctx = awsmiddleware.SetServiceID(ctx, serviceID)
	ctx = awsmiddleware.SetOperationName(ctx, op.name)
	handler := middleware.DecorateHandler(smithyhttp.NewClientHandlerWithOptions(c.http), stack)
	out, metadata, err := handler.Handle(ctx, nil)
	facts := factsOf(metadata)
	if err != nil {
		err = &smithy.OperationError{ServiceID: serviceID, OperationName: op.name, Err: err}
		return nil, facts, c.failure(ctx, op, facts, err)
	}
	result, ok := out.(*T)
	if !ok {
		return nil, facts, c.failure(ctx, op, facts, &malformedError{status: 200, problem: "no result"})
	}
	return result, facts, nil
}

func factsOf(m middleware.Metadata) seen {
	at, _ := awsmiddleware.GetServerTime(m)
	id, _ := awsmiddleware.GetRequestIDMetadata(m)
	return seen{at: at, requestID: id}
}

// stack returns the steps of one call. Names and order matter: the SDK's steps
// anchor on them.
func (c *Client) stack(op operation) (*middleware.Stack, error) {
	s := middleware.NewStack(op.name, smithyhttp.NewStackRequest)
	return s, errors.Join(
		s.Serialize.Add(&serializer{op}, middleware.After),
		c.build(s),
		c.finalize(s, op),
		c.deserialize(s, op),
	)
}

func (c *Client) build(s *middleware.Stack) error {
	agent := func(*middleware.Stack) error { return nil }
	if name, version := c.agent(); name != "" {
		agent = awsmiddleware.AddUserAgentKeyValue(name, version)
	}
	return errors.Join(
		smithyhttp.AddComputeContentLengthMiddleware(s), //nolint:staticcheck // harmless, and older smithy needs it
		awsmiddleware.AddSDKAgentKeyValue(awsmiddleware.APIMetadata, "importexport", apiVersion)(s),
		agent(s),
		awsmiddleware.AddClientRequestIDMiddleware(s),
	)
}

func (c *Client) finalize(s *middleware.Stack, op operation) error {
	retryer := c.repeatable
	if op.once {
		retryer = c.once
	}
	attempt := retry.NewAttemptMiddleware(retryer, smithyhttp.RequestCloner, func(a *retry.Attempt) { a.ClientSkew = c.skew })
	sign := v4.NewSignHTTPRequestMiddleware(v4.SignHTTPRequestMiddlewareOptions{ //nolint:staticcheck // what replaces it is internal to the SDK
		CredentialsProvider: c.credentials,
		Signer:              newSigner(c.now, c.skew),
	})
	return errors.Join(
		s.Finalize.Add(resolver{c.endpoint}, middleware.After),
		v4.AddComputePayloadSHA256Middleware(s),
		s.Finalize.Add(sign, middleware.After),
		s.Finalize.Insert(attempt, sign.ID(), middleware.Before), //nolint:staticcheck // as above
	)
}

func (c *Client) deserialize(s *middleware.Stack, op operation) error {
	return errors.Join(
		s.Deserialize.Add(&deserializer{op, c.skew}, middleware.After),
		awsmiddleware.AddRecordResponseTiming(s),
		s.Deserialize.Add(reach{}, middleware.After),
		smithyhttp.AddErrorCloseResponseBodyMiddleware(s), //nolint:staticcheck // generated clients close in generated code, of which there is none
		smithyhttp.AddCloseResponseBodyMiddleware(s),      //nolint:staticcheck // as above
		awsmiddleware.AddRequestIDRetrieverMiddleware(s),
		awshttp.AddResponseErrorMiddleware(s),
	)
}
