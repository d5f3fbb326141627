package s3

import (
	"encoding/xml"
	"net/http"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

func (x *exchange) bucketEncryption() error {
	info, err := x.store.Bucket(x.bucket)
	if err != nil {
		return err
	}
	doc := newDocument()
	doc.open("ServerSideEncryptionConfiguration", namespace)
	doc.open("Rule", "")
	doc.open("ApplyServerSideEncryptionByDefault", "")
	doc.text("SSEAlgorithm", info.Encryption)
	doc.textIf("KMSMasterKeyID", info.KMSKeyID)
	doc.close("ApplyServerSideEncryptionByDefault")
	doc.flag("BucketKeyEnabled", info.BucketKey)
	doc.close("Rule")
	doc.close("ServerSideEncryptionConfiguration")
	x.send(http.StatusOK, doc)
	return nil
}

func (x *exchange) setBucketEncryption() error {
	var wanted struct {
		XMLName xml.Name `xml:"ServerSideEncryptionConfiguration"`
		Rule    []struct {
			Default struct {
				SSEAlgorithm   string
				KMSMasterKeyID string
			} `xml:"ApplyServerSideEncryptionByDefault"`
			BucketKeyEnabled bool
		}
	}
	b, err := x.body()
	if err != nil {
		return err
	}
	if err := b.document(&wanted); err != nil {
		return err
	}
	if len(wanted.Rule) != 1 || !isEncryption(wanted.Rule[0].Default.SSEAlgorithm) {
		return malformedXML()
	}
	rule := wanted.Rule[0]
	if rule.Default.KMSMasterKeyID != "" && rule.Default.SSEAlgorithm == store.EncryptionS3 {
		return newError(http.StatusBadRequest, "InvalidArgument", "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse")
	}
	err = x.store.SetEncryption(x.bucket, store.BucketOptions{
		Encryption: rule.Default.SSEAlgorithm, KMSKeyID: rule.Default.KMSMasterKeyID, BucketKey: rule.BucketKeyEnabled,
	})
	if err != nil {
		return err
	}
	return x.status(http.StatusOK)
}

// resetBucketEncryption answers DeleteBucketEncryption, after which a bucket has
// the encryption of a new one.
func (x *exchange) resetBucketEncryption() error {
	if err := x.store.SetEncryption(x.bucket, store.BucketOptions{Encryption: store.EncryptionS3}); err != nil {
		return err
	}
	return x.status(http.StatusNoContent)
}
