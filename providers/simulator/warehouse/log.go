package warehouse

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// codeOK is the code of a line without error.
const codeOK = "OK"

// statusFull is the status of the line that ends a load for lack of room. AWS's
// own is not known; this one is HTTP's Insufficient Storage.
const statusFull = http.StatusInsufficientStorage

// exportLog is the log object of a job: tab separated lines with a header; a field
// with a tab, line break or quote in it is quoted as in CSV (RFC 4180). AWS
// documents the fields but not their separator.
type exportLog struct {
	text   bytes.Buffer
	lines  *csv.Writer
	failed int
}

func newExportLog() *exportLog {
	l := &exportLog{}
	l.lines = csv.NewWriter(&l.text)
	l.lines.Comma = '\t'
	l.write("DateTime", "File", "Status", "Code", "Key", "MD5", "Bytes")
	return l
}

// write adds a line; a buffer takes all.
func (l *exportLog) write(fields ...string) { _ = l.lines.Write(fields) }

// line is what happened to one object.
type line struct {
	at     time.Time
	file   string // path on the device; empty when nothing was written
	status int
	code   string
	bucket string
	object store.Object
}

func (l *exportLog) add(e line) {
	if e.code != codeOK {
		l.failed++
	}
	file := ""
	if e.file != "" {
		file = "/" + e.file
	}
	l.write(e.at.UTC().Format(time.UnixDate), file, strconv.Itoa(e.status), e.code,
		"/"+e.bucket+"/"+e.object.Key, e.object.ETag, strconv.FormatInt(e.object.Size, 10))
}

func (l *exportLog) bytes() []byte {
	l.lines.Flush()
	return l.text.Bytes()
}
