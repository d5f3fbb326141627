package s3

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// getObject answers GetObject and HeadObject.
func (x *exchange) getObject() error {
	place, err := x.place()
	if err != nil {
		return err
	}
	key, err := x.keyMD5("")
	if err != nil {
		return err
	}
	content, o, err := x.store.OpenWith(place, key)
	if err != nil {
		return err
	}
	defer release(content)
	if err := x.precondition(o); err != nil {
		x.set("ETag", quoted(o.ETag))
		x.set("Last-Modified", o.LastModified.Format(http.TimeFormat))
		return err
	}
	if x.r.Method == http.MethodGet && o.IsArchived(x.now()) {
		return invalidState(o, x.now(), "The operation is not valid for the object's storage class")
	}
	s, err := x.span(o)
	if err != nil {
		return err
	}
	if _, err := content.Seek(s.start, io.SeekStart); err != nil {
		return fmt.Errorf("reading %q: %w", x.key, err)
	}
	x.describe(o)
	x.describeSpan(o, s)
	if x.r.Method == http.MethodHead {
		return nil
	}
	if _, err := io.CopyN(x.w, content, s.length); err != nil {
		// The status is out: only a broken connection tells the client the truth.
		panic(http.ErrAbortHandler)
	}
	return nil
}

// release closes what was only read: there is nothing to lose.
func release(c io.Closer) { _ = c.Close() }

// describe writes the headers of an object.
func (x *exchange) describe(o store.Object) {
	x.set("ETag", quoted(o.ETag))
	x.set("Last-Modified", o.LastModified.Format(http.TimeFormat))
	x.set("Accept-Ranges", "bytes")
	x.set("Content-Type", contentType(o.ContentType))
	for name, value := range o.Headers {
		x.set(name, value)
	}
	for name, value := range o.Metadata {
		x.set("x-amz-meta-"+name, value)
	}
	if o.StorageClass != "" && o.StorageClass != "STANDARD" {
		x.set("x-amz-storage-class", o.StorageClass)
	}
	x.setEncryption(o.Attributes)
	x.setVersion(o.VersionID)
	x.setRestore(o)
	for _, name := range []string{"Content-Type", "Content-Language", "Expires", "Cache-Control", "Content-Disposition", "Content-Encoding"} {
		if parameter := "response-" + lower(name); x.query.Has(parameter) {
			x.set(name, x.query.Get(parameter))
		}
	}
}

func (x *exchange) describeSpan(o store.Object, s span) {
	x.set("Content-Length", strconv.FormatInt(s.length, 10))
	asked := x.r.Header.Get("X-Amz-Checksum-Mode") == "ENABLED"
	if s.part > 0 && o.PartSizes != nil {
		x.set("x-amz-mp-parts-count", strconv.Itoa(len(o.PartSizes)))
	}
	switch {
	case asked && s.part > 0 && o.PartChecksums != nil:
		c := o.PartChecksums[s.part-1]
		c.Type = o.Checksum.Type // it is said of the object
		x.setChecksum(c)
	case asked && (s.part > 0 || !s.partial) && (s.part == 0 || o.PartSizes == nil):
		x.setChecksum(o.Checksum)
	}
	if !s.partial {
		x.w.WriteHeader(http.StatusOK)
		return
	}
	x.set("Content-Range", s.contentRange(o.Size))
	x.w.WriteHeader(http.StatusPartialContent)
}

func contentType(t string) string {
	if t == "" {
		return "binary/octet-stream"
	}
	return t
}
