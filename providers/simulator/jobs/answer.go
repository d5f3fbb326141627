package jobs

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"time"
)

// namespace of all answers (service model 2010-06-01).
const namespace = "http://importexport.amazonaws.com/doc/2010-06-01/"

// timestamp is ISO 8601 as the service writes it.
type timestamp time.Time

// MarshalText writes whole seconds in UTC.
func (t timestamp) MarshalText() ([]byte, error) {
	return []byte(time.Time(t).UTC().Format("2006-01-02T15:04:05Z")), nil
}

type artifact struct {
	Description string
	URL         string
}

// artifacts is always there, and empty where there is nothing to fetch.
type artifacts struct {
	Member []artifact `xml:"member"`
}

type createJobResult struct {
	JobID                 string `xml:"JobId,omitempty"`
	JobType               string
	Signature             string `xml:",omitempty"`
	SignatureFileContents string `xml:",omitempty"`
	WarningMessage        string `xml:",omitempty"`
	AwsShippingAddress    string `xml:",omitempty"`
	ArtifactList          artifacts
}

type updateJobResult struct {
	Success        bool
	WarningMessage string `xml:",omitempty"`
	ArtifactList   artifacts
}

type cancelJobResult struct{ Success bool }

type listedJob struct {
	JobID        string `xml:"JobId"`
	CreationDate timestamp
	IsCanceled   bool
	JobType      string
}

type listJobsResult struct {
	Jobs struct {
		Member []listedJob `xml:"member"`
	}
	IsTruncated bool
}

type getStatusResult struct {
	JobID                 string `xml:"JobId"`
	JobType               string
	LocationCode          string
	LocationMessage       string
	ProgressCode          string
	ProgressMessage       string
	Carrier               string `xml:",omitempty"`
	TrackingNumber        string `xml:",omitempty"`
	LogBucket             string `xml:",omitempty"`
	LogKey                string `xml:",omitempty"`
	ErrorCount            int
	Signature             string
	SignatureFileContents string
	CurrentManifest       string
	CreationDate          timestamp
	AwsShippingAddress    string
	ArtifactList          artifacts
}

type getShippingLabelResult struct {
	ShippingLabelURL string
}

type errorResponse struct {
	XMLName xml.Name `xml:"ErrorResponse"`
	Space   string   `xml:"xmlns,attr"`
	Error   struct {
		Type    string
		Code    string
		Message string
	}
	RequestID string `xml:"RequestId"`
}

// success encodes the envelope of an operation's result.
func success(operation, requestID string, result any) ([]byte, error) {
	type metadata struct {
		RequestID string `xml:"RequestId"`
	}
	return xml.Marshal(struct {
		XMLName  xml.Name
		Space    string `xml:"xmlns,attr"`
		Result   any
		Metadata metadata `xml:"ResponseMetadata"`
	}{
		XMLName:  xml.Name{Local: operation + "Response"},
		Space:    namespace,
		Result:   named{operation + "Result", result},
		Metadata: metadata{requestID},
	})
}

// named is a value under an element name that is known at run time only.
type named struct {
	name  string
	value any
}

// MarshalXML writes the value under its name.
func (n named) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	return e.EncodeElement(n.value, xml.StartElement{Name: xml.Name{Local: n.name}})
}

// WriteRefusal answers with the error envelope of the service.
func WriteRefusal(w http.ResponseWriter, requestID string, r *Refusal) {
	answer := errorResponse{Space: namespace, RequestID: requestID}
	answer.Error.Type, answer.Error.Code, answer.Error.Message = r.Type(), r.Code, r.Message
	body, err := xml.Marshal(answer)
	if err != nil { // three strings always encode
		body = nil
	}
	write(w, r.Status, requestID, body)
}

func write(w http.ResponseWriter, status int, requestID string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/xml")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("x-amzn-RequestId", requestID)
	w.WriteHeader(status)
	_, _ = w.Write(body) //nolint:gosec // encoded XML, not HTML; a client that is gone need not be told
}
