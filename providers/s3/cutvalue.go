package s3

import (
	"bytes"
	"time"
)

// bare is unquoted for bytes. Weak ETags lose their mark (RFC 9110, 8.8.3): some servers and
// proxies make them of strong ones.
func bare(etag []byte) []byte {
	if weak, ok := bytes.CutPrefix(etag, []byte(`W/"`)); ok {
		etag = weak
	}
	for len(etag) > 0 && etag[0] == '"' {
		etag = etag[1:]
	}
	for len(etag) > 0 && etag[len(etag)-1] == '"' {
		etag = etag[:len(etag)-1]
	}
	return etag
}

func digits(text []byte) (int64, error) {
	if len(text) == 0 || len(text) > 18 {
		return 0, errUnusual
	}
	var n int64
	for _, b := range text {
		if b < '0' || b > '9' {
			return 0, errUnusual
		}
		n = n*10 + int64(b-'0')
	}
	return n, nil
}

// instant reads 2026-01-02T03:04:05[.000]Z.
func instant(text []byte) (time.Time, error) {
	const form = "2006-01-02T15:04:05"
	if len(text) < len(form)+1 || text[len(text)-1] != 'Z' {
		return time.Time{}, errUnusual
	}
	var n [6]int64
	for i, at := range [...][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}} {
		v, err := digits(text[at[0]:at[1]])
		if err != nil {
			return time.Time{}, errUnusual
		}
		n[i] = v
	}
	if text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' {
		return time.Time{}, errUnusual
	}
	nanos, err := fraction(text[len(form) : len(text)-1])
	if err != nil || n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return time.Time{}, errUnusual
	}
	t := time.Date(int(n[0]), time.Month(n[1]), int(n[2]), int(n[3]), int(n[4]), int(n[5]), nanos, time.UTC)
	if t.Month() != time.Month(n[1]) || t.Day() != int(n[2]) { // the 31st of June
		return time.Time{}, errUnusual
	}
	return t, nil
}

// fraction reads "" or ".000", as nanoseconds.
func fraction(text []byte) (int, error) {
	if len(text) == 0 {
		return 0, nil
	}
	if text[0] != '.' || len(text) > 10 {
		return 0, errUnusual
	}
	n, err := digits(text[1:])
	for range 10 - len(text) {
		n *= 10
	}
	return int(n), err
}
