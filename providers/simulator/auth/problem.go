package auth

import "net/http"

// reason says why a signature is refused, apart from how a service words it.
type reason int

const (
	anonymous    reason = iota // no signature at all
	malformed                  // a signature that cannot be read
	unknownKey                 // no such access key
	mismatched                 // the signature is another
	notSigned                  // a header that has to be signed is not
	wrongService               // signed for another service
	unsupported                // a mechanism that AWS has, or had, and we have not
)

type problem struct {
	why    reason
	detail string
}

// forQuery words a problem as the services with the query protocol do.
// Source: "Common Error Types" of the AWS General Reference.
func (p *problem) forQuery() *Failure {
	switch p.why {
	case anonymous:
		return &Failure{http.StatusForbidden, "MissingAuthenticationToken", "Request is missing Authentication Token"}
	case unknownKey:
		return &Failure{http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid."}
	case mismatched:
		return &Failure{http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match " +
			"the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}
	case wrongService:
		return &Failure{http.StatusForbidden, "SignatureDoesNotMatch", p.detail}
	case malformed, notSigned, unsupported:
		return &Failure{http.StatusBadRequest, "IncompleteSignature", p.detail}
	}
	return &Failure{http.StatusBadRequest, "IncompleteSignature", p.detail}
}

// forS3 words a problem as S3 does.
// Source: "Error responses" of the Amazon S3 API Reference.
func (p *problem) forS3() *Failure {
	switch p.why {
	case anonymous:
		return &Failure{http.StatusForbidden, "AccessDenied", "Access Denied"}
	case unknownKey:
		return &Failure{http.StatusForbidden, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."}
	case mismatched:
		return &Failure{http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match " +
			"the signature you provided. Check your key and signing method."}
	case notSigned:
		return &Failure{http.StatusForbidden, "AccessDenied", p.detail}
	case malformed, wrongService:
		return &Failure{http.StatusBadRequest, "AuthorizationHeaderMalformed", "The authorization header is malformed; " + p.detail}
	case unsupported:
		return &Failure{http.StatusBadRequest, "InvalidRequest", p.detail}
	}
	return &Failure{http.StatusBadRequest, "AuthorizationHeaderMalformed", p.detail}
}
