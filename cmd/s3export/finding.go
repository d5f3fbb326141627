package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/verify"
)

// findingText is a finding in a line: what, where and why. The object is named where
// its path on the drive does not tell it, and the service's code where it failed.
func findingText(f verify.Finding) string {
	where, why := strconv.Quote(f.Path), string(f.Reason)
	if f.Key != "" && !strings.HasSuffix(f.Path, f.Key) {
		where += ", which is " + objectText(f.Bucket, f.Key)
	}
	if f.Reason == verify.FailedByService {
		why += ": " + failureCode(f.Detail)
	}
	return fmt.Sprintf("%s: %s (%s)", f.Outcome, where, why)
}

func objectText(bucket, key string) string { return strconv.Quote("s3://" + bucket + "/" + key) }

// maxCode is the longest code that is shown, in bytes; S3's have 40 at most.
const maxCode = 64

// failureCode is a code out of a service's log, which is a file like any other.
func failureCode(code string) string {
	code = code[:min(len(code), maxCode)]
	if quoted := strconv.QuoteToASCII(code); code == "" || quoted != `"`+code+`"` {
		return quoted
	}
	return code
}
