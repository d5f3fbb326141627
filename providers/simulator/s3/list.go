package s3

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

const maxKeys = 1000

// listing is a request for a page of a bucket, in either version of the protocol.
type listing struct {
	store.Query
	v2       bool
	encoding bool // encoding-type=url
	owner    bool
	restore  bool // x-amz-optional-object-attributes: RestoreStatus
	now      time.Time
}

// list answers ListObjects and ListObjectsV2.
func (x *exchange) list() error {
	l, err := x.listing()
	if err != nil {
		return err
	}
	page, err := x.store.List(x.bucket, l.Query)
	if err != nil {
		return err
	}
	doc := newDocument()
	doc.Grow(512 + 400*len(page.Objects))
	doc.open("ListBucketResult", namespace)
	doc.text("Name", x.bucket)
	doc.text("Prefix", l.encode(l.Prefix))
	if l.v2 {
		x.headV2(doc, l, page)
	} else {
		x.headV1(doc, l, page)
	}
	doc.number("MaxKeys", int64(l.Max))
	doc.textIf("Delimiter", l.encode(l.Delimiter))
	if l.encoding {
		doc.text("EncodingType", "url")
	}
	doc.flag("IsTruncated", page.Truncated)
	for _, o := range page.Objects {
		doc.object(l, o)
	}
	for _, prefix := range page.CommonPrefixes {
		doc.open("CommonPrefixes", "")
		doc.text("Prefix", l.encode(prefix))
		doc.close("CommonPrefixes")
	}
	doc.close("ListBucketResult")
	x.send(http.StatusOK, doc)
	return nil
}

func (x *exchange) listing() (listing, error) {
	l := listing{v2: x.query.Get("list-type") == "2"}
	l.Prefix, l.Delimiter = x.query.Get("prefix"), x.query.Get("delimiter")
	var err error
	if l.Max, err = x.count("max-keys", maxKeys); err != nil {
		return l, err
	}
	if l.encoding, err = x.urlEncoding(); err != nil {
		return l, err
	}
	l.restore, l.now = x.wantsRestoreStatus(), x.now()
	l.owner = !l.v2 || x.query.Get("fetch-owner") == "true"
	switch {
	case !l.v2:
		l.After = x.query.Get("marker")
	case x.query.Has("continuation-token"):
		l.After, err = parseToken(x.query.Get("continuation-token"))
		if err == nil && l.After == "" {
			err = wrongToken()
		}
	default:
		l.After = x.query.Get("start-after")
	}
	return l, err
}

func (x *exchange) headV1(doc *document, l listing, page store.Page) {
	doc.text("Marker", l.encode(l.After))
	// Without a delimiter the last key serves as the next marker.
	if page.Truncated && l.Delimiter != "" {
		doc.text("NextMarker", l.encode(page.Last))
	}
}

func (x *exchange) headV2(doc *document, l listing, page store.Page) {
	if page.Truncated {
		doc.text("NextContinuationToken", token(page.Last))
	}
	doc.textIf("ContinuationToken", x.query.Get("continuation-token"))
	doc.textIf("StartAfter", l.encode(x.query.Get("start-after")))
	doc.number("KeyCount", int64(len(page.Objects)+len(page.CommonPrefixes)))
}

func (d *document) object(l listing, o store.Object) {
	d.open("Contents", "")
	d.text("Key", l.encode(o.Key))
	d.time("LastModified", o.LastModified)
	d.listed(l, o)
	d.close("Contents")
}

// listed writes what the listings of objects and of versions have in common.
func (d *document) listed(l listing, o store.Object) {
	d.etag(o.ETag)
	if o.Checksum.Value != "" {
		d.text("ChecksumAlgorithm", o.Checksum.Algorithm)
		d.text("ChecksumType", string(o.Checksum.Type))
	}
	d.number("Size", o.Size)
	if l.owner {
		d.owner("Owner")
	}
	d.text("StorageClass", storageClass(o.StorageClass))
	if l.restore {
		d.restoreStatus(o, l.now)
	}
}

func storageClass(name string) string {
	if name == "" {
		return "STANDARD"
	}
	return name
}

// encode encodes as a form does, with the slash left alone.
func (l listing) encode(s string) string {
	if !l.encoding {
		return s
	}
	return strings.ReplaceAll(url.QueryEscape(s), "%2F", "/")
}

func (x *exchange) urlEncoding() (bool, error) {
	switch kind := x.query.Get("encoding-type"); kind {
	case "":
		return false, nil
	case "url":
		return true, nil
	default:
		return false, invalidArgument("encoding-type", kind, "Invalid Encoding Method specified in Request")
	}
}

// count returns a parameter that limits a page; more than limit is limit.
func (x *exchange) count(name string, limit int) (int, error) {
	text := x.query.Get(name)
	if text == "" {
		return limit, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, invalidArgument(name, text, "Argument "+name+" must be an integer between 0 and 2147483647")
	}
	return min(int(n), limit), nil
}

// token makes a continuation token of the last entry of a page. The leading mark
// keeps it from being empty and from being taken for a key.
func token(last string) string { return base64.StdEncoding.EncodeToString([]byte("1" + last)) }

func parseToken(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) == 0 || raw[0] != '1' {
		return "", wrongToken()
	}
	return string(raw[1:]), nil
}

func wrongToken() *refusal {
	return newError(http.StatusBadRequest, "InvalidArgument", "The continuation token provided is incorrect").
		with("ArgumentName", "continuation-token")
}
