package s3_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
)

var _ = Describe("Head with options", func() {
	It("asks for a version, a part and checksums only where it is told to", func(ctx context.Context) {
		s := play(answer(200, ""), answer(206, ""))
		_, err := s.client().Head(ctx, "photos", "k", s3.HeadOptions{})
		Expect(err).NotTo(HaveOccurred())
		_, err = s.client().Head(ctx, "photos", "k", s3.HeadOptions{VersionID: "v1", Part: 7, Checksums: true})
		Expect(err).NotTo(HaveOccurred())
		Expect(s.asked[0].URL.Query()).NotTo(Or(HaveKey("partNumber"), HaveKey("versionId")))
		Expect(s.asked[0].Header).NotTo(Or(HaveKey("X-Amz-Checksum-Mode"), HaveKey("If-Match")))
		Expect(s.asked[1].URL.Query().Get("partNumber") + s.asked[1].URL.Query().Get("versionId")).To(Equal("7v1"))
		Expect(s.asked[1].Header.Get("X-Amz-Checksum-Mode")).To(Equal("ENABLED"))
	})

	It("returns every checksum, with the parts of a composite one apart", func(ctx context.Context) {
		h, err := play(answer(200, "", "Content-Length", "10", "X-Amz-Version-Id", "v1", "X-Amz-Checksum-Type", "FULL_OBJECT",
			"X-Amz-Checksum-Crc32", "+esgrQ==", "X-Amz-Checksum-Crc32c", "4waSgw==", "X-Amz-Checksum-Crc64nvme", "rosUhgp5mIg=",
			"X-Amz-Checksum-Sha1", "98O8HYCOBHMq32eZZczDTKeuNEE=", "X-Amz-Checksum-Sha256", "cwXbmyq8zXBsJW2z2X5f9I1nfP5NOlkEr7faDjlQ4eI=-2",
			"X-Amz-Checksum-Sha512", "s512", "X-Amz-Checksum-Md5", "md5", "X-Amz-Checksum-Xxhash64", "x64", "X-Amz-Checksum-Xxhash3", "x3", "X-Amz-Checksum-Xxhash128", "x128",
		)).client().Head(ctx, "photos", "k", s3.HeadOptions{Checksums: true})
		Expect(err).NotTo(HaveOccurred())
		Expect(h.Size).To(BeEquivalentTo(10))
		Expect(h.VersionID).To(Equal("v1"))
		Expect(h.PartSize).To(BeZero())
		full := func(algorithm, value string) s3.Checksum {
			return s3.Checksum{Algorithm: algorithm, Type: s3.FullObject, Value: value}
		}
		Expect(h.Checksums).To(Equal([]s3.Checksum{
			full("CRC32", "+esgrQ=="), full("CRC32C", "4waSgw=="), full("CRC64NVME", "rosUhgp5mIg="), full("SHA1", "98O8HYCOBHMq32eZZczDTKeuNEE="),
			{Algorithm: "SHA256", Type: s3.Composite, Value: "cwXbmyq8zXBsJW2z2X5f9I1nfP5NOlkEr7faDjlQ4eI=", Parts: 2},
			full("SHA512", "s512"), full("MD5", "md5"), full("XXHASH64", "x64"), full("XXHASH3", "x3"), full("XXHASH128", "x128"),
		}))
	})

	It("does not take the length of a part for that of the object", func(ctx context.Context) {
		h, err := play(answer(206, "", "Content-Length", "5", "X-Amz-Mp-Parts-Count", "3")).client().Head(ctx, "photos", "k", s3.HeadOptions{Part: 1})
		Expect(err).NotTo(HaveOccurred())
		Expect(h.Size).To(BeEquivalentTo(-1))
		Expect(h.PartSize).To(BeEquivalentTo(5))
	})

	It("says when rights are missing, also that to the KMS key, and tells expired credentials apart", func(ctx context.Context) {
		look := func(answers ...http.HandlerFunc) error {
			_, err := play(answers...).client().Head(ctx, "photos", "k", s3.HeadOptions{Checksums: true})
			return err
		}
		Expect(errors.Is(look(answer(403, "")), s3.ErrDenied)).To(BeTrue())
		kms := look(answer(400, ""), refuse(400, "KMS.DisabledException"))
		Expect(errors.Is(kms, s3.ErrDenied)).To(BeTrue())
		Expect(errorOf(kms).Kind).To(Equal(providers.Denied))
		Expect(errors.Is(look(answer(400, ""), refuse(400, "ExpiredToken")), s3.ErrDenied)).To(BeFalse())
		_, err := list(ctx, play(refuse(400, "ExpiredToken")).client(), s3.Query{})
		Expect(errors.Is(err, s3.ErrDenied)).To(BeFalse())
	})

	It("takes a delete marker for an object that is gone", func(ctx context.Context) {
		_, err := play(answer(405, "", "X-Amz-Delete-Marker", "true")).client().Head(ctx, "photos", "k", s3.HeadOptions{VersionID: "v2"})
		Expect(errors.Is(err, s3.ErrGone)).To(BeTrue())
	})
})

