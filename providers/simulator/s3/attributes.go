package s3

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// attributesOfObject answers GetObjectAttributes.
func (x *exchange) attributesOfObject() error {
	place, err := x.place()
	if err != nil {
		return err
	}
	key, err := x.keyMD5("")
	if err != nil {
		return err
	}
	wanted, err := x.wantedAttributes()
	if err != nil {
		return err
	}
	content, o, err := x.store.OpenWith(place, key)
	if err != nil {
		return err
	}
	release(content)
	if err := x.precondition(o); err != nil {
		return err
	}
	doc := newDocument()
	doc.open("GetObjectAttributesResponse", namespace)
	if wanted["ETag"] {
		doc.text("ETag", o.ETag) // here without quotes
	}
	if wanted["Checksum"] && o.Checksum.Value != "" {
		sum := o.Checksum
		sum.Value, _, _ = strings.Cut(sum.Value, "-")
		doc.open("Checksum", "")
		doc.checksum(sum)
		doc.close("Checksum")
	}
	if wanted["ObjectParts"] && o.PartSizes != nil {
		if err := x.objectParts(doc, o); err != nil {
			return err
		}
	}
	if wanted["StorageClass"] {
		doc.text("StorageClass", storageClass(o.StorageClass))
	}
	if wanted["ObjectSize"] {
		doc.number("ObjectSize", o.Size)
	}
	doc.close("GetObjectAttributesResponse")
	x.set("Last-Modified", o.LastModified.Format(http.TimeFormat))
	x.setVersion(o.VersionID)
	x.send(http.StatusOK, doc)
	return nil
}

// wantedAttributes reads which attributes a request asks for; there must be one.
func (x *exchange) wantedAttributes() (map[string]bool, error) {
	known := []string{"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"}
	const header = "X-Amz-Object-Attributes"
	wanted := map[string]bool{}
	for _, line := range x.r.Header.Values(header) { // SDKs send a header for each
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.TrimSpace(name); !slices.Contains(known, name) {
				return nil, invalidArgument(lower(header), line, "Invalid attribute name specified.")
			}
			wanted[name] = true
		}
	}
	if len(wanted) == 0 {
		return nil, invalid("The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty")
	}
	return wanted, nil
}

// objectParts describes the parts of a multipart object: how many, and each of them
// where they were uploaded with checksums.
func (x *exchange) objectParts(doc *document, o store.Object) error {
	limit, err := x.headerCount("X-Amz-Max-Parts", maxKeys)
	if err != nil {
		return err
	}
	after, err := x.headerCount("X-Amz-Part-Number-Marker", 0)
	if err != nil {
		return err
	}
	doc.open("ObjectParts", "")
	doc.number("PartsCount", int64(len(o.PartSizes)))
	if o.PartChecksums != nil {
		from := min(after, len(o.PartSizes))
		to := min(from+min(limit, maxKeys), len(o.PartSizes))
		doc.number("PartNumberMarker", int64(after))
		doc.number("NextPartNumberMarker", int64(max(to, after)))
		doc.number("MaxParts", int64(min(limit, maxKeys)))
		doc.flag("IsTruncated", to < len(o.PartSizes))
		for i := from; i < to; i++ {
			doc.open("Part", "")
			doc.number("PartNumber", int64(i+1))
			doc.number("Size", o.PartSizes[i])
			doc.partChecksum(o.PartChecksums[i])
			doc.close("Part")
		}
	}
	doc.close("ObjectParts")
	return nil
}

// headerCount returns a number that a header gives, standard without one.
func (x *exchange) headerCount(name string, standard int) (int, error) {
	text := x.r.Header.Get(name)
	if text == "" {
		return standard, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, invalidArgument(lower(name), text, "Argument "+lower(name)+" must be an integer between 0 and 2147483647")
	}
	return int(n), nil
}
