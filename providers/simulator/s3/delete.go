package s3

import (
	"encoding/xml"
	"net/http"
)

func (x *exchange) deleteObject() error {
	if err := x.currentVersion(); err != nil {
		return err
	}
	if err := x.store.Delete(x.bucket, x.key); err != nil {
		return err
	}
	return x.status(http.StatusNoContent)
}

type deletion struct {
	XMLName xml.Name `xml:"Delete"`
	Quiet   bool
	Object  []struct {
		Key       string
		VersionID string `xml:"VersionId"`
	}
}

// deleteObjects answers DeleteObjects, which must carry a digest of its body.
func (x *exchange) deleteObjects() error {
	b, err := x.body()
	if err != nil {
		return err
	}
	if b.md5 == nil && b.sum == nil {
		return invalid("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
	}
	var wanted deletion
	if err := b.document(&wanted); err != nil {
		return err
	}
	if len(wanted.Object) == 0 || len(wanted.Object) > maxKeys {
		return newError(http.StatusBadRequest, "MalformedXML",
			"The XML you provided was not well-formed or did not validate against our published schema")
	}
	if _, err := x.store.Bucket(x.bucket); err != nil {
		return err
	}
	doc := newDocument()
	doc.open("DeleteResult", namespace)
	for _, o := range wanted.Object {
		if err := x.deleteOne(doc, o.Key, o.VersionID, wanted.Quiet); err != nil {
			return err
		}
	}
	doc.close("DeleteResult")
	x.send(http.StatusOK, doc)
	return nil
}

func (x *exchange) deleteOne(doc *document, key, version string, quiet bool) error {
	if version != "" && version != "null" {
		doc.open("Error", "")
		doc.text("Key", key)
		doc.text("VersionId", version)
		doc.text("Code", "NoSuchVersion")
		doc.text("Message", "The specified version does not exist.")
		doc.close("Error")
		return nil
	}
	if err := x.store.Delete(x.bucket, key); err != nil {
		return err
	}
	if !quiet {
		doc.open("Deleted", "")
		doc.text("Key", key)
		doc.close("Deleted")
	}
	return nil
}
