package s3_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/cargomedia/s3export/providers/simulator/auth"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

// send signs a request as a client would and returns the answer with its body.
func (s service) send(method, target, body string, headers ...string) (*http.Response, string) {
	GinkgoHelper()
	r, err := http.NewRequestWithContext(ctx(), method, s.url+target, strings.NewReader(body))
	Expect(err).NotTo(HaveOccurred())
	r.Header.Set("X-Amz-Content-Sha256", auth.Unsigned)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	err = v4.NewSigner().SignHTTP(ctx(), aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}, r, r.Header.Get("X-Amz-Content-Sha256"),
		"s3", "mars-north-1", time.Unix(0, 0), func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	Expect(err).NotTo(HaveOccurred())
	return do(r)
}

func do(r *http.Request) (*http.Response, string) {
	GinkgoHelper()
	answer, err := http.DefaultTransport.RoundTrip(r)
	Expect(err).NotTo(HaveOccurred())
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	Expect(err).NotTo(HaveOccurred())
	return answer, string(text)
}

var _ = Describe("an answer", func() {
	var s service
	BeforeEach(func() {
		s = start()
		s.put("k", "0123456789")
		s.put("empty", "")
	})

	It("carries S3's headers and the service's time, errors too", func() {
		for _, path := range []string{"/photos/k", "/photos/none"} {
			r, _ := s.send("GET", path, "")
			Expect(r.Header.Get("Date")).To(Equal("Mon, 03 Feb 2031 04:05:06 GMT"))
			Expect(r.Header.Get("Server")).To(Equal("AmazonS3"))
			Expect(r.Header.Get("x-amz-request-id")).To(MatchRegexp(`^[0-9A-F]{16}$`))
			Expect(r.Header.Get("x-amz-id-2")).NotTo(BeEmpty())
		}
	})

	It("is S3's error document", func() {
		r, text := s.send("GET", "/photos/a%26b", "")
		Expect(r).To(HaveHTTPStatus(404))
		Expect(r).To(HaveHTTPHeaderWithValue("Content-Type", "application/xml"))
		Expect(text).To(MatchRegexp(`^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey</Code>` +
			`<Message>The specified key does not exist.</Message><Key>a&amp;b</Key><RequestId>[0-9A-F]{16}</RequestId><HostId>[^<]+</HostId></Error>$`))
		_, text = s.send("GET", "/nothing", "")
		Expect(text).To(ContainSubstring("<Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message><BucketName>nothing</BucketName>"))
	})

	DescribeTable("to a range", func(header string, status int, body, contentRange string) {
		r, text := s.send("GET", "/photos/k", "", "Range", header)
		Expect(r.StatusCode).To(Equal(status))
		if status != http.StatusRequestedRangeNotSatisfiable {
			Expect(text).To(Equal(body))
		}
		Expect(r.Header.Get("Content-Range")).To(Equal(contentRange))
		head, text := s.send("HEAD", "/photos/k", "", "Range", header)
		Expect(head.StatusCode).To(Equal(status))
		Expect(text).To(BeEmpty())
	},
		Entry(nil, "bytes=0-3", 206, "0123", "bytes 0-3/10"),
		Entry(nil, "bytes=7-", 206, "789", "bytes 7-9/10"),
		Entry(nil, "bytes=-2", 206, "89", "bytes 8-9/10"),
		Entry(nil, "bytes=-20", 206, "0123456789", "bytes 0-9/10"),
		Entry(nil, "bytes=9-99", 206, "9", "bytes 9-9/10"),
		Entry(nil, "bytes=5-99999999999999999999", 206, "56789", "bytes 5-9/10"),
		Entry(nil, "bytes=10-", 416, "", ""),
		Entry(nil, "bytes=-0", 416, "", ""),
		Entry("reversed", "bytes=3-1", 200, "0123456789", ""),
		Entry("several", "bytes=0-1,3-4", 200, "0123456789", ""),
		Entry("another unit", "lines=0-1", 200, "0123456789", ""),
		Entry("nonsense", "bytes=x-1", 200, "0123456789", ""),
	)

	It("tells what a range that is out of reach was", func() {
		r, text := s.send("GET", "/photos/empty", "", "Range", "bytes=0-0")
		Expect(r).To(HaveHTTPStatus(416))
		Expect(text).To(ContainSubstring("<Code>InvalidRange</Code><Message>The requested range is not satisfiable</Message>" +
			"<RangeRequested>bytes=0-0</RangeRequested><ActualObjectSize>0</ActualObjectSize>"))
	})

	DescribeTable("to a part of a plain object", func(target string, status int, want types.GomegaMatcher) {
		r, text := s.send("GET", target, "")
		Expect(r).To(HaveHTTPStatus(status))
		Expect(text).To(want)
		Expect(r.Header).NotTo(HaveKey("X-Amz-Mp-Parts-Count"))
	},
		Entry(nil, "/photos/k?partNumber=1", 206, Equal("0123456789")),
		Entry(nil, "/photos/empty?partNumber=1", 200, Equal("")),
		Entry(nil, "/photos/k?partNumber=2", 416, ContainSubstring("InvalidPartNumber")),
		Entry(nil, "/photos/k?partNumber=0", 400, ContainSubstring("InvalidArgument")),
		Entry(nil, "/photos/k?partNumber=x", 400, ContainSubstring("InvalidArgument")),
	)

	const wrongMD5 = "AAAAAAAAAAAAAAAAAAAAAA=="
	const etag, before, at = `"781e5e245d69b566979b86e28d23f2c7"`, "Mon, 03 Feb 2031 04:05:05 GMT", "Mon, 03 Feb 2031 04:05:06 GMT"
	DescribeTable("to conditions", func(status int, headers ...string) {
		r, text := s.send("GET", "/photos/k", "", headers...)
		Expect(r).To(HaveHTTPStatus(status), text)
		switch status {
		case http.StatusNotModified:
			Expect(text).To(BeEmpty())
			Expect(r.Header.Get("ETag")).To(Equal(etag))
		case http.StatusPreconditionFailed:
			Expect(text).To(ContainSubstring("<Code>PreconditionFailed</Code>"))
		}
	},
		Entry(nil, 200, "If-Match", etag), Entry(nil, 200, "If-Match", strings.Trim(etag, `"`)), Entry(nil, 200, "If-Match", `"x", `+etag),
		Entry(nil, 412, "If-Match", `"x"`), Entry(nil, 200, "If-Match", "*"), Entry(nil, 304, "If-None-Match", etag),
		Entry(nil, 200, "If-None-Match", `"x"`), Entry(nil, 304, "If-None-Match", "*"), Entry(nil, 304, "If-Modified-Since", at),
		Entry(nil, 200, "If-Modified-Since", before), Entry(nil, 412, "If-Unmodified-Since", before), Entry(nil, 200, "If-Unmodified-Since", at),
		Entry("ETag before time", 200, "If-Match", etag, "If-Unmodified-Since", before),
		Entry("ETag before time", 304, "If-None-Match", etag, "If-Modified-Since", before),
		Entry("ETag before time", 200, "If-None-Match", `"x"`, "If-Modified-Since", at),
		Entry("not a time", 200, "If-Modified-Since", "yesterday"),
	)

	DescribeTable("is a refusal", func(method, target, body string, status int, code string, headers ...string) {
		r, text := s.send(method, target, body, headers...)
		Expect(r).To(HaveHTTPStatus(status), text)
		Expect(text).To(ContainSubstring("<Code>" + code + "</Code>"))
		_, err := s.store.Head(bucket, "new")
		Expect(err).To(MatchError(store.ErrNoSuchKey))
	},
		Entry("another hash", "PUT", "/photos/new", "x", 400, "XAmzContentSHA256Mismatch", "X-Amz-Content-Sha256", strings.Repeat("a", 64)),
		Entry("no hash", "PUT", "/photos/new", "x", 400, "InvalidArgument", "X-Amz-Content-Sha256", "abc"),
		Entry("version 4A", "PUT", "/photos/new", "x", 501, "NotImplemented", "X-Amz-Content-Sha256", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"),
		Entry("two checksums", "PUT", "/photos/new", "x", 400, "InvalidRequest", "X-Amz-Checksum-Crc32", "jNwUUA==", "X-Amz-Checksum-Crc32c", "jNwUUA=="),
		Entry("half a checksum", "PUT", "/photos/new", "x", 400, "InvalidRequest", "X-Amz-Checksum-Crc32", "jNw="),
		Entry("a checksum named and not sent", "PUT", "/photos/new", "x", 400, "InvalidRequest", "X-Amz-Sdk-Checksum-Algorithm", "CRC32"),
		Entry("a trailer that is none", "PUT", "/photos/new", "0\r\n\r\n", 400, "InvalidRequest", "X-Amz-Content-Sha256", auth.StreamUnsignedTrailer,
			"X-Amz-Decoded-Content-Length", "0", "X-Amz-Trailer", "x-amz-meta-a"),
		Entry("no trailer", "PUT", "/photos/new", "1\r\nx\r\n0\r\n\r\n", 400, "MalformedTrailerError", "X-Amz-Content-Sha256", auth.StreamUnsignedTrailer,
			"X-Amz-Decoded-Content-Length", "1", "X-Amz-Trailer", "x-amz-checksum-crc32"),
		Entry("a wrong trailer", "PUT", "/photos/new", "1\r\nx\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", 400, "BadDigest",
			"X-Amz-Content-Sha256", auth.StreamUnsignedTrailer, "X-Amz-Decoded-Content-Length", "1", "X-Amz-Trailer", "x-amz-checksum-crc32"),
		Entry("another decoded length", "PUT", "/photos/new", "1\r\nx\r\n0\r\n\r\n", 400, "IncompleteBody",
			"X-Amz-Content-Sha256", auth.StreamUnsignedTrailer, "X-Amz-Decoded-Content-Length", "2"),
		Entry("a shorter decoded length", "PUT", "/photos/new", "2\r\nxy\r\n0\r\n\r\n", 400, "IncompleteBody",
			"X-Amz-Content-Sha256", auth.StreamUnsignedTrailer, "X-Amz-Decoded-Content-Length", "1"),
		Entry("no decoded length", "PUT", "/photos/new", "0\r\n\r\n", 411, "MissingContentLength", "X-Amz-Content-Sha256", auth.StreamUnsignedTrailer),
		Entry("too much metadata", "PUT", "/photos/new", "", 400, "MetadataTooLarge", "X-Amz-Meta-A", strings.Repeat("a", 2048)),
		Entry("an ETag that must not match", "PUT", "/photos/new", "", 501, "NotImplemented", "If-None-Match", `"x"`),
		Entry("deleting without a digest", "POST", "/photos?delete", "<Delete/>", 400, "InvalidRequest"),
		Entry("a digest and a condition that are wrong", "PUT", "/photos/new", "", 400, "BadDigest", "Content-Md5", wrongMD5, "If-Match", `"x"`),
		Entry("the same where there is no bucket", "PUT", "/nowhere/new", "", 404, "NoSuchBucket", "Content-Md5", wrongMD5, "If-Match", `"x"`),
		Entry("a wrong condition alone", "PUT", "/photos/k", "", 412, "PreconditionFailed", "If-Match", `"x"`),
		Entry("a condition on nothing", "PUT", "/photos/new", "", 404, "NoSuchKey", "If-Match", `"x"`),
		Entry("deleting nothing", "POST", "/photos?delete", "<Delete/>", 400, "MalformedXML", "Content-Md5", "ePbrFwvNFIRnzBrIv+T8Ag=="),
		Entry("a form upload", "POST", "/photos", "", 501, "NotImplemented"),
		Entry("retention", "GET", "/photos/k?retention", "", 501, "NotImplemented"),
		Entry("a version", "GET", "/photos/k?versionId=x", "", 400, "InvalidArgument"),
		Entry("a method", "PATCH", "/photos/k", "", 405, "MethodNotAllowed"),
		Entry("a method of the service", "DELETE", "/", "", 405, "MethodNotAllowed"),
		Entry("bytes that are no UTF-8", "GET", "/photos/%FF", "", 400, "InvalidURI"),
		Entry("a copy of nothing", "PUT", "/photos/new", "", 404, "NoSuchKey", "X-Amz-Copy-Source", "/photos/none"),
		Entry("a copy of no key", "PUT", "/photos/new", "", 400, "InvalidArgument", "X-Amz-Copy-Source", "photos"),
		Entry("page size", "GET", "/photos?max-keys=-1", "", 400, "InvalidArgument"),
		Entry("encoding", "GET", "/photos?encoding-type=hex", "", 400, "InvalidArgument"),
		Entry("token", "GET", "/photos?list-type=2&continuation-token=abc", "", 400, "InvalidArgument"),
		Entry("empty token", "GET", "/photos?list-type=2&continuation-token=", "", 400, "InvalidArgument"),
	)

	It("refuses who does not sign, or not all", func() {
		r, err := http.NewRequestWithContext(ctx(), "GET", s.url+"/photos/k", nil)
		Expect(err).NotTo(HaveOccurred())
		answer, text := do(r)
		Expect(answer).To(HaveHTTPStatus(403))
		Expect(text).To(ContainSubstring("<Code>AccessDenied</Code><Message>Access Denied</Message>"))
		r.Header.Set("X-Amz-Content-Sha256", auth.Unsigned)
		Expect(v4.NewSigner().SignHTTP(ctx(), aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret}, r, auth.Unsigned,
			"s3", "us-east-1", clock())).To(Succeed())
		r.Header.Set("X-Amz-Meta-Late", "x")
		answer, text = do(r)
		Expect(answer).To(HaveHTTPStatus(403))
		Expect(text).To(ContainSubstring("not signed"))
	})
})

