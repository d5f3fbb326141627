package importexport

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awsxml "github.com/aws/aws-sdk-go-v2/aws/protocol/xml"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// malformedError is an answer that is not one of the service. It never quotes the
// answer, which may hold a manifest.
type malformedError struct {
	status  int
	problem string
}

// Error returns the problem and the HTTP status.
func (e *malformedError) Error() string {
	return fmt.Sprintf("answer with HTTP status %d: %s", e.status, e.problem)
}

// deserializer reads the answer of an operation.
type deserializer struct {
	op   operation
	skew *atomic.Int64
}

// ID returns the name that the SDK's steps look for.
func (*deserializer) ID() string { return "OperationDeserializer" }

// HandleDeserialize sets the result, or returns the service's error as a
// *smithy.GenericAPIError.
func (d *deserializer) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	if err != nil {
		return out, metadata, err
	}
	answer, ok := out.RawResponse.(*smithyhttp.Response)
	if !ok {
		return out, metadata, &malformedError{problem: "unknown transport"}
	}
	if skew, ok := awsmiddleware.GetAttemptSkew(metadata); ok {
		d.skew.Store(skew.Nanoseconds())
	}
	body, err := readAnswer(answer)
	if err != nil {
		return out, metadata, err
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		id, err := refusal(answer.StatusCode, body, d.op.redact)
		rememberRequest(&metadata, id)
		return out, metadata, err
	}
	result := d.op.result()
	id, err := decode(body, d.op.name, result)
	rememberRequest(&metadata, id)
	if err != nil {
		return out, metadata, &malformedError{status: answer.StatusCode, problem: err.Error()}
	}
	out.Result = result
	return out, metadata, nil
}

func rememberRequest(m *middleware.Metadata, id string) {
	if id != "" {
		awsmiddleware.SetRequestIDMetadata(m, id)
	}
}

// readAnswer returns the whole body. One that breaks off is no answer.
func readAnswer(answer *smithyhttp.Response) ([]byte, error) {
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, &unansweredError{written: true, err: err}
	}
	if len(body) > maxAnswer {
		return nil, &malformedError{answer.StatusCode, fmt.Sprintf("longer than %d bytes", maxAnswer)}
	}
	return body, nil
}

// refusal makes the error of an error envelope. An answer without a code does not
// come from the service.
func refusal(status int, body []byte, redact redactor) (requestID string, err error) {
	parts, parseErr := awsxml.GetErrorResponseComponents(bytes.NewReader(body), false)
	if parseErr == nil && parts.Code == "" {
		parts, parseErr = awsxml.GetErrorResponseComponents(bytes.NewReader(body), true)
	}
	if parseErr != nil || parts.Code == "" {
		return parts.RequestID, &malformedError{status, "no error of the service in it"}
	}
	fault := smithy.FaultClient
	if status >= http.StatusInternalServerError {
		fault = smithy.FaultServer
	}
	return parts.RequestID, &smithy.GenericAPIError{
		Code:    oneLine(redact.text(parts.Code)),
		Message: oneLine(redact.text(parts.Message)),
		Fault:   fault,
	}
}
