package fake

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"strings"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs/secret"
)

// idAlphabet of job IDs: digits 1 to 9 and letters without O (AWS Import/Export
// Developer Guide, 2009 edition).
const idAlphabet = "123456789ABCDEFGHIJKLMNPQRSTUVWXYZ"

// Signature is base64 of HMAC-SHA1 over the job's ID, a line feed and the manifest
// with each CRLF turned into LF (AWS Import/Export, signature version 1.0).
func Signature(key string, id providers.JobID, text secret.Value) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(string(id) + "\n" + strings.ReplaceAll(text.Reveal(), "\r\n", "\n")))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// SignatureFile is the text of a SIGNATURE file, version 2.0.
func SignatureFile(id providers.JobID, signature string) string {
	return "version:2.0\nsigningMethod:HmacSHA1\njobId:" + string(id) + "\nsignature:" + signature + "\n"
}

// nextID returns the n-th job ID: five characters that look like AWS's, all
// different for the first 45 million.
func nextID(n int) providers.JobID {
	const ids = 34 * 34 * 34 * 34 * 34
	x := (n*7919 + 1234567) % ids // 7919 is prime and no factor of ids: every ID comes once
	id := make([]byte, 5)
	for i := range id {
		id[i] = idAlphabet[x%len(idAlphabet)]
		x /= len(idAlphabet)
	}
	return providers.JobID(id)
}
