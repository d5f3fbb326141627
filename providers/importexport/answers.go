package importexport

import (
	"strconv"
	"strings"
	"time"
)

// The results of the operations (service model 2010-06-01). Numbers and times are
// texts: one that cannot be read must not cost the rest of the answer.

type createJobResult struct {
	JobID                 string `xml:"JobId"`
	Signature             string
	SignatureFileContents string
	WarningMessage        string
}

type updateJobResult struct {
	Success        string
	WarningMessage string
}

type cancelJobResult struct{ Success string }

type getStatusResult struct {
	JobID                         string `xml:"JobId"`
	JobType                       string
	LocationCode, LocationMessage string
	ProgressCode, ProgressMessage string
	Carrier, TrackingNumber       string
	LogBucket, LogKey             string
	ErrorCount                    string
	SignatureFileContents         string
	CurrentManifest               string
	CreationDate                  string
}

type listedJob struct {
	JobID        string `xml:"JobId"`
	CreationDate string
	IsCanceled   string
	JobType      string
}

type listJobsResult struct {
	Jobs        []listedJob `xml:"Jobs>member"`
	IsTruncated string
}

type getShippingLabelResult struct {
	ShippingLabelURL string
	Warning          string
}

// isTrue reads an XML boolean; anything unknown is false.
func isTrue(text string) bool {
	text = strings.TrimSpace(text)
	return strings.EqualFold(text, "true") || text == "1"
}

// isFalse reports an explicit no; an absent value is none.
func isFalse(text string) bool {
	text = strings.TrimSpace(text)
	return strings.EqualFold(text, "false") || text == "0"
}

// count reads a decimal number; 0 for what is none or negative.
func count(text string) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// instant reads an ISO 8601 time in UTC, with or without fractions of a second;
// the zero time for what is none.
func instant(text string) time.Time {
	text = strings.TrimSpace(text)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999Z0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
