package importexport

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/aws/smithy-go"
)

// FuzzAnswers: no answer, however broken, makes the parser panic, loop or invent
// something.
func FuzzAnswers(f *testing.F) {
	files, err := filepath.Glob("testdata/answers/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatal("no answers to begin with", err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var status getStatusResult
		if _, err := decode(body, "GetStatus", &status); err == nil {
			job := jobOf(&status)
			if job.ErrorCount < 0 || job.Progress == "" || job.Location == "" {
				t.Errorf("a job without a state: %+v", job)
			}
			if job.Signature != status.SignatureFileContents {
				t.Error("the SIGNATURE was changed")
			}
		}
		var list listJobsResult
		_, _ = decode(body, "ListJobs", &list)
		var label getShippingLabelResult
		if _, err := decode(body, "GetShippingLabel", &label); err == nil {
			labelObject(label.ShippingLabelURL)
		}
		if _, err := refusal(400, body, redactor{}); err != nil {
			if api, ok := errors.AsType[*smithy.GenericAPIError](err); ok && (api.Code == "" || !utf8.ValidString(api.Message)) {
				t.Errorf("an error that says nothing: %q %q", api.Code, api.Message)
			}
		} else {
			t.Error("a refusal without an error")
		}
	})
}

// FuzzLabelURL: bucket and key come together or not at all, and a bucket has no
// slash in it.
func FuzzLabelURL(f *testing.F) {
	f.Add("https://s3.amazonaws.com/logs/shipping-label-EX1ID.pdf")
	f.Add("https://my.logs.s3-eu-west-1.amazonaws.com/l.pdf?x=y#z")
	f.Fuzz(func(t *testing.T, text string) {
		bucket, key := labelObject(text)
		if (bucket == "") != (key == "") {
			t.Errorf("%q: bucket %q, key %q", text, bucket, key)
		}
		for _, c := range bucket {
			if c == '/' {
				t.Errorf("%q: bucket %q", text, bucket)
			}
		}
	})
}
