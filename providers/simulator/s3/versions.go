package s3

import (
	"net/http"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// listVersions answers ListObjectVersions.
func (x *exchange) listVersions() error {
	l, q, err := x.versionListing()
	if err != nil {
		return err
	}
	page, err := x.store.Versions(x.bucket, q)
	if err != nil {
		return err
	}
	doc := newDocument()
	doc.Grow(512 + 500*len(page.Versions))
	doc.open("ListVersionsResult", namespace)
	doc.text("Name", x.bucket)
	doc.text("Prefix", l.encode(q.Prefix))
	doc.text("KeyMarker", l.encode(q.After))
	doc.text("VersionIdMarker", q.AfterVersion)
	if page.Truncated {
		doc.text("NextKeyMarker", l.encode(page.Last))
		doc.textIf("NextVersionIdMarker", page.LastVersion)
	}
	doc.number("MaxKeys", int64(q.Max))
	doc.textIf("Delimiter", l.encode(q.Delimiter))
	if l.encoding {
		doc.text("EncodingType", "url")
	}
	doc.flag("IsTruncated", page.Truncated)
	for _, v := range page.Versions {
		doc.version(l, v)
	}
	for _, prefix := range page.CommonPrefixes {
		doc.open("CommonPrefixes", "")
		doc.text("Prefix", l.encode(prefix))
		doc.close("CommonPrefixes")
	}
	doc.close("ListVersionsResult")
	x.send(http.StatusOK, doc)
	return nil
}

func (x *exchange) versionListing() (listing, store.VersionQuery, error) {
	l := listing{owner: true, restore: x.wantsRestoreStatus(), now: x.now()}
	q := store.VersionQuery{AfterVersion: x.query.Get("version-id-marker")}
	q.Prefix, q.Delimiter, q.After = x.query.Get("prefix"), x.query.Get("delimiter"), x.query.Get("key-marker")
	switch {
	case x.query.Has("version-id-marker") && q.After == "":
		return l, q, invalidArgument("version-id-marker", q.AfterVersion, "A version-id marker cannot be specified without a key marker.")
	case q.AfterVersion != "" && !store.IsVersionID(q.AfterVersion):
		return l, q, invalidArgument("version-id-marker", q.AfterVersion, "Invalid version id specified")
	}
	var err error
	if q.Max, err = x.count("max-keys", maxKeys); err != nil {
		return l, q, err
	}
	l.encoding, err = x.urlEncoding()
	return l, q, err
}

func (d *document) version(l listing, v store.Version) {
	element := "Version"
	if v.IsMarker {
		element = "DeleteMarker"
	}
	d.open(element, "")
	d.text("Key", l.encode(v.Key))
	d.text("VersionId", v.VersionID)
	d.flag("IsLatest", v.IsLatest)
	d.time("LastModified", v.LastModified)
	if v.IsMarker {
		d.owner("Owner")
	} else {
		d.listed(l, v.Object)
	}
	d.close(element)
}
