package importexport

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// signer is the SDK's SigV4 signer on a clock that the service's answers put
// right, so that a host whose clock is wrong can still sign.
type signer struct {
	v4   *v4.Signer
	now  func() time.Time
	skew *atomic.Int64
}

func newSigner(now func() time.Time, skew *atomic.Int64) signer {
	return signer{v4: v4.NewSigner(), now: now, skew: skew}
}

// SignHTTP signs r as of now, corrected by the skew.
func (s signer) SignHTTP(ctx context.Context, credentials aws.Credentials, r *http.Request, payloadHash, service, region string, at time.Time, options ...func(*v4.SignerOptions)) error { //nolint:revive // the SDK's interface
	if s.now != nil {
		at = s.now()
	}
	at = at.Add(time.Duration(s.skew.Load()))
	return s.v4.SignHTTP(ctx, credentials, r, payloadHash, service, region, at, options...)
}
