package s3

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// uploadOf returns the upload and the part's number that a request names.
func (x *exchange) uploadOf() (store.Upload, int, error) {
	text := x.query.Get("partNumber")
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 || number > store.MaxParts {
		return store.Upload{}, 0, invalidArgument("partNumber", text, "Part number must be an integer between 1 and 10000, inclusive")
	}
	u, err := x.store.Upload(x.bucket, x.key, x.query.Get("uploadId"))
	return u, number, err
}

func (x *exchange) uploadPart() error {
	u, number, err := x.uploadOf()
	if err == nil {
		err = x.uploadKey(u)
	}
	if err != nil {
		return err
	}
	b, err := x.body()
	if err != nil {
		return err
	}
	switch {
	case b.sum != nil && u.Algorithm != "" && b.sum.algorithm != u.Algorithm:
		return mismatchedAlgorithm(u.Algorithm, b.sum.algorithm)
	case b.sum == nil && u.ChecksumType == store.Composite: // there would be nothing to combine
		return mismatchedAlgorithm(u.Algorithm, "null")
	}
	p, err := x.store.PutPart(x.bucket, u, number, b, store.PutOptions{Size: b.size, Checksum: b.sum.kept})
	if err != nil {
		return err
	}
	x.set("ETag", quoted(p.ETag))
	if p.Checksum.Value != "" {
		x.set(checksumHeader(p.Checksum.Algorithm), p.Checksum.Value)
	}
	x.setEncryption(u.Attributes)
	return x.status(http.StatusOK)
}

func (x *exchange) uploadPartCopy() error {
	u, number, err := x.uploadOf()
	if err == nil {
		err = x.uploadKey(u)
	}
	if err != nil {
		return err
	}
	from, source, err := x.copySource()
	if err != nil {
		return err
	}
	s, err := x.copyRange(source.Size)
	if err != nil {
		return err
	}
	key, err := x.keyMD5(ofSource)
	if err != nil {
		return err
	}
	content, now, err := x.store.OpenWith(from, key)
	if err != nil {
		return err
	}
	defer release(content)
	if now.ETag != source.ETag {
		return preconditionFailed("x-amz-copy-source-If-Match")
	}
	if _, err := content.Seek(s.start, io.SeekStart); err != nil {
		return fmt.Errorf("reading %q: %w", from.Key, err)
	}
	o := store.PutOptions{Size: s.length}
	in := io.LimitReader(content, s.length)
	if u.Algorithm != "" {
		sum := &declared{algorithm: u.Algorithm, h: store.NewHash(u.Algorithm)}
		in, o.Checksum = io.TeeReader(in, sum.h), sum.computed
	}
	p, err := x.store.PutPart(x.bucket, u, number, in, o)
	if err != nil {
		return err
	}
	x.setSourceVersion(source)
	doc := newDocument()
	doc.open("CopyPartResult", namespace)
	doc.time("LastModified", p.LastModified)
	doc.etag(p.ETag)
	doc.partChecksum(p.Checksum)
	doc.close("CopyPartResult")
	x.setEncryption(u.Attributes)
	x.send(http.StatusOK, doc)
	return nil
}

// copyRange reads the range of the source of a part, which must lie within it.
func (x *exchange) copyRange(size int64) (span, error) {
	header := x.r.Header.Get("X-Amz-Copy-Source-Range")
	if header == "" {
		return span{length: size}, nil
	}
	var first, last int64
	if n, err := fmt.Sscanf(header, "bytes=%d-%d", &first, &last); n != 2 || err != nil || first < 0 || last < first {
		return span{}, invalidArgument("x-amz-copy-source-range", header,
			"The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy")
	}
	if last >= size {
		return span{}, invalidArgument("x-amz-copy-source-range", header,
			fmt.Sprintf("Range specified is not valid for source object of size: %d", size))
	}
	return span{start: first, length: last - first + 1}, nil
}

func (x *exchange) listParts() error {
	u, err := x.store.Upload(x.bucket, x.key, x.query.Get("uploadId"))
	if err != nil {
		return err
	}
	limit, err := x.count("max-parts", maxKeys)
	if err != nil {
		return err
	}
	after, err := x.count("part-number-marker", store.MaxParts)
	if err != nil {
		return err
	}
	if !x.query.Has("part-number-marker") {
		after = 0
	}
	parts, err := x.store.Parts(x.bucket, x.key, u.ID)
	if err != nil {
		return err
	}
	for len(parts) > 0 && parts[0].Number <= after {
		parts = parts[1:]
	}
	x.send(http.StatusOK, x.partsPage(u, parts, after, limit))
	return nil
}

// partsPage shows the first of the parts that come after a number.
func (x *exchange) partsPage(u store.Upload, parts []store.Part, after, limit int) *document {
	shown := parts[:min(limit, len(parts))]
	doc := newDocument()
	doc.open("ListPartsResult", namespace)
	doc.text("Bucket", x.bucket)
	doc.text("Key", x.key)
	doc.text("UploadId", u.ID)
	doc.owner("Initiator")
	doc.owner("Owner")
	doc.text("StorageClass", storageClass(u.StorageClass))
	doc.number("PartNumberMarker", int64(after))
	if len(shown) > 0 {
		doc.number("NextPartNumberMarker", int64(shown[len(shown)-1].Number))
	}
	doc.number("MaxParts", int64(limit))
	doc.flag("IsTruncated", len(shown) < len(parts))
	doc.textIf("ChecksumAlgorithm", u.Algorithm)
	doc.textIf("ChecksumType", string(u.ChecksumType))
	for _, p := range shown {
		doc.open("Part", "")
		doc.number("PartNumber", int64(p.Number))
		doc.time("LastModified", p.LastModified)
		doc.etag(p.ETag)
		doc.number("Size", p.Size)
		doc.partChecksum(p.Checksum)
		doc.close("Part")
	}
	doc.close("ListPartsResult")
	return doc
}

// partChecksum writes the checksum of a part, which has no type.
func (d *document) partChecksum(c store.Checksum) {
	if c.Value != "" {
		d.text("Checksum"+c.Algorithm, c.Value)
	}
}
