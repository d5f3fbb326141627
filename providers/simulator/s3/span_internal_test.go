package s3

import (
	"fmt"
	"testing"
)

// FuzzParseRange: whatever the header, what is shown lies within the object, and a
// well-formed range shows what it says.
func FuzzParseRange(f *testing.F) {
	for _, header := range []string{"", "bytes=0-0", "bytes=-5", "bytes=5-", "bytes=9-1", "bytes=99999999999999999999-", "bytes=0-1,2-3", "bytes=--1", "bytes=+1-2"} {
		f.Add(header, int64(10))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 {
			size = -(size + 1)
		}
		s, satisfiable := parseRange(header, size)
		switch {
		case !satisfiable:
			if s != (span{}) {
				t.Fatalf("%q of %d: %+v and not satisfiable", header, size, s)
			}
		case s.start < 0 || s.length < 0 || s.start+s.length > size || s.partial && s.length == 0:
			t.Fatalf("%q of %d: %+v", header, size, s)
		case !s.partial && (s.start != 0 || s.length != size):
			t.Fatalf("%q of %d is neither whole nor partial: %+v", header, size, s)
		}
		if size > 2 {
			s, ok := parseRange(fmt.Sprintf("bytes=1-%d", size-2), size)
			if !ok || s != (span{start: 1, length: size - 2, partial: true}) {
				t.Fatalf("of %d: %+v", size, s)
			}
		}
	})
}
