package s3

import (
	"errors"
	"net/http"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/auth"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

// refusal is an answer of S3 that is an error.
type refusal struct {
	status        int
	code, message string
	details       [][2]string // further elements, in order
}

func newError(status int, code, message string) *refusal {
	return &refusal{status: status, code: code, message: message}
}

func (e *refusal) with(name, value string) *refusal {
	e.details = append(e.details, [2]string{name, value})
	return e
}

// Error returns code and message.
func (e *refusal) Error() string { return e.code + ": " + e.message }

func invalid(message string) *refusal {
	return newError(http.StatusBadRequest, "InvalidRequest", message)
}

func malformedXML() *refusal {
	return newError(http.StatusBadRequest, "MalformedXML",
		"The XML you provided was not well-formed or did not validate against our published schema")
}

func invalidArgument(name, value, message string) *refusal {
	return newError(http.StatusBadRequest, "InvalidArgument", message).with("ArgumentName", name).with("ArgumentValue", value)
}

func preconditionFailed(condition string) *refusal {
	return newError(http.StatusPreconditionFailed, "PreconditionFailed",
		"At least one of the pre-conditions you specified did not hold").with("Condition", condition)
}

func (x *exchange) notImplemented(header string) *refusal {
	e := newError(http.StatusNotImplemented, "NotImplemented", "A header you provided implies functionality that is not implemented")
	if header != "" {
		return e.with("Header", header)
	}
	return e.with("ResourceType", strings.ToUpper(x.subresource()))
}

func (x *exchange) methodNotAllowed(kind string) *refusal {
	return newError(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.").
		with("Method", x.r.Method).with("ResourceType", kind)
}

// fail answers with an error. A failure that is no refusal is the simulator's own,
// and its text helps whoever runs it.
func (x *exchange) fail(err error) {
	e := x.refusalOf(err)
	if marker, ok := errors.AsType[*store.MarkerError](err); ok {
		x.setMarker(marker)
	}
	if x.r.Method == http.MethodHead || e.status == http.StatusNotModified {
		x.w.WriteHeader(e.status)
		return
	}
	doc := newDocument()
	doc.open("Error", "")
	doc.text("Code", e.code)
	doc.text("Message", e.message)
	for _, detail := range e.details {
		doc.text(detail[0], detail[1])
	}
	doc.text("RequestId", x.id)
	doc.text("HostId", x.hostID)
	doc.close("Error")
	x.send(e.status, doc)
}

func (x *exchange) refusalOf(err error) *refusal {
	if e, ok := errors.AsType[*refusal](err); ok {
		return e
	}
	if f, ok := errors.AsType[*auth.Failure](err); ok {
		return newError(f.Status, f.Code, f.Message)
	}
	for _, say := range []func(error) *refusal{x.storeRefusal, x.versionRefusal, x.restoreRefusal} {
		if e := say(err); e != nil {
			return e
		}
	}
	return newError(http.StatusInternalServerError, "InternalError", "We encountered an internal error. Please try again: "+err.Error())
}

func (x *exchange) storeRefusal(err error) *refusal {
	is := func(target error) bool { return errors.Is(err, target) }
	switch {
	case is(store.ErrNoSuchBucket):
		return newError(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist").with("BucketName", x.bucket)
	case is(store.ErrNoSuchKey):
		return newError(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.").with("Key", x.key)
	case is(store.ErrBucketExists):
		return newError(http.StatusConflict, "BucketAlreadyOwnedByYou",
			"Your previous request to create the named bucket succeeded and you already own it.").with("BucketName", x.bucket)
	case is(store.ErrBucketNotEmpty):
		return newError(http.StatusConflict, "BucketNotEmpty", "The bucket you tried to delete is not empty").with("BucketName", x.bucket)
	case is(store.ErrBucketName):
		return newError(http.StatusBadRequest, "InvalidBucketName", "The specified bucket is not valid.").with("BucketName", x.bucket)
	case is(store.ErrNoSuchUpload):
		return newError(http.StatusNotFound, "NoSuchUpload", "The specified upload does not exist. "+
			"The upload ID may be invalid, or the upload may have been aborted or completed.").with("UploadId", x.query.Get("uploadId"))
	case is(store.ErrInvalidPart):
		return newError(http.StatusBadRequest, "InvalidPart", "One or more of the specified parts could not be found.  "+
			"The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.")
	case is(store.ErrPartOrder):
		return newError(http.StatusBadRequest, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.")
	case is(store.ErrPartTooSmall):
		return newError(http.StatusBadRequest, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
	case is(store.ErrPartChecksum):
		return invalid("The upload was created using a checksum. The complete request must include the checksum for each part.")
	case is(store.ErrSize):
		return invalid("The provided 'x-amz-mp-object-size' header value does not match what was computed.")
	case is(store.ErrBadChecksum):
		return newError(http.StatusBadRequest, "BadDigest", "The checksum you specified did not match the calculated checksum.")
	case is(store.ErrPrecondition):
		return preconditionFailed(x.writeCondition())
	case is(store.ErrNeedsKey):
		return invalid("The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.")
	case is(store.ErrTakesNoKey):
		return invalid("The encryption parameters are not applicable to this object.")
	case is(store.ErrOtherKey):
		return newError(http.StatusForbidden, "AccessDenied", "Access Denied")
	}
	return nil
}

// writeCondition names the header that a write depended on.
func (x *exchange) writeCondition() string {
	if x.r.Header.Get("If-None-Match") != "" {
		return "If-None-Match"
	}
	return "If-Match"
}
