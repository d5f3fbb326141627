package s3

import (
	"encoding/xml"
	"errors"
	"net/http"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// place returns the version that a request names, or the newest.
func (x *exchange) place() (store.Place, error) {
	p := store.Place{Bucket: x.bucket, Key: x.key, Version: x.query.Get("versionId")}
	switch {
	case !x.query.Has("versionId") || store.IsVersionID(p.Version):
		return p, nil
	case p.Version == "":
		return p, invalidArgument("versionId", "", "Version id cannot be the empty string")
	}
	return p, invalidArgument("versionId", p.Version, "Invalid version id specified")
}

// setVersion writes the id of a version; a bucket that never had versions has none.
func (x *exchange) setVersion(id string) {
	if id != "" {
		x.set("x-amz-version-id", id)
	}
}

// setSourceVersion does so for the source of a copy.
func (x *exchange) setSourceVersion(source store.Object) {
	if source.VersionID != "" {
		x.set("x-amz-copy-source-version-id", source.VersionID)
	}
}

// setMarker writes the headers of an answer where a delete marker was found.
// Source: "Working with delete markers" of the Amazon S3 User Guide.
func (x *exchange) setMarker(m *store.MarkerError) {
	x.set("x-amz-delete-marker", "true")
	x.setVersion(m.VersionID)
	if m.Named {
		x.set("Allow", http.MethodDelete)
		x.set("Last-Modified", m.LastModified.Format(http.TimeFormat))
	}
}

func (x *exchange) versionRefusal(err error) *refusal {
	switch {
	case errors.Is(err, store.ErrNoSuchVersion):
		return newError(http.StatusNotFound, "NoSuchVersion", "The specified version does not exist.").
			with("Key", x.key).with("VersionId", x.query.Get("versionId"))
	case errors.Is(err, store.ErrIsMarker):
		return newError(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.").
			with("Method", x.r.Method).with("ResourceType", "DeleteMarker")
	}
	return nil
}

func (x *exchange) versioning() error {
	info, err := x.store.Bucket(x.bucket)
	if err != nil {
		return err
	}
	doc := newDocument()
	doc.open("VersioningConfiguration", namespace)
	doc.textIf("Status", string(info.Versioning))
	doc.close("VersioningConfiguration")
	x.send(http.StatusOK, doc)
	return nil
}

func (x *exchange) setVersioning() error {
	var wanted struct {
		XMLName   xml.Name `xml:"VersioningConfiguration"`
		Status    store.Versioning
		MFADelete string `xml:"MfaDelete"`
	}
	b, err := x.body()
	if err != nil {
		return err
	}
	if err := b.document(&wanted); err != nil {
		return err
	}
	switch {
	case wanted.MFADelete == "Enabled":
		return x.notImplemented("MfaDelete")
	case wanted.Status == store.VersioningEnabled, wanted.Status == store.VersioningSuspended:
	case wanted.Status == store.Unversioned:
		return newError(http.StatusBadRequest, "IllegalVersioningConfigurationException",
			"The Versioning element must be specified")
	default:
		return malformedXML()
	}
	if err := x.store.SetVersioning(x.bucket, wanted.Status); err != nil {
		return err
	}
	return x.status(http.StatusOK)
}
