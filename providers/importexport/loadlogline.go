package importexport

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// What bounds a record of the log.
const (
	// maxLogLine is in bytes: a key and a path of 1024 bytes each, quoted and escaped,
	// and the rest.
	maxLogLine = 64 << 10
	// maxLogBreaks is how many line breaks the fields of a record may hold. A log full
	// of quotes that do not end costs so many looks at each line.
	maxLogBreaks = 16
)

// logLine is a line of the log with its end.
type logLine struct {
	text   string
	number int64 // from 1
	cut    bool  // it is longer than maxLogLine, and its rest was skipped
}

// logLines reads lines, and takes some back that turn out to be of no use together.
type logLines struct {
	in    *bufio.Reader
	ahead []logLine
	read  int64
	err   error
}

func newLogLines(r io.Reader) *logLines { return &logLines{in: bufio.NewReaderSize(r, maxLogLine)} }

// next returns the next line, io.EOF after the last one. An error stays.
func (l *logLines) next() (logLine, error) {
	if len(l.ahead) > 0 {
		line := l.ahead[0]
		l.ahead = l.ahead[1:]
		return line, nil
	}
	if l.err != nil {
		return logLine{}, l.err
	}
	raw, err := l.in.ReadSlice('\n')
	line := logLine{text: string(raw)}
	for errors.Is(err, bufio.ErrBufferFull) {
		line.cut = true
		_, err = l.in.ReadSlice('\n')
	}
	l.err = err
	if err != nil && (line.text == "" || !errors.Is(err, io.EOF)) {
		return logLine{}, err
	}
	if l.read++; l.read == 1 {
		line.text = strings.TrimPrefix(line.text, "\uFEFF")
	}
	line.number = l.read
	return line, nil
}

// back takes lines back: they come again, before those that were not read yet.
func (l *logLines) back(lines []logLine) { l.ahead = append(lines, l.ahead...) }
