package s3

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSplitsArePaidForByPagesAndProvenByOne(t *testing.T) {
	l := newListing(&Client{pageSize: 1000, streams: 8}, "b", Query{})
	for _, c := range []struct {
		keys, splits int
		obeyed, may  bool
	}{
		{1999, 0, false, false},
		{2000, 0, false, true},
		{9000, 1, false, false},
		{2000, 1, true, true},
		{2999, 2, true, false},
		{3000, 2, true, true},
	} {
		l.keys, l.splits, l.obeyed = c.keys, c.splits, c.obeyed
		if l.maySplit() != c.may {
			t.Errorf("%d splits for %d keys, %t: %t", c.splits, c.keys, c.obeyed, !c.may)
		}
	}
}

// FuzzRows reads what might be a data file of an inventory or of a report.
func FuzzRows(f *testing.F) {
	for _, text := range []string{
		"photos,k,v,true,false,7,2026-01-02T03:04:05Z,e,STANDARD,true,SSE-S3,CRC32\n", "a,\"b\nc\",,,,,,,,,,\n", "\"", ",,,,,,,,,,,", "a,%zz,,,,,,,,,,\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for schema, row := range map[string]func(record) error{
			"Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass, IsMultipartUploaded, EncryptionStatus, ChecksumAlgorithm": func(r record) error {
				row, err := inventoryRow(r)
				if err == nil && (row.Size < -1 || (row.Size == -1) != (r.get("Size") == "")) {
					t.Errorf("size %d of %q", row.Size, r.get("Size"))
				}
				return err
			},
			"Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage": func(r record) error {
				row, err := batchRow(r)
				if (row.Checksum.Value == "") != (row.Checksum.Algorithm == "") {
					t.Errorf("half a checksum: %+v", row.Checksum)
				}
				return err
			},
		} {
			rows, err := newTable(call{}, schema, "Bucket", "Key")
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			err = rows.read(bytes.NewReader(text), call{}, func(r record) error {
				n++
				return row(r)
			})
			if all, csvErr := csv.NewReader(bytes.NewReader(text)).ReadAll(); err == nil && (csvErr != nil || len(all) != n) {
				t.Errorf("%d rows, but csv has %d and says %v", n, len(all), csvErr)
			}
		}
	})
}

// FuzzAhead guesses on from any two keys: what comes is a key that can be sent, lies
// ahead, and begins with the prefix.
func FuzzAhead(f *testing.F) {
	f.Add("a", "b", "b", 0, 8)
	f.Add("photos-0001.jpg", "photos-1000.jpg", "photos-2000.jpg", 7, 6)
	f.Add("фа", "фя", "ча", 2, 6)
	f.Add("\xff", "\xff\xff", "\xff\xff\x00", 1, 64)
	f.Fuzz(func(t *testing.T, first, last, from string, fixed, pages int) {
		if first > last || from == "" || pages < 1 || pages > 64 || fixed < 0 || fixed > len(from) ||
			!strings.HasPrefix(first, from[:fixed]) || !strings.HasPrefix(last, from[:fixed]) {
			t.Skip()
		}
		k := keyspace{fixed: fixed, pageSize: 1000}
		objects := []Object{{Key: first}, {Key: last}, {Key: from}}
		k.learn(objects)
		k.passed(objects[:2])
		key, ok := k.ahead(from, pages)
		if ok && (key <= from || !utf8.ValidString(key)) {
			t.Errorf("%q does not lie ahead of %q, or is no text", key, from)
		}
		if ok && len(key) > fixed && !strings.HasPrefix(key, from[:fixed]) {
			t.Errorf("%q does not begin with %q", key, from[:fixed])
		}
	})
}
