package s3

import (
	"encoding/xml"
	"net/http"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

func (x *exchange) deleteObject() error {
	place, err := x.place()
	if err != nil {
		return err
	}
	gone, err := x.store.Remove(place)
	if err != nil {
		return err
	}
	if gone.Marker {
		x.set("x-amz-delete-marker", "true")
	}
	x.setVersion(gone.VersionID)
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
		return malformedXML()
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
	if version != "" && !store.IsVersionID(version) {
		doc.open("Error", "")
		doc.text("Key", key)
		doc.text("VersionId", version)
		doc.text("Code", "NoSuchVersion")
		doc.text("Message", "The specified version does not exist.")
		doc.close("Error")
		return nil
	}
	gone, err := x.store.Remove(store.Place{Bucket: x.bucket, Key: key, Version: version})
	if err != nil || quiet {
		return err
	}
	doc.open("Deleted", "")
	doc.text("Key", key)
	doc.textIf("VersionId", version)
	if gone.Marker {
		doc.flag("DeleteMarker", true)
		doc.text("DeleteMarkerVersionId", gone.VersionID)
	}
	doc.close("Deleted")
	return nil
}
