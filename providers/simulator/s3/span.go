package s3

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// span is the part of an object that an answer shows.
type span struct {
	start, length int64
	partial       bool
	part          int // its number when it was asked for as a part, else 0
}

// span returns what Range or partNumber ask for.
func (x *exchange) span(o store.Object) (span, error) {
	header := x.r.Header.Get("Range")
	if x.query.Has("partNumber") {
		if header != "" {
			return span{}, invalid("Cannot specify both Range header and partNumber query parameter")
		}
		return x.partSpan(o)
	}
	s, satisfiable := parseRange(header, o.Size)
	if !satisfiable {
		return span{}, newError(http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The requested range is not satisfiable").
			with("RangeRequested", header).with("ActualObjectSize", strconv.FormatInt(o.Size, 10))
	}
	return s, nil
}

// parseRange reads a Range header over size bytes. As S3 does, it takes one range;
// several, or none that it can read, mean the whole object.
// Source: RFC 9110 section 14.1.2.
func parseRange(header string, size int64) (s span, satisfiable bool) {
	whole := span{length: size}
	first, last, found := strings.Cut(strings.TrimPrefix(header, "bytes="), "-")
	if !strings.HasPrefix(header, "bytes=") || !found {
		return whole, true
	}
	first, last = strings.TrimSpace(first), strings.TrimSpace(last)
	if first == "" {
		n, ok := parseOffset(last)
		switch {
		case !ok:
			return whole, true
		case n == 0 || size == 0:
			return span{}, false
		}
		n = min(n, size)
		return span{start: size - n, length: n, partial: true}, true
	}
	start, ok := parseOffset(first)
	if !ok {
		return whole, true
	}
	end := size - 1
	if last != "" {
		n, ok := parseOffset(last)
		if !ok || n < start {
			return whole, true
		}
		end = min(n, end)
	}
	if start >= size {
		return span{}, false
	}
	return span{start: start, length: end - start + 1, partial: true}, true
}

// parseOffset takes digits only; one that is too large for any object is the
// largest.
func parseOffset(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 1<<63 - 1, true
	}
	return n, true
}

func (x *exchange) partSpan(o store.Object) (span, error) {
	text := x.query.Get("partNumber")
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 || number > store.MaxParts {
		return span{}, invalidArgument("partNumber", text, "Part number must be an integer between 1 and 10000, inclusive")
	}
	sizes := o.PartSizes
	if sizes == nil {
		sizes = []int64{o.Size}
	}
	if number > len(sizes) {
		return span{}, newError(http.StatusRequestedRangeNotSatisfiable, "InvalidPartNumber", "The requested partnumber is not satisfiable").
			with("PartNumberRequested", text).with("ActualPartCount", strconv.Itoa(len(sizes)))
	}
	s := span{length: sizes[number-1], partial: o.Size > 0, part: number}
	for _, n := range sizes[:number-1] {
		s.start += n
	}
	return s, nil
}

func (s span) contentRange(size int64) string {
	return fmt.Sprintf("bytes %d-%d/%d", s.start, s.start+s.length-1, size)
}