func attributes(total int, from, through, next int) http.HandlerFunc {
	var b strings.Builder
	b.WriteString("<GetObjectAttributesResponse><ETag>abc-3</ETag><Checksum><ChecksumSHA256>sum=</ChecksumSHA256><ChecksumType>COMPOSITE</ChecksumType></Checksum>" +
		"<StorageClass>STANDARD_IA</StorageClass><ObjectSize>" + fmt.Sprint(total*5) + "</ObjectSize><ObjectParts><PartsCount>" + fmt.Sprint(total) + "</PartsCount>")
	for i := from; i <= through; i++ {
		fmt.Fprintf(&b, "<Part><PartNumber>%d</PartNumber><Size>5</Size><ChecksumSHA256>part%d</ChecksumSHA256></Part>", i, i)
	}
	fmt.Fprintf(&b, "<IsTruncated>%t</IsTruncated><NextPartNumberMarker>%d</NextPartNumberMarker></ObjectParts></GetObjectAttributesResponse>", next > 0, next)
	return answer(200, b.String(), "X-Amz-Version-Id", "v1", "Last-Modified", "Wed, 27 May 2015 18:58:21 GMT")
}

var _ = Describe("Attributes", func() {
	It("reads all pages of parts", func(ctx context.Context) {
		s := play(attributes(3, 1, 2, 2), attributes(3, 3, 3, 0))
		a, err := s.client().Attributes(ctx, "photos", "k", "v1", "abc-3")
		Expect(err).NotTo(HaveOccurred())
		part := func(n int32) s3.Part {
			return s3.Part{Number: n, Size: 5, Checksums: []s3.Checksum{{Algorithm: "SHA256", Type: s3.FullObject, Value: fmt.Sprintf("part%d", n)}}}
		}
		Expect(a).To(Equal(s3.Attributes{
			Size: 15, ETag: "abc-3", VersionID: "v1", LastModified: time.Date(2015, 5, 27, 18, 58, 21, 0, time.UTC), StorageClass: "STANDARD_IA",
			Checksums: []s3.Checksum{{Algorithm: "SHA256", Type: s3.Composite, Value: "sum="}}, PartsCount: 3, Parts: []s3.Part{part(1), part(2), part(3)},
		}))
		Expect(s.asked[0].URL.Query()).To(And(HaveKey("attributes"), HaveKeyWithValue("versionId", []string{"v1"})))
		Expect(s.asked[0].Header.Values("X-Amz-Object-Attributes")).To(Equal([]string{"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"}))
		Expect(s.asked[1].Header.Get("X-Amz-Part-Number-Marker")).To(Equal("2"))
	})

	DescribeTable("tells why there are none", func(ctx context.Context, cause error, answers ...http.HandlerFunc) {
		_, err := play(answers...).client().Attributes(ctx, "photos", "k", "", "abc-3")
		Expect(errors.Is(errorOf(err), cause)).To(BeTrue(), "%v", err)
	},
		Entry(nil, s3.ErrDenied, refuse(403, "AccessDenied")),
		Entry(nil, s3.ErrGone, refuse(404, "NoSuchKey")),
		Entry(nil, s3.ErrNotSupported, refuse(501, "NotImplemented")),
		Entry("the object itself", s3.ErrNotSupported, answer(200, "%PDF content")),
		Entry("an empty object", s3.ErrNotSupported, answer(200, "")),
		Entry("another state", s3.ErrChanged, answer(200, "<GetObjectAttributesResponse><ETag>other</ETag><ObjectSize>1</ObjectSize></GetObjectAttributesResponse>")),
	)

	DescribeTable("trusts no list of parts that is not whole", func(ctx context.Context, answers ...http.HandlerFunc) {
		_, err := play(answers...).client().Attributes(ctx, "photos", "k", "", "")
		Expect(errorOf(err).Kind).To(Equal(providers.Unexpected))
		Expect(errorOf(err).Code).To(BeEmpty(), "found here, not by the server")
		Expect(errors.Is(err, s3.ErrNotSupported)).To(BeFalse())
	},
		Entry("a hole", attributes(3, 1, 2, 0)),
		Entry("the same page again", attributes(3, 1, 2, 2), attributes(3, 1, 2, 2)),
		Entry("an empty page", attributes(3, 1, 2, 2), attributes(3, 1, 0, 2)),
		Entry("too many", attributes(10001, 10001, 10001, 0)),
	)
})

