package s3

import (
	"crypto/md5"
	"encoding/base64"
	"net/http"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// The headers of encryption with a key of the customer's, and what stands before
// them where they are about the source of a copy.
// Source: "Using server-side encryption with customer-provided keys" of the Amazon
// S3 User Guide.
const (
	customerAlgorithm = "X-Amz-Server-Side-Encryption-Customer-Algorithm"
	customerKey       = "X-Amz-Server-Side-Encryption-Customer-Key"
	customerKeyMD5    = "X-Amz-Server-Side-Encryption-Customer-Key-Md5"
	ofSource          = "X-Amz-Copy-Source-"
)

// customerKeySize is that of AES-256, in bytes.
const customerKeySize = 32

// keyMD5 returns the base64 of the MD5 of the key that the customer sends along,
// empty without one. prefix is "" or ofSource. S3 takes keys over TLS only; here they
// come over loopback.
func (x *exchange) keyMD5(prefix string) (string, error) {
	header := func(name string) string {
		if prefix == "" {
			return x.r.Header.Get(name)
		}
		return x.r.Header.Get(prefix + name[len("X-Amz-"):])
	}
	algorithm, key, sum := header(customerAlgorithm), header(customerKey), header(customerKeyMD5)
	refuse := func(name, message string) (string, error) {
		return "", invalidArgument(lower(name), "null", "Requests specifying Server Side Encryption with Customer provided keys must provide "+message)
	}
	switch {
	case algorithm == "" && key == "" && sum == "":
		return "", nil
	case algorithm == "":
		return refuse(customerAlgorithm, "a valid encryption algorithm.")
	case algorithm != "AES256":
		return "", newError(http.StatusBadRequest, "InvalidEncryptionAlgorithmError",
			"The encryption request you specified is not valid. The valid value is AES256.")
	case key == "":
		return refuse(customerKey, "an appropriate secret key.")
	case sum == "":
		return refuse(customerKeyMD5, "the client calculated MD5 of the secret key.")
	}
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil || len(raw) != customerKeySize {
		return "", invalidArgument(lower(customerKey), "null", "The secret key was invalid for the specified algorithm.")
	}
	if computed := md5.Sum(raw); base64.StdEncoding.EncodeToString(computed[:]) != sum {
		return "", invalidArgument(lower(customerKeyMD5), sum, "The calculated MD5 hash of the key did not match the hash that was provided.")
	}
	return sum, nil
}

// encrypt puts the encryption that the request asks for into a.
func (x *exchange) encrypt(a *store.Attributes) error {
	a.Encryption = x.r.Header.Get("X-Amz-Server-Side-Encryption")
	if a.Encryption != "" && !isEncryption(a.Encryption) {
		return invalidArgument("x-amz-server-side-encryption", a.Encryption, "The encryption method specified is not supported")
	}
	sum, err := x.keyMD5("")
	switch {
	case err != nil || sum == "":
		return err
	case a.Encryption != "":
		return invalidArgument("x-amz-server-side-encryption", a.Encryption,
			"Server Side Encryption with Customer provided key is incompatible with the encryption method specified")
	}
	a.Encryption, a.CustomerKeyMD5 = store.EncryptionCustomer, sum
	return nil
}

// uploadKey refuses a part with another key than the upload was begun with.
func (x *exchange) uploadKey(u store.Upload) error {
	sum, err := x.keyMD5("")
	if err == nil && sum != u.CustomerKeyMD5 {
		err = invalid("The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.")
	}
	return err
}

// setEncryption writes the headers of an object's encryption.
func (x *exchange) setEncryption(a store.Attributes) {
	if a.Encryption == store.EncryptionCustomer {
		x.set("x-amz-server-side-encryption-customer-algorithm", "AES256")
		x.set("x-amz-server-side-encryption-customer-key-MD5", a.CustomerKeyMD5)
		return
	}
	x.set("x-amz-server-side-encryption", a.Encryption)
	if store.HasOpaqueETag(a.Encryption) {
		x.set("x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:us-east-1:111122223333:key/aws/s3")
	}
}

// isEncryption reports whether a header may ask for this encryption.
func isEncryption(name string) bool {
	return name == store.EncryptionS3 || name == store.EncryptionKMS || name == store.EncryptionDSSE
}
