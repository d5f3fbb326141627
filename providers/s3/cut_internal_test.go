package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
)

// still answers every request with the same document.
type still []byte

// Do implements aws.HTTPClient.
func (s still) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(s)), ContentLength: int64(len(s))}, nil
}

func stillClient(tb testing.TB, document []byte) *Client {
	tb.Helper()
	c, err := New(Options{Credentials: aws.AnonymousCredentials{}, Endpoint: "http://127.0.0.1:1", HTTPClient: still(document), Attempts: 1})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func documents() []string {
	root := `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`
	object := `<Contents><Key>a%2Fb+c</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;abc-2&quot;</ETag>` +
		`<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumAlgorithm>SHA256</ChecksumAlgorithm><ChecksumType>COMPOSITE</ChecksumType>` +
		`<Size>7</Size><Owner><ID>me</ID><DisplayName/></Owner><StorageClass>GLACIER</StorageClass></Contents>`
	head := `<Name>b</Name><Prefix/><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>1&amp;2==</NextContinuationToken>`
	return []string{
		declaration + "\n" + root + head + object + object + "</ListBucketResult>",
		listRoot + "\n  " + object + "\n</ListBucketResult>\n",
		listRoot + strings.ReplaceAll(object, "&quot;", "&#34;") + "</ListBucketResult>",
		listRoot + strings.ReplaceAll(object, "&quot;", "&#x22;") + "</ListBucketResult>",
		listRoot + "<Contents><Key><![CDATA[a<b]]></Key></Contents></ListBucketResult>",
		listRoot + "<Contents><Key>a<!-- c -->b</Key></Contents></ListBucketResult>",
		listRoot + "<Contents><key>a</key><Shape>round</Shape></Contents></ListBucketResult>",
		listRoot + `<Contents a="b"><Key x="y">é</Key></Contents></ListBucketResult>`,
		`<s:ListBucketResult xmlns:s="x"><s:Contents><s:Key>a</s:Key></s:Contents></s:ListBucketResult>`,
		listRoot + "<Contents/><Contents></Contents></ListBucketResult>rest",
		listRoot + "<Contents><LastModified>2026-02-29T03:04:05Z</LastModified></Contents></ListBucketResult>",
		listRoot + "<Contents><LastModified>2024-02-29T03:04:05.123456789Z</LastModified><Size>+7</Size></Contents></ListBucketResult>",
		listRoot + "<IsTruncated>1</IsTruncated><Contents><Size></Size></Contents></ListBucketResult>",
		listRoot + "<Contents><Key>a]]>b</Key></Contents></ListBucketResult>",
		listRoot + "<Contents><Key>a\r\nb</Key><RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus></Contents></ListBucketResult>",
		listRoot + "<Contents><Key>a\r\nb</Key></Contents></ListBucketResult>", listRoot + "<Contents><Key>a\x01b</Key></Contents></ListBucketResult>",
		listRoot + "<Contents><Key>\xff</Key></Contents></ListBucketResult>", "<Error><Code>InternalError</Code></Error>", "", "<", listRoot, listRoot + "<Contents><Key>a",
	}
}

// FuzzCutPage holds the cutter against the SDK: the same page, or the SDK's turn.
func FuzzCutPage(f *testing.F) {
	for _, d := range documents() {
		f.Add([]byte(d))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		cut, err := cutPage(document)
		if errors.Is(err, errUnusual) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		out, err := stillClient(t, document).api.ListObjectsV2(t.Context(), &service.ListObjectsV2Input{Bucket: aws.String("b")})
		if err != nil {
			t.Fatalf("cut to %+v, but the SDK says %v", cut, err)
		}
		if want := pageOf(out); !reflect.DeepEqual(cut, want) {
			t.Fatalf("cut to\n%+v\nbut the SDK reads\n%+v", cut, want)
		}
	})
}

func TestEveryDocumentIsReadAsTheSDKReadsIt(t *testing.T) {
	usual := 0
	for _, d := range documents() {
		if _, err := cutPage([]byte(d)); err == nil {
			usual++
		}
		c := stillClient(t, []byte(d))
		in := &service.ListObjectsV2Input{Bucket: aws.String("b")}
		got, gotErr := c.ask(t.Context(), in)
		out, err := c.api.ListObjectsV2(t.Context(), in)
		if (gotErr == nil) != (err == nil) {
			t.Errorf("%s: %v, but the SDK says %v", d, gotErr, err)
		}
		if err == nil && !reflect.DeepEqual(got, pageOf(out)) {
			t.Errorf("%s: %+v, but the SDK reads %+v", d, got, pageOf(out))
		}
	}
	if usual != 3 {
		t.Errorf("%d documents are cut by hand, not 3", usual)
	}
}

func TestPagesAreBounded(t *testing.T) {
	_, err := stillClient(t, append([]byte(listRoot), bytes.Repeat([]byte("x"), maxPage)...)).ask(t.Context(), &service.ListObjectsV2Input{Bucket: aws.String("b")})
	if err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Error(err)
	}
}

func TestTheStackOfListings(t *testing.T) {
	var steps []string
	c := stillClient(t, []byte(documents()[0]))
	cut := &pageCutter{buffers: &c.buffers}
	_, err := c.api.ListObjectsV2(t.Context(), &service.ListObjectsV2Input{Bucket: aws.String("b")}, func(o *service.Options) {
		o.APIOptions = append(o.APIOptions, cut.wrap, func(s *middleware.Stack) error {
			steps = s.List()
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "stack.golden")
	got := []byte(strings.Join(steps, "\n") + "\n")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the stack is\n%s", got)
	}
}

func thousandKeys() []byte {
	var b strings.Builder
	b.WriteString(declaration + "\n" + listNamespace + "<Name>b</Name><Prefix></Prefix><KeyCount>1000</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>")
	for i := range 1000 {
		fmt.Fprintf(&b, `<Contents><Key>photos/2026/%08d+original.jpg</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified>`+
			`<ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>`+
			`<ChecksumType>FULL_OBJECT</ChecksumType><Size>%d</Size><StorageClass>STANDARD</StorageClass></Contents>`, i, i*1000)
	}
	return []byte(b.String() + "</ListBucketResult>")
}

// BenchmarkList measures the CPU of a listing from the wire to yield, and the SDK's
// share of it if it read the pages.
func BenchmarkList(b *testing.B) {
	c := stillClient(b, thousandKeys())
	perKey := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/key")
	}
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := c.List(context.Background(), "b", Query{}, func(Object) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
		perKey(b)
	})
	b.Run("sdk", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			out, err := c.api.ListObjectsV2(context.Background(), &service.ListObjectsV2Input{Bucket: aws.String("b")})
			if err != nil || len(pageOf(out).objects) != 1000 {
				b.Fatal(err)
			}
		}
		perKey(b)
	})
}
