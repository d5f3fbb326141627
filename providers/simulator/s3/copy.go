package s3

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// maxCopy is the most bytes of one copy.
const maxCopy = 5 << 30

func (x *exchange) copyObject() error {
	from, source, err := x.copySource()
	if err != nil {
		return err
	}
	var o store.CopyOptions
	if o.Attributes, err = x.attributes(); err != nil {
		return err
	}
	if err := x.writeConditions(&o.PutOptions); err != nil {
		return err
	}
	switch directive := x.r.Header.Get("X-Amz-Metadata-Directive"); directive {
	case "", "COPY":
	case "REPLACE":
		o.Replace = true
	default:
		return invalidArgument("x-amz-metadata-directive", directive, "Unknown metadata directive.")
	}
	to := store.Place{Bucket: x.bucket, Key: x.key}
	if from == to && from.Version == "" && !o.Replace && o.StorageClass == "" && o.Encryption == "" {
		return invalid("This copy request is illegal because it is trying to copy an object to itself without changing the " +
			"object's metadata, storage class, website redirect location or encryption attributes.")
	}
	o.ETag = source.ETag // the one that was looked at
	if o.Algorithm, err = x.copyAlgorithm(); err != nil {
		return err
	}
	if o.SourceKeyMD5, err = x.keyMD5(ofSource); err != nil {
		return err
	}
	if o.Compute, err = x.defaultAlgorithm(); err != nil {
		return err
	}
	made, err := x.store.Copy(from, to, o)
	if err != nil {
		return err
	}
	x.setSourceVersion(source)
	x.setVersion(made.VersionID)
	doc := newDocument()
	doc.open("CopyObjectResult", namespace)
	doc.time("LastModified", made.LastModified)
	doc.etag(made.ETag)
	doc.checksum(made.Checksum)
	doc.close("CopyObjectResult")
	x.setEncryption(made.Attributes)
	x.send(http.StatusOK, doc)
	return nil
}

func (x *exchange) copyAlgorithm() (string, error) {
	if err := supported(x.r.Header); err != nil {
		return "", err
	}
	name := strings.ToUpper(x.r.Header.Get("X-Amz-Checksum-Algorithm"))
	if name != "" && store.NewHash(name) == nil {
		return "", invalid("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [" +
			strings.Join(store.Algorithms(), ", ") + "]")
	}
	return name, nil
}

// copySource finds the source of a copy and checks the conditions on it.
func (x *exchange) copySource() (store.Place, store.Object, error) {
	header := x.r.Header.Get("X-Amz-Copy-Source")
	path, version, named := strings.Cut(header, "?versionId=")
	plain, err := url.PathUnescape(path)
	bucket, key, found := strings.Cut(strings.TrimPrefix(plain, "/"), "/")
	if err != nil || !found || key == "" {
		return store.Place{}, store.Object{}, invalidArgument("x-amz-copy-source", header,
			"Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
	}
	if named && !store.IsVersionID(version) {
		return store.Place{}, store.Object{}, invalidArgument("x-amz-copy-source", version, "Invalid version id specified")
	}
	place := store.Place{Bucket: bucket, Key: key, Version: version}
	o, err := x.store.Find(place)
	if errors.Is(err, store.ErrIsMarker) {
		return place, o, invalid("The source of a copy request may not specifically refer to a delete marker by version id.")
	}
	if err != nil {
		e := x.refusalOf(err)
		for i, detail := range e.details {
			switch detail[0] {
			case "Key":
				e.details[i][1] = key
			case "BucketName":
				e.details[i][1] = bucket
			}
		}
		return place, o, e
	}
	if o.Size > maxCopy && x.r.Header.Get("X-Amz-Copy-Source-Range") == "" {
		return place, o, invalid("The specified copy source is larger than the maximum allowable size for a copy source: 5368709120")
	}
	if o.IsArchived(x.now()) {
		return place, o, newError(http.StatusForbidden, "ObjectNotInActiveTierError", "The source object of the COPY action is not in the active tier")
	}
	return place, o, x.sourcePrecondition(o)
}
