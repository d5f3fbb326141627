package jobs

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"strings"
)

// signingSecret stands for the secret that AWS never published.
const signingSecret = "s3export simulator, signing of SIGNATURE files" //nolint:gosec // public on purpose

// Signature is the signature of a SIGNATURE file: base64 of HMAC-SHA1 over the job
// id, a line feed and the manifest with each CRLF turned into LF (AWS
// Import/Export, 2009 edition, signature version 1.0).
func Signature(secret, jobID, manifest string) string {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(jobID + "\n" + strings.ReplaceAll(manifest, "\r\n", "\n")))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// SignatureFile is the content of a SIGNATURE file, version 2.0.
func SignatureFile(jobID, signature string) string {
	return "version:2.0\nsigningMethod:HmacSHA1\njobId:" + jobID + "\nsignature:" + signature + "\n"
}
