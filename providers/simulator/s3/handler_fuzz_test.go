package s3

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cargomedia/s3export/providers/simulator/auth"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

// FuzzExchange: whatever a client that has signed sends, the answer is S3's, never
// InternalError, and an object that was there is not lost without a DELETE or a
// write.
func FuzzExchange(f *testing.F) {
	add := func(method, query, headers, body string) { f.Add(method, "k", query, headers, body) }
	add("PUT", "versioning", "", "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>")
	add("GET", "versions&key-marker=k&version-id-marker=null&max-keys=1&delimiter=/", "", "")
	add("GET", "versionId=00000001aaaaaaaaaaaaaaaaaaaaaaaa", "Range: bytes=0-1", "")
	add("GET", "attributes", "X-Amz-Object-Attributes: ETag,ObjectParts\nX-Amz-Max-Parts: 1\nX-Amz-Part-Number-Marker: 9", "")
	add("POST", "restore", "", "<RestoreRequest><Days>1</Days><GlacierJobParameters><Tier>Bulk</Tier></GlacierJobParameters></RestoreRequest>")
	add("POST", "uploadId=1", "X-Amz-Checksum-Type: COMPOSITE\nX-Amz-Checksum-Crc32: AAAAAA==-2",
		"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag><ChecksumSHA512>y</ChecksumSHA512></Part></CompleteMultipartUpload>")
	add("PUT", "encryption", "", "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm>"+
		"</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>")
	add("PUT", "", "X-Amz-Copy-Source: /photos/k?versionId=null\nX-Amz-Checksum-Algorithm: MD5", "")
	add("HEAD", "partNumber=2", "X-Amz-Checksum-Mode: ENABLED", "")
	add("PUT", "", "X-Amz-Checksum-Md5: 1B2M2Y8AsgTpgAmY7PhCfg==\nX-Amz-Storage-Class: GLACIER", "x")
	f.Fuzz(func(t *testing.T, method, key, query, headers, body string) {
		now := func() time.Time { return time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC) }
		st := filled(t, now)
		x := &exchange{handler: &handler{store: st, now: now}, bucket: "photos", key: key, grant: &auth.Grant{}}
		x.r = &http.Request{Method: method, URL: &url.URL{Path: "/photos/" + key, RawQuery: query}, Header: header(headers),
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
		recorder := httptest.NewRecorder()
		x.w, x.query = recorder, x.r.URL.Query()
		op, err := x.route()
		if err == nil {
			err = op(x)
		}
		if err != nil {
			x.fail(err)
		}
		if text := recorder.Body.String(); strings.Contains(text, "InternalError") {
			t.Fatal(text)
		}
		if _, err := st.Head("photos", "other"); err != nil && method != http.MethodDelete && method != http.MethodPut && method != http.MethodPost {
			t.Fatal(err)
		}
	})
}

func filled(t *testing.T, now func() time.Time) *store.Store {
	st := store.New(now)
	err := st.CreateBucket("photos", store.BucketOptions{Versioning: store.VersioningEnabled})
	for i, key := range []string{"k", "k", "other"} {
		o := store.PutOptions{PartSize: int64(i), Compute: "SHA256"}
		if i == 1 {
			o.StorageClass = "GLACIER"
		}
		if err == nil {
			_, err = st.Put("photos", key, strings.NewReader("hello"), o)
		}
	}
	if err == nil {
		_, err = st.CreateUpload("photos", store.Upload{Key: "k", Algorithm: "CRC32", ChecksumType: store.Composite})
	}
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// header reads "Name: value" lines; names as net/http gives them.
func header(lines string) http.Header {
	h := http.Header{}
	for line := range strings.SplitSeq(lines, "\n") {
		if name, value, found := strings.Cut(line, ": "); found {
			h.Add(name, value)
		}
	}
	return h
}
