package s3

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/credential"
)

// ErrGone is the cause of the error about an object that does not exist.
var ErrGone = errors.New("no such object")

// ErrChanged is the cause of the error about an object that exists, but not in the
// state that was asked for.
var ErrChanged = errors.New("the object is another than was listed")

// ErrDenied is the cause of the error about a request that the rights in use do not
// allow, or for which a KMS key may not be used. HEAD has no code, so it may also be
// the answer to credentials that have expired.
var ErrDenied = errors.New("access denied")

// ErrArchived is the cause of the error about the content of an object that must be
// restored before it can be read.
var ErrArchived = errors.New("the object is archived")

// ErrNotSupported is the cause of the error about a request that this server does
// not know.
var ErrNotSupported = errors.New("not supported by this server")

// call is what was asked, for messages.
type call struct{ op, bucket, key string }

func (w call) object() string {
	if w.key == "" {
		return fmt.Sprintf("bucket %q", w.bucket)
	}
	return fmt.Sprintf("object %q in bucket %q", w.key, w.bucket)
}

// failure makes a *providers.Error of an error of the SDK. The cause that it keeps
// is the bare one: the SDK's wrapping holds the request with its signature.
func (c *Client) failure(ctx context.Context, where call, err error) error {
	e := &providers.Error{Op: where.op, Code: codeOf(err)}
	if r, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		e.RequestID, e.At = r.ServiceRequestID(), dateOf(r)
	}
	api, answered := errors.AsType[smithy.APIError](err)
	secrets, noSecrets := errors.AsType[*credential.Error](err)
	switch {
	case noSecrets:
		e.Kind, e.Err, e.Message = providers.Denied, secrets, secrets.Error()
		e.Remedy = credential.Remedy
	case ctx.Err() != nil:
		e.Kind, e.Err, e.Message = providers.Transient, ctx.Err(), "interrupted at "+where.object()
		e.Remedy = "run the same again"
	case answered:
		if e.Code == "NoSuchBucket" { // no object is the trouble
			where.key = ""
		}
		e.Err, e.Message = api, where.object()+": "+message(api)
		c.refused(e, where, err)
	default:
		c.unanswered(e, where, err)
	}
	return e
}

func message(api smithy.APIError) string {
	if m := api.ErrorMessage(); m != "" && m != "UnknownError" {
		return m
	}
	return api.ErrorCode()
}

// refused fills e for an answer that is no success, by status first: HEAD has no
// body to hold a code.
func (c *Client) refused(e *providers.Error, where call, err error) {
	status := statusOf(err)
	switch {
	case isUnknownToServer(e.Code, status, where):
		e.Kind, e.Err = providers.Unexpected, ErrNotSupported
		e.Remedy = "use a server that knows " + where.op + ", or do without"
	case e.Code == "NoSuchBucket" || (status == http.StatusNotFound && where.key == ""):
		e.Kind, e.Remedy = providers.NotFound, "create bucket \""+where.bucket+"\", or correct its name"
	case status == http.StatusNotFound || isDeleteMarker(err):
		e.Kind, e.Err = providers.NotFound, ErrGone
		e.Remedy = "the object was deleted, or the bucket's name is wrong: list the bucket again"
	case status == http.StatusPreconditionFailed:
		e.Kind, e.Err = providers.NotFound, ErrChanged
		e.Remedy = "the object was replaced since it was listed: list the bucket again"
	case isThrottle(e.Code, status):
		e.Kind, e.Remedy = providers.Throttled, "run the same again in a few minutes: the service wants fewer requests"
	case status >= http.StatusInternalServerError || e.Code == "RequestTimeout":
		e.Kind, e.Remedy = providers.Transient, "run the same again in a few minutes"
	case isWrongRegion(e.Code, status):
		e.Kind, e.Remedy = providers.Invalid, c.wrongRegion(where, err)
	case e.Code == "InvalidObjectState":
		e.Kind, e.Err = providers.Invalid, ErrArchived
		e.Remedy = "restore the object from its archive first, or compare it by what is stored about it"
	case status == http.StatusForbidden || isDenial(e.Code):
		e.Kind, e.Remedy = providers.Denied, denied(e.Code, where)
		if !isCredential(e.Code) {
			e.Err = ErrDenied
		}
	default:
		e.Kind, e.Remedy = providers.Unexpected, "look up the code in the S3 documentation (Error Responses); check that the S3 endpoint is the right one"
	}
}