func version(key, id, at string, latest bool) string {
	return "<Version><Key>" + key + "</Key><VersionId>" + id + "</VersionId><IsLatest>" + fmt.Sprint(latest) + "</IsLatest><LastModified>" + at +
		`</LastModified><ETag>"e-` + id + `"</ETag><Size>5</Size><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><StorageClass>STANDARD</StorageClass></Version>`
}

func versions(inner, keyMarker, idMarker string) http.HandlerFunc {
	text := "<ListVersionsResult><EncodingType>url</EncodingType>" + inner
	if keyMarker != "" {
		text += "<IsTruncated>true</IsTruncated><NextKeyMarker>" + keyMarker + "</NextKeyMarker><NextVersionIdMarker>" + idMarker + "</NextVersionIdMarker>"
	}
	return answer(200, text+"</ListVersionsResult>")
}

var _ = Describe("Versions", func() {
	marker := "<DeleteMarker><Key>a+b</Key><VersionId>v3</VersionId><IsLatest>true</IsLatest><LastModified>2026-03-03T00:00:00Z</LastModified></DeleteMarker>"

	It("are those of exactly the key, newest first, with delete markers among them", func(ctx context.Context) {
		s := play(versions(version("a+b", "v2", "2026-02-02T00:00:00Z", false)+marker, "a+b", "v2"),
			versions(version("a+b", "v1", "2026-01-01T00:00:00Z", false)+version("a+bc", "w", "2026-04-04T00:00:00Z", true), "a+bc", "w"))
		all, err := s.client().Versions(ctx, "photos", "a b")
		Expect(err).NotTo(HaveOccurred())
		one := func(id string, month time.Month) s3.Version {
			return s3.Version{VersionID: id, Size: 5, ETag: "e-" + id, LastModified: time.Date(2026, month, int(month), 0, 0, 0, 0, time.UTC),
				StorageClass: "STANDARD", ChecksumAlgorithm: "CRC64NVME", ChecksumType: s3.FullObject}
		}
		Expect(all).To(Equal([]s3.Version{
			{VersionID: "v3", LastModified: time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC), IsLatest: true, DeleteMarker: true}, one("v2", 2), one("v1", 1),
		}))
		Expect(s.asked).To(HaveLen(2))
		Expect(s.asked[0].URL.Query().Get("prefix")).To(Equal("a b"))
		Expect(s.asked[1].URL.Query().Get("key-marker") + s.asked[1].URL.Query().Get("version-id-marker")).To(Equal("a bv2"))
	})

	It("ask for no further page where the next key begins", func(ctx context.Context) {
		s := play(versions(version("a", "v1", "2026-01-01T00:00:00Z", true), "aa", "w"))
		Expect(s.client().Versions(ctx, "photos", "a")).To(HaveLen(1))
		Expect(s.asked).To(HaveLen(1))
	})

	DescribeTable("tell why there are none", func(ctx context.Context, cause error, answers ...http.HandlerFunc) {
		_, err := play(answers...).client().Versions(ctx, "photos", "a")
		Expect(cause == nil || errors.Is(errorOf(err), cause)).To(BeTrue(), "%v", err)
		Expect(err).To(HaveOccurred())
	},
		Entry(nil, s3.ErrDenied, refuse(403, "AccessDenied")),
		Entry(nil, s3.ErrNotSupported, refuse(501, "NotImplemented")),
		Entry(nil, s3.ErrNotSupported, refuse(405, "MethodNotAllowed")),
		Entry("the same page again", nil, versions(version("a", "v1", "2026-01-01T00:00:00Z", true), "a", "v1"), versions("", "a", "v1")),
		Entry("no marker", nil, versions(version("a", "v1", "2026-01-01T00:00:00Z", true), "a", "")),
	)
})

