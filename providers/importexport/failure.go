package importexport

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/credential"
)

const (
	tryAgain  = "run the same again in a few minutes; the request is safe to repeat"
	lookFirst = "do not create another job by hand: apply again, which looks for the job by its mark first"
)

// failure makes a *providers.Error of what went wrong with op. The cause that it
// keeps is the bare one: the SDK's wrapping holds the request, with its signature
// and manifest.
func (c *Client) failure(ctx context.Context, op operation, facts seen, err error) error {
	e := &providers.Error{Op: op.name, RequestID: facts.requestID, At: facts.at}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		e.Err = api
		e.Code, e.Message = api.ErrorCode(), api.ErrorMessage()
		m := meaningOf(e.Code, api.ErrorFault())
		e.Kind, e.Remedy = m.kind, m.remedy
	} else if m, ok := errors.AsType[*malformedError](err); ok {
		e.Err, e.Message = m, m.Error()
		e.Kind, e.Remedy = c.malformed(m)
	} else if u, ok := errors.AsType[*unansweredError](err); ok {
		e.Err = u
		c.unanswered(ctx, e, u)
	} else if n, ok := errors.AsType[*credential.Error](err); ok {
		e.Err, e.Kind, e.Message, e.Remedy = n, providers.Denied, n.Error(), credential.Remedy
	} else if s, ok := errors.AsType[*v4.SigningError](err); ok {
		e.Err, e.Kind, e.Message = s, providers.Denied, s.Error()
		e.Remedy = credential.Remedy
	} else {
		e.Err, e.Kind, e.Message = err, providers.Unexpected, err.Error()
		e.Remedy = "run the same again; if it repeats, report it with this message"
		if ctx.Err() != nil {
			e.Kind, e.Remedy = providers.Transient, "run the same again"
		}
		return e
	}
	if op.once && e.Kind == providers.Transient && !unsent(err) {
		e.Kind, e.Remedy = providers.OutcomeUnknown, lookFirst
	}
	return e
}

func unsent(err error) bool {
	u, ok := errors.AsType[*unansweredError](err)
	return ok && !u.written
}

// unanswered fills e for a request without an answer.
func (c *Client) unanswered(ctx context.Context, e *providers.Error, u *unansweredError) {
	host := c.endpoint.url.String()
	switch {
	case ctx.Err() != nil:
		e.Kind, e.Remedy = providers.Transient, "run the same again"
		e.Message = "interrupted while waiting for " + host
	case u.written:
		e.Kind, e.Remedy = providers.Transient, tryAgain
		e.Message = fmt.Sprintf("the answer of %s was lost: %s", host, providers.Cause(u))
	default:
		e.Kind, e.Remedy = providers.Unreachable, c.endpoint.unreachable()
		e.Message = fmt.Sprintf("nobody answers at %s: %s", host, providers.Cause(u))
	}
}

// malformed classes an answer that does not look like the service's. With 2xx it
// may have acted, with 4xx somebody has refused the request.
func (c *Client) malformed(m *malformedError) (providers.ErrorKind, string) {
	remedy := "something else than AWS Import/Export seems to answer at " + c.endpoint.url.String() + ": check the endpoint and any proxy in between"
	switch {
	case m.status == http.StatusTooManyRequests:
		return providers.Throttled, tryAgain
	case m.status == http.StatusRequestTimeout || m.status >= http.StatusInternalServerError || m.status < http.StatusMultipleChoices:
		return providers.Transient, remedy
	default:
		return providers.Unexpected, remedy
	}
}