func (c *Client) unanswered(e *providers.Error, where call, err error) {
	host := c.endpoint
	if host == "" {
		host = "S3 in " + c.region
	}
	cause := err
	if s, ok := errors.AsType[*smithyhttp.RequestSendError](err); ok {
		cause = s.Err
	}
	e.Err = cause
	if !isUnreachable(err) {
		e.Kind, e.Message = providers.Transient, fmt.Sprintf("the answer of %s about %s was lost: %s", host, where.object(), providers.Cause(cause))
		e.Remedy = "run the same again"
		return
	}
	e.Kind, e.Message = providers.Unreachable, fmt.Sprintf("nobody answers at %s: %s", host, providers.Cause(cause))
	e.Remedy = "check the region, network, DNS and proxy of this host"
	if loopback, _ := checkEndpoint(c.endpoint); loopback {
		e.Remedy = "is `s3export simulate` running, and is " + c.endpoint + " the endpoint that it printed?"
	} else if c.endpoint != "" {
		e.Remedy = "check that " + c.endpoint + " is the right endpoint and can be reached from this host (network, DNS, firewall, TLS certificate)"
	}
}

// isUnreachable tells a connection that was never made from one that broke.
func isUnreachable(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	_, dns := errors.AsType[*net.DNSError](err)
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	return dns || certificate || record
}

func isThrottle(code string, status int) bool {
	return status == http.StatusTooManyRequests || code == "SlowDown" || strings.Contains(code, "Throttl") || code == "RequestLimitExceeded"
}

func isWrongRegion(code string, status int) bool {
	return status == http.StatusMovedPermanently || status == http.StatusTemporaryRedirect ||
		code == "PermanentRedirect" || code == "AuthorizationHeaderMalformed"
}

func isDenial(code string) bool {
	return code == "AccessDenied" || strings.HasPrefix(code, "KMS.") || isCredential(code)
}

// isCredential knows the denials that are none of rights.
func isCredential(code string) bool {
	switch code {
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired", "RequestTimeTooSkewed":
		return true
	default:
		return false
	}
}

// isUnknownToServer knows the answers of servers that lack an operation.
func isUnknownToServer(code string, status int, where call) bool {
	if status == http.StatusNotImplemented || code == "NotImplemented" {
		return true
	}
	return where.op == "ListObjectVersions" && status == http.StatusMethodNotAllowed
}

// isDeleteMarker tells that the version asked for is a delete marker: S3 answers so
// with 405 in place of 404.
func isDeleteMarker(err error) bool {
	r, ok := errors.AsType[*awshttp.ResponseError](err)
	return ok && r.Response != nil && r.Response.Response != nil && r.Response.Header.Get("X-Amz-Delete-Marker") == "true"
}

func (c *Client) wrongRegion(where call, err error) string {
	if region := regionIn(err); region != "" && region != c.region {
		return fmt.Sprintf("bucket %q is in %s: set the provider's region to it (it is %s now)", where.bucket, region, c.region)
	}
	return fmt.Sprintf("bucket %q is in another region than %s: set the provider's region", where.bucket, c.region)
}

func denied(code string, where call) string {
	switch code {
	case "RequestTimeTooSkewed":
		return "set the clock of this host (chronyc makestep, timedatectl)"
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired":
		return credential.Remedy
	}
	switch where.op {
	case "GetObjectAttributes":
		return "allow s3:GetObject and s3:GetObjectAttributes on " + where.bucket + "/* (with versions also s3:GetObjectVersion and s3:GetObjectVersionAttributes; kms:Decrypt on the key of an SSE-KMS object)"
	case "ListObjectVersions":
		return "allow s3:ListBucketVersions on " + where.bucket
	case "GetObject", "HeadObject":
		return "allow s3:GetObject on " + where.bucket + "/* (and kms:Decrypt on the key of an SSE-KMS object); without s3:ListBucket a missing object looks like this too"
	case "PutObject":
		return "allow s3:PutObject and s3:GetObject on " + where.bucket + "/* to the credentials in use, and check that the bucket is the account's own"
	default:
		return "allow s3:ListBucket and s3:GetBucketLocation on " + where.bucket + ", and check that the bucket is the account's own"
	}
}

func statusOf(err error) int {
	if r, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		return r.HTTPStatusCode()
	}
	return 0
}

func codeOf(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return ""
}

func dateOf(r *awshttp.ResponseError) time.Time {
	if r.Response == nil || r.Response.Response == nil {
		return time.Time{}
	}
	at, err := http.ParseTime(r.Response.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