var _ = Describe("GetRange", func() {
	read := func(ctx context.Context, s *script, o s3.GetOptions) (string, error) {
		body, err := s.client().GetRange(ctx, "photos", "k", o)
		if err != nil {
			return "", err
		}
		defer body.Close()
		text, err := io.ReadAll(body)
		return string(text), err
	}

	DescribeTable("asks for the bytes", func(ctx context.Context, o s3.GetOptions, header, want string) {
		s := play(answer(206, want, "Content-Range", "bytes "+strings.TrimPrefix(header, "bytes=")+"/100"))
		Expect(read(ctx, s, o)).To(Equal(want))
		Expect(s.asked[0].Header.Get("Range")).To(Equal(header))
		Expect(s.asked[0].Header.Get("If-Match")).To(Equal(`"e"`))
		Expect(s.asked[0].URL.Query().Get("versionId")).To(Equal("v1"))
	},
		Entry(nil, s3.GetOptions{IfMatch: "e", VersionID: "v1"}, "", "hello"),
		Entry(nil, s3.GetOptions{IfMatch: "e", VersionID: "v1", Offset: 3}, "bytes=3-", "hello"),
		Entry(nil, s3.GetOptions{IfMatch: "e", VersionID: "v1", Offset: 3, Length: 5}, "bytes=3-7", "hello"),
	)

	It("passes on no other range than was asked for", func(ctx context.Context) {
		_, err := read(ctx, play(answer(200, "hello")), s3.GetOptions{Offset: 3})
		Expect(errorOf(err).Kind).To(Equal(providers.Unexpected))
		_, err = read(ctx, play(answer(206, "hello", "Content-Range", "bytes 30-34/100")), s3.GetOptions{Offset: 3})
		Expect(errorOf(err).Kind).To(Equal(providers.Unexpected))
		Expect(read(ctx, play(answer(200, "hello")), s3.GetOptions{Length: 3})).To(Equal("hel"))
	})

	It("tells an object that has changed from the answer of a server that does not heed If-Match", func(ctx context.Context) {
		_, err := read(ctx, play(answer(200, "hello", "ETag", `"other"`)), s3.GetOptions{IfMatch: "e"})
		Expect(errors.Is(err, s3.ErrChanged)).To(BeTrue())
		_, err = play(answer(200, "", "ETag", `"other"`)).client().Head(ctx, "photos", "k", s3.HeadOptions{IfMatch: "e"})
		Expect(errors.Is(err, s3.ErrChanged)).To(BeTrue())
		Expect(read(ctx, play(answer(200, "hello", "ETag", `"e"`)), s3.GetOptions{IfMatch: "e"})).To(Equal("hello"))
	})

	It("tells an object that has changed, is gone, or broke off", func(ctx context.Context) {
		_, err := read(ctx, play(answer(412, "")), s3.GetOptions{IfMatch: "e"})
		Expect(errors.Is(err, s3.ErrChanged)).To(BeTrue())
		_, err = read(ctx, play(refuse(403, "InvalidObjectState")), s3.GetOptions{})
		Expect(errors.Is(errorOf(err), s3.ErrArchived)).To(BeTrue())
		Expect(errors.Is(err, s3.ErrDenied)).To(BeFalse())
		_, err = read(ctx, play(refuse(404, "NoSuchVersion")), s3.GetOptions{VersionID: "v"})
		Expect(errors.Is(err, s3.ErrGone)).To(BeTrue())
		text, err := read(ctx, play(answer(200, "hello", "Content-Length", "10")), s3.GetOptions{})
		Expect(errorOf(err).Kind).To(Equal(providers.Transient))
		Expect(text).To(Equal("hello"))
	})
})

var _ = Describe("Requests", func() {
	It("counts every attempt and the bytes of bodies", func(ctx context.Context) {
		c := play(refuse(503, "SlowDown"), page("", "a"), answer(200, ""), answer(200, "hello")).client()
		Expect(c.Requests()).To(Equal(s3.Requests{ByOperation: map[string]int64{}}))
		Expect(list(ctx, c, s3.Query{})).To(HaveLen(1))
		before := c.Requests()
		Expect(before.ByOperation).To(Equal(map[string]int64{"ListObjectsV2": 2}))
		_, err := c.Head(ctx, "photos", "a", s3.HeadOptions{})
		Expect(err).NotTo(HaveOccurred())
		Expect(c.Get(ctx, "photos", "a", io.Discard, 5)).To(Succeed())
		after := c.Requests()
		Expect(after.ByOperation).To(Equal(map[string]int64{"ListObjectsV2": 2, "HeadObject": 1, "GetObject": 1}))
		Expect(after.Bytes - before.Bytes).To(BeEquivalentTo(5))
		Expect(before.ByOperation).To(HaveLen(1), "the map is the caller's")
	})
})