var _ = Describe("a listing", func() {
	var s service
	BeforeEach(func() {
		s = start()
		for _, key := range []string{"a", "b/1", "b/2", "b-", "c d", "é", "e/1", "line\n"} {
			s.put(key, "x")
		}
	})

	It("of version 2 is as S3 writes it", func() {
		_, text := s.send("GET", "/photos?list-type=2&encoding-type=url&delimiter=/&max-keys=3&fetch-owner=true", "")
		const element = `<Contents><Key>a</Key><LastModified>2031-02-03T04:05:06.000Z</LastModified><ETag>&#34;9dd4e461268c8034f5c8564e155c67a6&#34;</ETag>` +
			`<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>1</Size><Owner><ID>[0-9a-f]{64}</ID>` +
			`<DisplayName>simulator</DisplayName></Owner><StorageClass>STANDARD</StorageClass></Contents>`
		Expect(text).To(MatchRegexp(`^<\?xml version="1.0" encoding="UTF-8"\?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
			`<Name>photos</Name><Prefix></Prefix><NextContinuationToken>[^<]+</NextContinuationToken><KeyCount>3</KeyCount><MaxKeys>3</MaxKeys>` +
			`<Delimiter>/</Delimiter><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>` + element + `<Contents>.*</Contents>` +
			`<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes></ListBucketResult>$`))
		_, text = s.send("GET", "/photos?list-type=2&encoding-type=url&start-after=b/2", "")
		Expect(text).To(And(ContainSubstring("<Key>c+d</Key>"), ContainSubstring("<Key>line%0A</Key>"), ContainSubstring("<Key>%C3%A9</Key>"),
			ContainSubstring("<StartAfter>b/2</StartAfter>"), Not(ContainSubstring("<Key>b/2</Key>")), Not(ContainSubstring("Owner"))))
		_, text = s.send("GET", "/photos?list-type=2&max-keys=0", "")
		Expect(text).To(And(ContainSubstring("<KeyCount>0</KeyCount>"), ContainSubstring("<IsTruncated>false</IsTruncated>")))
	})

	It("of version 1 pages by markers", func() {
		var prefixes, keys int
		marker := ""
		for range 10 {
			_, text := s.send("GET", "/photos?delimiter=/&max-keys=1&encoding-type=url&marker="+marker, "")
			prefixes += strings.Count(text, "<CommonPrefixes>")
			keys += strings.Count(text, "<Contents>")
			_, rest, truncated := strings.Cut(text, "<NextMarker>")
			if !truncated {
				break
			}
			marker, _, _ = strings.Cut(rest, "</NextMarker>")
			plain, err := url.QueryUnescape(marker)
			Expect(err).NotTo(HaveOccurred())
			marker = url.QueryEscape(plain)
		}
		Expect([]int{keys, prefixes}).To(Equal([]int{5, 2}))
	})
})
