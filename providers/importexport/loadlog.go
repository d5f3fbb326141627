package importexport

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/cargomedia/s3export/providers"
)

// The export log has a line for each object: DateTime, File, Status, Code, Key and a
// checksum (Developer Guide, "Log Report"). Separator, quoting and whether there is a
// header are not documented, so all that is likely is taken.

// maxLogLine bounds a line in bytes: a key and a path of 1024 bytes each, quoted and
// escaped, and the rest.
const maxLogLine = 64 << 10

// ReadLog reads an export log and yields its entries in order. It is tolerant: a
// line that it cannot understand is counted. The error is that of r or of yield.
// Memory does not grow with the log.
func ReadLog(r io.Reader, yield func(providers.LogEntry) error) (providers.LogSummary, error) {
	l := logReader{columns: documentedColumns()}
	in := bufio.NewReaderSize(r, maxLogLine)
	for number := int64(1); ; number++ {
		line, whole, err := readLine(in)
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return l.summary, fmt.Errorf("reading the log: %w", err)
		}
		entry, ok := l.take(strings.Trim(strings.TrimPrefix(line, "\uFEFF"), "\r\n"), whole, number)
		if ok {
			if err := yield(entry); err != nil {
				return l.summary, err
			}
		}
		if last {
			return l.summary, nil
		}
	}
}

// take reads a line and counts it; true when it is an entry.
func (l *logReader) take(text string, whole bool, number int64) (providers.LogEntry, bool) {
	if strings.TrimSpace(text) == "" && whole {
		return providers.LogEntry{}, false
	}
	entry, ok, isHeader := l.line(text, number)
	switch {
	case isHeader:
		return entry, false
	case !whole || !ok:
		l.unread(number)
		return entry, false
	}
	l.count(entry)
	return entry, true
}

// readLine returns a line, whole false for one that is too long, whose rest is
// skipped.
func readLine(in *bufio.Reader) (line string, whole bool, err error) {
	raw, err := in.ReadSlice('\n')
	line = string(raw)
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, true, err
	}
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = in.ReadSlice('\n')
	}
	return line, false, err
}

// column is a field of the log.
type column int

const (
	colFile column = iota
	colStatus
	colCode
	colKey
	columnsUsed
)

// documentedColumns is the order of the Developer Guide: DateTime, File, Status,
// Code, Key.
func documentedColumns() [columnsUsed]int { return [columnsUsed]int{1, 2, 3, 4} }

// columnNames are the names that a header may have.
func columnNames() map[string]column {
	return map[string]column{
		"file": colFile, "filename": colFile, "path": colFile,
		"status": colStatus, "code": colCode, "errorcode": colCode,
		"key": colKey, "objectkey": colKey, "s3key": colKey,
	}
}

// logReader knows the form of the log once it has seen a line of it.
type logReader struct {
	columns   [columnsUsed]int
	separator rune
	summary   providers.LogSummary
}

func (l *logReader) line(text string, number int64) (entry providers.LogEntry, ok, isHeader bool) {
	separator := l.separatorOf(text)
	fields := split(text, separator)
	if number == 1 && l.header(fields) {
		l.separator = separator
		return entry, false, true
	}
	get := func(c column) (string, bool) {
		i := l.columns[c]
		if i < 0 || i >= len(fields) {
			return "", false
		}
		return fields[i], true
	}
	file, _ := get(colFile)
	status, _ := get(colStatus)
	code, _ := get(colCode)
	key, there := get(colKey)
	bucket, name, found := strings.Cut(strings.TrimPrefix(key, "/"), "/")
	if !there || !found || bucket == "" || name == "" || status == "" && code == "" {
		return entry, false, false
	}
	entry = providers.LogEntry{
		Bucket: bucket, Key: name, File: strings.TrimLeft(file, "/"),
		Status: strings.TrimSpace(status), Code: strings.TrimSpace(code),
	}
	entry.Failed = isFailure(entry.Status, entry.Code)
	l.separator = separator
	return entry, true, false
}

// isFailure goes by the code, and by the status where there is none. 103, Ignored,
// is what was not exported.
func isFailure(status, code string) bool {
	if code != "" {
		return !strings.EqualFold(code, "OK")
	}
	return !strings.HasPrefix(status, "2")
}

// separatorOf is that of the first line that made sense; before that, tabs where
// there are any, else commas.
func (l *logReader) separatorOf(text string) rune {
	switch {
	case l.separator != 0:
		return l.separator
	case strings.ContainsRune(text, '\t'):
		return '\t'
	default:
		return ','
	}
}

// split cuts a line into fields, which may be quoted as in CSV.
func split(text string, separator rune) []string {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = separator, true, -1
	fields, err := r.Read()
	if err != nil {
		return strings.Split(text, string(separator))
	}
	return fields
}

// header takes the columns by their names; false when the line is none.
func (l *logReader) header(fields []string) bool {
	known := columnNames()
	found := [columnsUsed]int{-1, -1, -1, -1}
	for i, f := range fields {
		name := strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.TrimSpace(f)))
		if c, ok := known[name]; ok && found[c] < 0 {
			found[c] = i
		}
	}
	if found[colKey] < 0 || found[colStatus] < 0 && found[colCode] < 0 {
		return false
	}
	l.columns = found
	return true
}

func (l *logReader) count(e providers.LogEntry) {
	l.summary.Lines++
	if e.Failed {
		l.summary.Failed++
	}
}

func (l *logReader) unread(number int64) {
	l.summary.Unread++
	if l.summary.FirstUnread == 0 {
		l.summary.FirstUnread = number
	}
}
