package importexport

import (
	"errors"
	"net"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// standard is the SDK's standard retryer within the bounds of the options.
func standard(o Options) func(*retry.StandardOptions) {
	return func(s *retry.StandardOptions) {
		if o.Attempts > 0 {
			s.MaxAttempts = o.Attempts
		}
		if o.MaxBackoff > 0 {
			s.MaxBackoff = o.MaxBackoff
		}
	}
}

// onlyUnsent repeats nothing that the service may have acted on: only requests
// that never left this host, and those that were refused before anything was done,
// by throttling or because of a clock that is now put right.
func onlyUnsent(s *retry.StandardOptions) {
	s.Retryables = []retry.IsErrorRetryable{
		retry.NoRetryCanceledError{},
		retry.IsErrorRetryableFunc(neverSent),
		retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes},
		retry.RetryableError{}, // the SDK's clock skew errors
	}
}

func neverSent(err error) aws.Ternary {
	u, ok := errors.AsType[*unansweredError](err)
	if !ok {
		return aws.UnknownTernary
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return aws.FalseTernary
	}
	return aws.BoolTernary(!u.written)
}
