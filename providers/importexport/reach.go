package importexport

import (
	"context"
	"io"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// maxAnswer bounds an answer in bytes. The longest is a page of 1000 jobs, about
// 200 KiB.
const maxAnswer = 4 << 20

// unansweredError is a request that got no answer.
type unansweredError struct {
	// written: the header had left this host, so the service may have acted.
	written bool
	err     error
}

// Error returns the cause.
func (e *unansweredError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e *unansweredError) Unwrap() error { return e.err }

// ConnectionError tells the SDK's retryer that another try may help.
func (*unansweredError) ConnectionError() bool { return true }

// reach is the innermost Deserialize step: it sees whether a request went out and
// bounds what comes in. It runs once for each attempt.
type reach struct{}

// ID names the step.
func (reach) ID() string { return "Reach" }

// HandleDeserialize wraps the error of a request without an answer. A server
// cannot act on a request before its whole header is there, so WroteHeaders comes
// before any effect.
func (reach) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { written.Store(true) },
	})
	out, metadata, err := next.HandleDeserialize(ctx, in)
	if err != nil {
		return out, metadata, &unansweredError{written: written.Load(), err: err}
	}
	if answer, ok := out.RawResponse.(*smithyhttp.Response); ok && answer.Body != nil {
		answer.Body = bounded{io.LimitReader(answer.Body, maxAnswer+1), answer.Body}
	}
	return out, metadata, nil
}

// bounded reads from one and closes the other.
type bounded struct {
	io.Reader
	io.Closer
}
