package jobs

import (
	"net/http"
	"strings"
)

// Refusal is an answer that is no success: HTTP status, AWS's code and message.
type Refusal struct {
	Status  int
	Code    string // as on the wire, such as InvalidJobIdException
	Message string
}

// Error returns code and message.
func (r *Refusal) Error() string { return r.Code + ": " + r.Message }

// Type is Sender for 4xx and Receiver for 5xx.
func (r *Refusal) Type() string {
	if r.Status >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}

// The codes that requests, manifests and job states cause, without the suffix
// that the wire puts behind them.
const (
	bucketPermission    = "BucketPermission"
	canceledJobID       = "CanceledJobId"
	createQuotaExceeded = "CreateJobQuotaExceeded"
	expiredJobID        = "ExpiredJobId"
	invalidAccessKeyID  = "InvalidAccessKeyId"
	invalidAddress      = "InvalidAddress"
	invalidCustoms      = "InvalidCustoms"
	invalidFileSystem   = "InvalidFileSystem"
	invalidJobID        = "InvalidJobId"
	invalidField        = "InvalidManifestField"
	invalidParameter    = "InvalidParameter"
	invalidVersion      = "InvalidVersion"
	malformedManifest   = "MalformedManifest"
	missingCustoms      = "MissingCustoms"
	missingField        = "MissingManifestField"
	missingParameter    = "MissingParameter"
	multipleRegions     = "MultipleRegions"
	noSuchBucket        = "NoSuchBucket"
	unableToCancel      = "UnableToCancelJobId"
	unableToUpdate      = "UnableToUpdateJobId"
)

// Documented returns AWS's text for an error code of Import/Export, with or without
// the suffix Exception (service model 2010-06-01); empty for one that it does not
// have.
func Documented(code string) string {
	switch strings.TrimSuffix(code, "Exception") {
	case bucketPermission:
		return "The account specified does not have the appropriate bucket permissions."
	case canceledJobID:
		return "The specified job ID has been canceled and is no longer valid."
	case createQuotaExceeded:
		return "Each account can create only a certain number of jobs per day."
	case expiredJobID:
		return "Indicates that the specified job has expired out of the system."
	case invalidAccessKeyID:
		return "The AWS Access Key ID specified in the request did not match the manifest's accessKeyId value. The manifest and the request authentication must use the same AWS Access Key ID."
	case invalidAddress:
		return "The address specified in the manifest is invalid."
	case invalidCustoms:
		return "One or more customs parameters was invalid. Please correct and resubmit."
	case invalidFileSystem:
		return "File system specified in export manifest is invalid."
	case invalidJobID:
		return "The JOBID was missing, not found, or not associated with the AWS account."
	case invalidField:
		return "One or more manifest fields was invalid. Please correct and resubmit."
	case invalidParameter:
		return "One or more parameters had an invalid value."
	case invalidVersion:
		return "The client tool version is invalid."
	case malformedManifest:
		return "Your manifest is not well-formed."
	case missingCustoms:
		return "One or more required customs parameters was missing from the manifest."
	case missingField:
		return "One or more required fields were missing from the manifest file. Please correct and resubmit."
	case missingParameter:
		return "One or more required parameters was missing from the request."
	case multipleRegions:
		return "Your manifest file contained buckets from multiple regions. A job is restricted to buckets from one region. Please correct and resubmit."
	case noSuchBucket:
		return "The specified bucket does not exist. Create the specified bucket or change the manifest's bucket, exportBucket, or logBucket field to a bucket that the account, as specified by the manifest's Access Key ID, has write permissions to."
	case unableToCancel:
		return "AWS Import/Export cannot cancel the job"
	case unableToUpdate:
		return "AWS Import/Export cannot update the job"
	default:
		return ""
	}
}

// refuse makes the refusal for code: AWS's text, and what is the matter in
// brackets. The particulars never hold a secret option's value.
func refuse(code string, particulars ...string) *Refusal {
	message := Documented(code)
	if len(particulars) > 0 {
		message += " [" + strings.Join(particulars, "; ") + "]"
	}
	return &Refusal{Status: http.StatusBadRequest, Code: code + "Exception", Message: message}
}
