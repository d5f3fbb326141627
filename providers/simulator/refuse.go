package simulator

import (
	"net/http"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/jobs"
)

// refusalProblem says what is wrong with the fields of a Refuse; empty when nothing
// is.
func (r Rule) refusalProblem() string {
	if r.Kind != Refuse {
		if r.Code != "" || r.Message != "" || r.HTTPStatus != 0 {
			return "code, message and httpStatus are for the kind refuse"
		}
		return ""
	}
	switch {
	case r.Code == "":
		return "code is missing: refuse needs one, such as InvalidAddressException"
	case strings.Trim(r.Code, codeLetters) != "":
		return "code is made of letters, digits and dots"
	case r.HTTPStatus != 0 && (r.HTTPStatus < 300 || r.HTTPStatus > 599):
		return "httpStatus is 300 to 599"
	case r.Message == "" && (r.missesText(ImportExport) || r.missesText(S3)):
		return "message is missing: no text of the service is known for this code"
	}
	return ""
}

const codeLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789."

// missesText reports whether the rule is for a service whose text for the code is
// not known. A rule for both needs one of them only.
func (r Rule) missesText(service string) bool {
	if r.Service == "" {
		return r.textOf(true) == "" && r.textOf(false) == ""
	}
	return r.Service == service && r.textOf(service == ImportExport) == ""
}

// refusal is the answer of a Refuse.
func (r Rule) refusal(importExport bool) *jobs.Refusal {
	refused := &jobs.Refusal{Status: r.HTTPStatus, Code: r.Code, Message: r.Message}
	if refused.Message == "" {
		refused.Message = r.textOf(importExport)
	}
	if refused.Message == "" {
		refused.Message = r.textOf(!importExport)
	}
	if refused.Status == 0 {
		refused.Status = http.StatusBadRequest
		if status, _ := commonRefusal(r.Code, importExport); status != 0 {
			refused.Status = status
		}
	}
	return refused
}

func (r Rule) textOf(importExport bool) string {
	if importExport {
		if text := jobs.Documented(r.Code); text != "" {
			return text
		}
	}
	_, text := commonRefusal(r.Code, importExport)
	return text
}

// commonRefusal returns status and text of an error that is not one of Import/Export's
// own; 0 for one that is not known. Sources: the common errors of AWS's query
// protocol; "Error responses" of the Amazon S3 API Reference.
func commonRefusal(code string, importExport bool) (status int, text string) {
	table := s3Refusals()
	if importExport {
		table, code = queryRefusals(), strings.TrimSuffix(code, "Exception")
	}
	answer := table[code]
	return answer.status, answer.text
}

type commonAnswer struct {
	status int
	text   string
}

func queryRefusals() map[string]commonAnswer {
	return map[string]commonAnswer{
		"AccessDenied":               {http.StatusForbidden, "You do not have sufficient access to perform this action."},
		"ExpiredToken":               {http.StatusForbidden, "The security token included in the request is expired."},
		"IncompleteSignature":        {http.StatusBadRequest, "The request signature does not conform to AWS standards."},
		"InternalError":              {http.StatusInternalServerError, "An internal error has occurred."},
		"InternalFailure":            {http.StatusInternalServerError, "An internal failure has occurred."},
		"InvalidAction":              {http.StatusBadRequest, "The action or operation requested is invalid."},
		"InvalidClientTokenId":       {http.StatusForbidden, "The security token included in the request is invalid."},
		"MissingAuthenticationToken": {http.StatusForbidden, "Request is missing Authentication Token."},
		"OptInRequired":              {http.StatusForbidden, "The AWS access key ID needs a subscription for the service."},
		"RequestExpired":             {http.StatusBadRequest, "Request has expired."},
		"RequestLimitExceeded":       {http.StatusServiceUnavailable, "Request limit exceeded."},
		"ServiceUnavailable":         {http.StatusServiceUnavailable, "Service is temporarily unavailable."},
		"SignatureDoesNotMatch":      {http.StatusForbidden, "The request signature we calculated does not match the signature you provided."},
		"Throttling":                 {http.StatusBadRequest, "Rate exceeded"},
		"ValidationError":            {http.StatusBadRequest, "The input fails to satisfy the constraints specified by the service."},
	}
}

func s3Refusals() map[string]commonAnswer {
	return map[string]commonAnswer{
		"AccessDenied":          {http.StatusForbidden, "Access Denied"},
		"AllAccessDisabled":     {http.StatusForbidden, "All access to this object has been disabled"},
		"BadDigest":             {http.StatusBadRequest, "The Content-MD5 you specified did not match what we received."},
		"ExpiredToken":          {http.StatusBadRequest, "The provided token has expired."},
		"InternalError":         {http.StatusInternalServerError, "We encountered an internal error. Please try again."},
		"InvalidAccessKeyId":    {http.StatusForbidden, "The AWS Access Key Id you provided does not exist in our records."},
		"InvalidObjectState":    {http.StatusForbidden, "The operation is not valid for the object's storage class"},
		"NoSuchBucket":          {http.StatusNotFound, "The specified bucket does not exist"},
		"NoSuchKey":             {http.StatusNotFound, "The specified key does not exist."},
		"OperationAborted":      {http.StatusConflict, "A conflicting conditional operation is currently in progress against this resource. Please try again."},
		"PermanentRedirect":     {http.StatusMovedPermanently, "The bucket you are attempting to access must be addressed using the specified endpoint."},
		"PreconditionFailed":    {http.StatusPreconditionFailed, "At least one of the pre-conditions you specified did not hold"},
		"RequestTimeTooSkewed":  {http.StatusForbidden, "The difference between the request time and the current time is too large."},
		"RequestTimeout":        {http.StatusBadRequest, "Your socket connection to the server was not read from or written to within the timeout period."},
		"ServiceUnavailable":    {http.StatusServiceUnavailable, "Service is unable to handle request."},
		"SignatureDoesNotMatch": {http.StatusForbidden, "The request signature we calculated does not match the signature you provided. Check your key and signing method."},
		"SlowDown":              {http.StatusServiceUnavailable, "Please reduce your request rate."},
	}
}
