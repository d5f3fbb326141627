package importexport

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/providers"
)

// The export log has a line for each object: DateTime, File, Status, Code, Key and a
// checksum (Developer Guide, "Log Report"). Separator, quoting and whether there is a
// header are not documented, so all that is likely is taken. A line that can be read
// in a wrong way only is left out: the proof does better without the log's word than
// with a false one.

// maxLogWarnings is how many lines that were not understood are told of.
const maxLogWarnings = 5

// ReadLog reads an export log and yields its entries in order. It is tolerant: a
// line that it cannot understand is counted, and the first ones are told of in the
// summary. The error is that of r or of yield. Memory does not grow with the log.
func ReadLog(r io.Reader, yield func(providers.LogEntry) error) (providers.LogSummary, error) {
	l := logReader{lines: newLogLines(r), form: documentedForm()}
	for {
		line, err := l.lines.next()
		if errors.Is(err, io.EOF) {
			return l.summary, nil
		}
		if err != nil {
			return l.summary, fmt.Errorf("reading the log: %w", err)
		}
		entry, problem := l.read(line)
		switch {
		case problem != "":
			l.unread(line, problem)
		case entry != nil:
			l.summary.Lines++
			if entry.Failed {
				l.summary.Failed++
			}
			if err := yield(*entry); err != nil {
				return l.summary, err
			}
		}
	}
}

// logReader reads a log, and knows its form once it has seen a line of it.
type logReader struct {
	lines   *logLines
	form    logForm
	summary providers.LogSummary
}

// read returns the entry of a line, why there is none, or neither of what is no
// line about an object.
func (l *logReader) read(line logLine) (*providers.LogEntry, string) {
	switch {
	case line.cut:
		return nil, "it is longer than " + strconv.Itoa(maxLogLine) + " bytes"
	case strings.TrimSpace(line.text) == "":
		return nil, ""
	}
	entry, open, problem := l.parse(line.text)
	if !open {
		return entry, problem
	}
	// A field in quotes may go on in the next line.
	joined := line.text
	var more []logLine
	for len(more) < maxLogBreaks && open {
		next, err := l.lines.next()
		if err != nil {
			break // comes again when the lines are at their end
		}
		more = append(more, next)
		joined += next.text
		if next.cut || len(joined) > maxLogLine {
			break
		}
		if !strings.Contains(next.text, `"`) {
			continue
		}
		if entry, open, problem = l.parse(joined); problem == "" {
			return entry, ""
		}
	}
	l.lines.back(more)
	return nil, "a quoted field does not end"
}

// parse reads a line in the log's form, or, as long as that is not known, in any. A
// line without entry and problem is a header. open: a quoted field does not end in it.
func (l *logReader) parse(text string) (entry *providers.LogEntry, open bool, problem string) {
	text = strings.TrimRight(text, "\r\n")
	problem = "it names no object with a status"
	for _, separator := range l.form.separators() {
		fields, more := splitLog(text, separator)
		if more {
			open = true
			continue
		}
		if form, is := headerForm(fields, separator); is {
			l.form = form
			return nil, false, ""
		}
		form := l.form.of(fields, separator)
		if entry, ok := form.entry(fields); ok {
			l.form = form
			return &entry, false, ""
		}
		if form.moved(fields) {
			problem = "it has more fields than the lines before it"
		}
	}
	return nil, open, problem
}

// shownOfLine is how much of a line a warning shows, in bytes.
const shownOfLine = 60

func (l *logReader) unread(line logLine, problem string) {
	l.summary.Unread++
	if len(l.summary.Warnings) < maxLogWarnings {
		text := strings.TrimRight(line.text, "\r\n")
		l.summary.Warnings = append(l.summary.Warnings,
			fmt.Sprintf("line %d: %s: %q", line.number, problem, text[:min(len(text), shownOfLine)]))
	}
}
