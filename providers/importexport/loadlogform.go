package importexport

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/providers"
)

// column is a field of the log.
type column int

const (
	colFile column = iota
	colStatus
	colCode
	colBucket
	colKey
	colETag
	colSize
	columnsUsed
)

// logForm is how a log is written.
type logForm struct {
	separator byte             // 0: not known yet
	columns   [columnsUsed]int // -1: there is none
	width     int              // fields of a line
}

// documentedForm is the order of the Developer Guide: DateTime, File, Status, Code,
// Key, checksum; a byte count is likely to follow.
func documentedForm() logForm {
	return logForm{columns: [columnsUsed]int{colFile: 1, colStatus: 2, colCode: 3, colBucket: -1, colKey: 4, colETag: 5, colSize: 6}}
}

// columnNames are the names that a header may have, in lower case and without
// spaces, underscores and hyphens.
func columnNames() map[string]column {
	return map[string]column{
		"file": colFile, "filename": colFile, "filepath": colFile, "path": colFile,
		"status": colStatus, "statuscode": colStatus, "httpstatus": colStatus,
		"code": colCode, "errorcode": colCode,
		"bucket": colBucket, "bucketname": colBucket,
		"key": colKey, "keyname": colKey, "objectkey": colKey, "s3key": colKey,
		"md5": colETag, "etag": colETag, "checksum": colETag,
		"bytes": colSize, "size": colSize, "bytecount": colSize,
	}
}

// headerForm takes the columns by their names; false when the line is no header.
func headerForm(fields []string, separator byte) (logForm, bool) {
	if !slices.ContainsFunc(fields, isKeyName) {
		return logForm{}, false // most lines, at no cost
	}
	known := columnNames()
	f := logForm{separator: separator, width: len(fields)}
	for c := range f.columns {
		f.columns[c] = -1
	}
	for i, field := range fields {
		name := strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(field))
		if c, ok := known[name]; ok && f.columns[c] < 0 {
			f.columns[c] = i
		}
	}
	return f, f.columns[colKey] >= 0 && (f.columns[colStatus] >= 0 || f.columns[colCode] >= 0)
}

// isKeyName reports whether a field may be the name of the key's column.
func isKeyName(field string) bool {
	field = strings.TrimSpace(field)
	return len(field) >= 3 && strings.EqualFold(field[len(field)-3:], "key")
}

// separators returns those that a line may have.
func (f logForm) separators() []byte {
	if f.separator != 0 {
		return []byte{f.separator}
	}
	return []byte{'\t', ','}
}

// of returns the form for a line: the same once it is known.
func (f logForm) of(fields []string, separator byte) logForm {
	if f.separator == 0 {
		f.separator, f.width = separator, len(fields)
	}
	return f
}

func (f logForm) field(fields []string, c column) string {
	if i := f.columns[c]; i >= 0 && i < len(fields) {
		return fields[i]
	}
	return ""
}

// entry returns what a line says. False: it names no object with a status, or a
// comma in a name that is not quoted may have moved its fields.
func (f logForm) entry(fields []string) (providers.LogEntry, bool) {
	bucket, key := objectOf(f.field(fields, colBucket), f.field(fields, colKey))
	e := providers.LogEntry{
		Bucket: bucket, Key: key, Size: -1,
		File:   strings.TrimLeft(strings.TrimLeft(f.field(fields, colFile), " "), "/"),
		Status: strings.TrimSpace(f.field(fields, colStatus)), Code: strings.TrimSpace(f.field(fields, colCode)),
		ETag: strings.Trim(strings.TrimSpace(f.field(fields, colETag)), `"`),
	}
	if n, err := strconv.ParseInt(strings.TrimSpace(f.field(fields, colSize)), 10, 64); err == nil && n >= 0 {
		e.Size = n
	}
	e.Failed = isFailure(e.Status, e.Code)
	return e, isBucket(bucket) && key != "" && (e.Status != "" || e.Code != "") && !f.moved(fields)
}

// moved reports whether a comma in a name may have moved the fields of a line.
func (f logForm) moved(fields []string) bool { return f.separator == ',' && len(fields) > f.width }

// objectOf takes the bucket out of a key that has it in front, with a slash.
func objectOf(bucket, key string) (string, string) {
	key = strings.TrimLeft(key, " ")
	bucket = strings.TrimSpace(bucket)
	if bucket != "" {
		return bucket, strings.TrimPrefix(key, "/"+bucket+"/")
	}
	bucket, key, _ = strings.Cut(strings.TrimPrefix(key, "/"), "/")
	return bucket, key
}

// isBucket reports whether a bucket can have that name, old ones of us-east-1 included
// (S3 User Guide, "Bucket naming rules").
func isBucket(name string) bool {
	if name == "" || len(name) > 255 {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// isFailure judges by the status if it is a number: 2xx is good, 103 was ignored. A
// code other than OK is a failure whatever the status, and a status that is no number
// counts only where there is no code.
func isFailure(status, code string) bool {
	n, err := strconv.Atoi(status)
	switch {
	case err == nil && n/100 != 2:
		return true
	case code != "":
		return !isGood(code)
	case err == nil:
		return false
	}
	return !isGood(status)
}

func isGood(word string) bool {
	return strings.EqualFold(word, "OK") || strings.EqualFold(word, "Success")
}
