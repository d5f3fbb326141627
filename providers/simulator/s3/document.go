package s3

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"time"
)

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// document is an XML answer being written. It is written by hand, not by
// encoding/xml, because a listing of a million keys is a thousand of these.
type document struct{ bytes.Buffer }

func newDocument() *document {
	d := &document{}
	d.WriteString(xml.Header)
	return d
}

func (d *document) open(name, space string) {
	d.WriteString("<" + name)
	if space != "" {
		d.WriteString(` xmlns="` + space + `"`)
	}
	d.WriteByte('>')
}

func (d *document) close(name string) { d.WriteString("</" + name + ">") }

func (d *document) text(name, value string) {
	d.open(name, "")
	// The only error of EscapeText is that of its writer, and a Buffer has none.
	_ = xml.EscapeText(&d.Buffer, []byte(value))
	d.close(name)
}

// textIf leaves an empty element out.
func (d *document) textIf(name, value string) {
	if value != "" {
		d.text(name, value)
	}
}

func (d *document) number(name string, n int64) { d.text(name, strconv.FormatInt(n, 10)) }

func (d *document) flag(name string, b bool) { d.text(name, strconv.FormatBool(b)) }

func (d *document) time(name string, t time.Time) {
	d.text(name, t.UTC().Format("2006-01-02T15:04:05.000Z"))
}

func (d *document) etag(value string) { d.text("ETag", quoted(value)) }

func (d *document) owner(element string) {
	d.open(element, "")
	d.text("ID", ownerID())
	d.text("DisplayName", "simulator")
	d.close(element)
}

// ownerID is the canonical user id of the one account.
func ownerID() string { return "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a" }

func quoted(etag string) string { return `"` + etag + `"` }

func (x *exchange) send(status int, d *document) {
	x.set("Content-Type", "application/xml")
	x.set("Content-Length", strconv.Itoa(d.Len()))
	x.w.WriteHeader(status)
	// A client that is gone cannot be told so.
	_, _ = x.w.Write(d.Bytes())
}
