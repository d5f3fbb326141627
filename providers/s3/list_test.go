package s3_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
)

// page answers with the keys, URL-encoded as S3 does it. next is the token of the
// following page.
func page(next string, keys ...string) http.HandlerFunc {
	var b strings.Builder
	b.WriteString("<ListBucketResult><EncodingType>url</EncodingType>")
	for _, k := range keys {
		b.WriteString("<Contents><Key>" + strings.ReplaceAll(url.QueryEscape(k), "%2F", "/") +
			`</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;abc-2&quot;</ETag><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>`)
	}
	if next != "" {
		b.WriteString("<IsTruncated>true</IsTruncated><NextContinuationToken>" + next + "</NextContinuationToken>")
	}
	return answer(200, b.String()+"</ListBucketResult>")
}

var _ = Describe("List", func() {
	It("asks for URL encoding, the range and every page", func(ctx context.Context) {
		s := play(page("t1", "a/1"), page("", "a/2"))
		keys, err := list(ctx, s.client(), s3.Query{Prefix: "a/", After: "a/0"})
		Expect(err).NotTo(HaveOccurred())
		Expect(keys).To(Equal([]string{"a/1", "a/2"}))
		q := s.asked[0].URL.Query()
		Expect(s.asked[0].URL.Path).To(Equal("/photos"))
		Expect(q.Get("list-type") + q.Get("encoding-type") + q.Get("prefix") + q.Get("start-after") + q.Get("max-keys")).To(Equal("2urla/a/01000"))
		Expect(s.asked[1].URL.Query().Get("continuation-token")).To(Equal("t1"))
		Expect(s.asked[0].Header.Get("User-Agent")).To(ContainSubstring("s3export/0.1"))
	})

	It("addresses buckets by path at an endpoint of one's own, and by host at AWS", func(ctx context.Context) {
		for endpoint, want := range map[string]string{
			"http://s3.example.com": "http://s3.example.com/photos",
			"":                      "https://photos.s3.eu-west-1.amazonaws.com/",
		} {
			var asked string
			c, err := s3.New(s3.Options{
				Credentials: aws.AnonymousCredentials{}, Region: "eu-west-1", Endpoint: endpoint, Attempts: 1,
				HTTPClient: doer(func(r *http.Request) (*http.Response, error) {
					asked = r.URL.Scheme + "://" + r.URL.Host + r.URL.Path
					return nil, errors.New("offline")
				}),
			})
			Expect(err).NotTo(HaveOccurred())
			_, err = list(ctx, c, s3.Query{})
			Expect(errorOf(err).Kind).To(Equal(providers.Transient))
			Expect(asked).To(Equal(want))
		}
	})

	It("shows objects with bare ETags", func(ctx context.Context) {
		var got []s3.Object
		err := play(page("", "k")).client().List(ctx, "photos", s3.Query{}, func(o s3.Object) error {
			got = append(got, o)
			return nil
		})
		Expect(err).NotTo(HaveOccurred())
		Expect(got).To(Equal([]s3.Object{{
			Key: "k", Size: 7, ETag: "abc-2", StorageClass: "STANDARD",
			LastModified: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		}}))
	})

	It("takes weak ETags", func(ctx context.Context) {
		c := play(answer(200, `<ListBucketResult><Contents><Key>k</Key><ETag>W/&quot;abc&quot;</ETag><Size>7</Size></Contents></ListBucketResult>`)).client()
		Expect(c.List(ctx, "photos", s3.Query{}, func(o s3.Object) error {
			Expect(o.ETag).To(Equal("abc"))
			return nil
		})).To(Succeed())
	})

	It("keeps every byte of awkward keys", func(ctx context.Context) {
		awkward := []string{"\x01", "a b", "a+b", "a-b", "a/b", "a%2Fb"[:2] + "x", "line\r\nbreak", "é", "\xff"}
		keys, err := list(ctx, play(page("", "\x01", "a b", "a%x", "a+b", "a-b", "a/b", "line\r\nbreak", "é", "\xff")).client(), s3.Query{})
		Expect(err).NotTo(HaveOccurred())
		Expect(keys).To(ConsistOf(awkward))
	})

	It("stops after the end of the range and asks for no further page", func(ctx context.Context) {
		s := play(page("t1", "a", "b", "c", "d"))
		keys, err := list(ctx, s.client(), s3.Query{Through: "b"})
		Expect(err).NotTo(HaveOccurred())
		Expect(keys).To(Equal([]string{"a", "b"}))
		Expect(s.asked).To(HaveLen(1))
	})

	It("leaves out what a server should not have sent", func(ctx context.Context) {
		keys, err := list(ctx, play(page("", "a/1", "a/2", "b/1")).client(), s3.Query{Prefix: "a/", After: "a/1"})
		Expect(err).NotTo(HaveOccurred())
		Expect(keys).To(Equal([]string{"a/2"}))
	})

	DescribeTable("is refused from a server that does not list in order", func(ctx context.Context, pages ...http.HandlerFunc) {
		_, err := list(ctx, play(pages...).client(), s3.Query{})
		Expect(errorOf(err).Kind).To(Equal(providers.Unexpected))
	},
		Entry("within a page", page("", "b", "a")),
		Entry("across pages", page("t1", "b"), page("", "a")),
		Entry("by directory instead of bytes", page("", "a/b", "a-b")),
		Entry("twice", page("t1", "a"), page("", "a")),
		Entry("the same page again", page("t1"), page("t1")),
		Entry("no token", answer(200, "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>")),
		Entry("a key that is not encoded", answer(200, "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>50%</Key></Contents></ListBucketResult>")),
	)

	It("says which key is out of order", func(ctx context.Context) {
		_, err := list(ctx, play(page("t1", "a/b", "c"), page("", "b")).client(), s3.Query{})
		Expect(errorOf(err).Message).To(ContainSubstring(`key "b" is listed after "c"`))
	})

	It("takes the keys as they are from a server that does not encode", func(ctx context.Context) {
		keys, err := list(ctx, play(answer(200, "<ListBucketResult><Contents><Key>a+b%20c</Key></Contents></ListBucketResult>")).client(), s3.Query{})
		Expect(err).NotTo(HaveOccurred())
		Expect(keys).To(Equal([]string{"a+b%20c"}))
	})

	It("returns the caller's error as it is", func(ctx context.Context) {
		enough := errors.New("enough")
		err := play(page("t1", "a", "b")).client().List(ctx, "photos", s3.Query{}, func(s3.Object) error { return enough })
		Expect(err).To(BeIdenticalTo(enough))
	})

	It("gets a page again that did not arrive whole", func(ctx context.Context) {
		s := play(answer(200, "<ListBucketResult><Contents><Key>b</Key>", "Content-Length", "1000"), page("", "a"))
		keys, err := list(ctx, s.client(), s3.Query{})
		Expect(err).NotTo(HaveOccurred())
		Expect(keys).To(Equal([]string{"a"}))
	})

	It("shows the best of several checksums", func(ctx context.Context) {
		content := func(names ...string) string {
			text := "<ListBucketResult><Contents><Key>k</Key>"
			for _, name := range names {
				text += "<ChecksumAlgorithm>" + name + "</ChecksumAlgorithm>"
			}
			return text + "<ChecksumType>COMPOSITE</ChecksumType></Contents></ListBucketResult>"
		}
		for want, names := range map[string][]string{
			"SHA256": {"CRC32", "SHA256", "CRC64NVME"}, "CRC64NVME": {"SHA1", "CRC64NVME", "CRC32C"}, "SHA1": {"CRC32C", "SHA1"},
			"CRC32C": {"CRC32", "CRC32C"}, "CRC32": {"CRC32", "NEWHASH"}, "NEWHASH": {"NEWHASH"},
		} {
			// By hand, and by the SDK where a comment stands in the way.
			for _, text := range []string{content(names...), strings.Replace(content(names...), "</Key>", "</Key><!-- -->", 1)} {
				err := play(answer(200, text)).client().List(ctx, "photos", s3.Query{}, func(o s3.Object) error {
					Expect(o.ChecksumAlgorithm).To(Equal(want))
					Expect(o.ChecksumType).To(Equal(s3.Composite))
					return nil
				})
				Expect(err).NotTo(HaveOccurred())
			}
		}
	})

	It("gets a page again after a reset", func(ctx context.Context) {
		keys, err := list(ctx, play(reset, refuse(503, "SlowDown"), page("", "a")).client(), s3.Query{})
		Expect(err).NotTo(HaveOccurred())
		Expect(keys).To(Equal([]string{"a"}))
	})
})

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }
