package s3_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/auth"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

func str(s string) *string { return &s }

// code returns the error code that the SDK saw.
func code(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	return ""
}

func (s service) put(key, content string) {
	GinkgoHelper()
	_, err := s.client.PutObject(ctx(), &awss3.PutObjectInput{Bucket: str(bucket), Key: &key, Body: strings.NewReader(content)})
	Expect(err).NotTo(HaveOccurred())
}

func (s service) get(key string) (string, *awss3.GetObjectOutput) {
	GinkgoHelper()
	out, err := s.client.GetObject(ctx(), &awss3.GetObjectInput{Bucket: str(bucket), Key: &key})
	Expect(err).NotTo(HaveOccurred())
	content, err := io.ReadAll(out.Body)
	Expect(err).NotTo(HaveOccurred())
	return string(content), out
}

var _ = Describe("the Go SDK", func() {
	var s service
	BeforeEach(func() { s = start() })

	DescribeTable("keeps awkward keys apart", func(keys ...string) {
		for _, key := range keys {
			s.put(key, "content of "+key)
		}
		for _, key := range keys {
			content, _ := s.get(key)
			Expect(content).To(Equal("content of " + key))
		}
		out, err := s.client.ListObjectsV2(ctx(), &awss3.ListObjectsV2Input{Bucket: str(bucket)})
		Expect(err).NotTo(HaveOccurred())
		Expect(out.Contents).To(HaveLen(len(keys)))
		for _, key := range keys {
			_, err := s.client.DeleteObject(ctx(), &awss3.DeleteObjectInput{Bucket: str(bucket), Key: &key})
			Expect(err).NotTo(HaveOccurred())
		}
		Expect(s.client.DeleteBucket(ctx(), &awss3.DeleteBucketInput{Bucket: str(bucket)})).NotTo(BeNil())
	},
		Entry("slashes", "a/b", "a//b", "/a/b", "a/b/", "//", "a"),
		Entry("dots", "a/../b", "../b", "./b", "b", "..", "."),
		Entry("escapes", "a b", "a+b", "a%20b", "a%2Fb", "a&b=c;d", "a?b#c", "(a)'!*$@,:", "%"),
		Entry("control and line breaks", "a\nb", "a\r\nb", "a\tb", "\x01"),
		Entry("unicode", "\u00e9", "e\u0301", "日本語", "\U0001f600", "\u200d"),
		Entry("the longest", strings.Repeat("k", 1024)),
	)

	DescribeTable("gets its checksum checked and kept", func(begin func() service) {
		s = begin()
		out, err := s.client.PutObject(ctx(), &awss3.PutObjectInput{Bucket: str(bucket), Key: str("k"), Body: strings.NewReader("123456789")})
		Expect(err).NotTo(HaveOccurred())
		Expect(*out.ChecksumCRC32).To(Equal("y/Q5Jg=="))
		for algorithm, want := range map[types.ChecksumAlgorithm]string{"CRC32C": "4waSgw==", "CRC64NVME": "rosUhgp5mIg=",
			"SHA1": "98O8HYCOBHMq32eZZczDTKeuNEE=", "SHA256": "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="} {
			_, err := s.client.PutObject(ctx(), &awss3.PutObjectInput{Bucket: str(bucket), Key: str("k"),
				Body: strings.NewReader("123456789"), ChecksumAlgorithm: algorithm})
			Expect(err).NotTo(HaveOccurred(), string(algorithm))
			o, err := s.store.Head(bucket, "k")
			Expect(err).NotTo(HaveOccurred())
			Expect(o.Checksum).To(Equal(store.Checksum{Algorithm: string(algorithm), Value: want, Type: store.FullObject}))
			head, err := s.client.HeadObject(ctx(), &awss3.HeadObjectInput{Bucket: str(bucket), Key: str("k"), ChecksumMode: types.ChecksumModeEnabled})
			Expect(err).NotTo(HaveOccurred())
			Expect(head.ChecksumType).To(Equal(types.ChecksumTypeFullObject))
			content, _ := s.get("k")
			Expect(content).To(Equal("123456789"))
		}
		list, err := s.client.ListObjectsV2(ctx(), &awss3.ListObjectsV2Input{Bucket: str(bucket)})
		Expect(err).NotTo(HaveOccurred())
		Expect(list.Contents[0].ChecksumAlgorithm).To(HaveLen(1))
	},
		Entry("in a header", start),
		Entry("in a trailer", startTLS),
	)

	DescribeTable("streams what it cannot rewind", func(begin func() service, payload string, body func(io.Reader) io.Reader, options ...func(*awss3.Options)) {
		s = begin()
		content := bytes.Repeat([]byte("0123456789"), 100_000)
		_, err := s.client.PutObject(ctx(), &awss3.PutObjectInput{Bucket: str(bucket), Key: str("k"),
			Body: body(bytes.NewReader(content)), ContentLength: aws.Int64(int64(len(content)))}, options...)
		Expect(err).NotTo(HaveOccurred())
		got, out := s.get("k")
		expectSame(got, string(content))
		Expect(out.ContentEncoding).To(BeNil())
		Expect(s.payload.Load()).To(Equal(payload))
	},
		Entry("over TLS, with a trailer", startTLS, auth.StreamUnsignedTrailer, func(r io.Reader) io.Reader { return io.MultiReader(r) }),
		Entry("over TLS, what it could", startTLS, auth.StreamUnsignedTrailer, func(r io.Reader) io.Reader { return r }),
		Entry("over HTTP, where the SDK wants no checksum then", start, auth.Unsigned, func(r io.Reader) io.Reader { return io.MultiReader(r) },
			awss3.WithAPIOptions(v4.SwapComputePayloadSHA256ForUnsignedPayloadMiddleware),
			func(o *awss3.Options) { o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired }),
	)

	It("gets attributes and metadata back", func() {
		_, err := s.client.PutObject(ctx(), &awss3.PutObjectInput{Bucket: str(bucket), Key: str("k"), Body: strings.NewReader("x"),
			ContentType: str("text/plain"), ContentEncoding: str("gzip"), ContentDisposition: str("inline"), CacheControl: str("no-store"),
			ContentLanguage: str("de"), StorageClass: types.StorageClassStandardIa, Metadata: map[string]string{"color": "red  blue", "two": "2"}})
		Expect(err).NotTo(HaveOccurred())
		head, err := s.client.HeadObject(ctx(), &awss3.HeadObjectInput{Bucket: str(bucket), Key: str("k")})
		Expect(err).NotTo(HaveOccurred())
		Expect([]string{*head.ContentType, *head.ContentEncoding, *head.ContentDisposition, *head.CacheControl, *head.ContentLanguage}).
			To(Equal([]string{"text/plain", "gzip", "inline", "no-store", "de"}))
		Expect(head.StorageClass).To(Equal(types.StorageClassStandardIa))
		Expect(head.Metadata).To(Equal(map[string]string{"color": "red  blue", "two": "2"}))
		Expect(*head.LastModified).To(Equal(clock().Truncate(time.Second)))
		Expect(head.ServerSideEncryption).To(Equal(types.ServerSideEncryptionAes256))
		out, err := s.client.GetObject(ctx(), &awss3.GetObjectInput{Bucket: str(bucket), Key: str("k"),
			ResponseContentType: str("a/b"), ResponseContentDisposition: str("attachment")})
		Expect(err).NotTo(HaveOccurred())
		Expect([]string{*out.ContentType, *out.ContentDisposition}).To(Equal([]string{"a/b", "attachment"}))
	})

	It("copies, with the metadata or with others", func() {
		_, err := s.client.PutObject(ctx(), &awss3.PutObjectInput{Bucket: str(bucket), Key: str("a b/é+"), Body: strings.NewReader("x"),
			ContentType: str("text/plain"), Metadata: map[string]string{"color": "red"}})
		Expect(err).NotTo(HaveOccurred())
		in := &awss3.CopyObjectInput{Bucket: str(bucket), Key: str("copy"), CopySource: str(bucket + "/a%20b/%C3%A9%2B")}
		out, err := s.client.CopyObject(ctx(), in)
		Expect(err).NotTo(HaveOccurred())
		Expect(*out.CopyObjectResult.ETag).To(Equal(`"9dd4e461268c8034f5c8564e155c67a6"`))
		_, got := s.get("copy")
		Expect(got.Metadata).To(HaveKeyWithValue("color", "red"))
		in.MetadataDirective, in.Metadata = types.MetadataDirectiveReplace, map[string]string{"color": "blue"}
		_, err = s.client.CopyObject(ctx(), in)
		Expect(err).NotTo(HaveOccurred())
		_, got = s.get("copy")
		Expect(got.Metadata).To(Equal(map[string]string{"color": "blue"}))
		_, err = s.client.CopyObject(ctx(), &awss3.CopyObjectInput{Bucket: str(bucket), Key: str("copy"), CopySource: str(bucket + "/copy")})
		Expect(code(err)).To(Equal("InvalidRequest"))
		in.CopySourceIfMatch = str("x")
		_, err = s.client.CopyObject(ctx(), in)
		Expect(code(err)).To(Equal("PreconditionFailed"))
		in.CopySource = str("nothing/here")
		_, err = s.client.CopyObject(ctx(), in)
		Expect(code(err)).To(Equal("NoSuchBucket"))
	})

	It("presigns", func() {
		s.put("a b", "x")
		url, err := awss3.NewPresignClient(s.client).PresignGetObject(ctx(), &awss3.GetObjectInput{Bucket: str(bucket), Key: str("a b")})
		Expect(err).NotTo(HaveOccurred())
		r, err := http.Get(url.URL)
		Expect(err).NotTo(HaveOccurred())
		defer r.Body.Close()
		Expect(r).To(HaveHTTPStatus(200))
		Expect(r).To(HaveHTTPBody("x"))
		other, err := http.Get(url.URL + "0")
		Expect(err).NotTo(HaveOccurred())
		defer other.Body.Close()
		Expect(other).To(HaveHTTPStatus(403))
	})

	It("writes under conditions", func() {
		in := &awss3.PutObjectInput{Bucket: str(bucket), Key: str("k"), Body: strings.NewReader("x"), IfNoneMatch: str("*")}
		_, err := s.client.PutObject(ctx(), in)
		Expect(err).NotTo(HaveOccurred())
		_, err = s.client.PutObject(ctx(), in)
		Expect(code(err)).To(Equal("PreconditionFailed"))
		in.IfNoneMatch, in.IfMatch = nil, str(`"9dd4e461268c8034f5c8564e155c67a6"`)
		_, err = s.client.PutObject(ctx(), in)
		Expect(err).NotTo(HaveOccurred())
		in.IfMatch = str("other")
		_, err = s.client.PutObject(ctx(), in)
		Expect(code(err)).To(Equal("PreconditionFailed"))
	})

	DescribeTable("learns why it is refused", func(call func(c *awss3.Client) error, want string) {
		Expect(code(call(s.client))).To(Equal(want))
	},
		Entry("no bucket", func(c *awss3.Client) error {
			_, err := c.ListObjectsV2(ctx(), &awss3.ListObjectsV2Input{Bucket: str("nothing")})
			return err
		}, "NoSuchBucket"),
		Entry("no key", func(c *awss3.Client) error {
			_, err := c.GetObject(ctx(), &awss3.GetObjectInput{Bucket: str(bucket), Key: str("nothing")})
			return err
		}, "NoSuchKey"),
		Entry("no key to a HEAD", func(c *awss3.Client) error {
			_, err := c.HeadObject(ctx(), &awss3.HeadObjectInput{Bucket: str(bucket), Key: str("nothing")})
			return err
		}, "NotFound"),
		Entry("the bucket exists", func(c *awss3.Client) error {
			_, err := c.CreateBucket(ctx(), &awss3.CreateBucketInput{Bucket: str(bucket)})
			return err
		}, "BucketAlreadyOwnedByYou"),
		Entry("no such name", func(c *awss3.Client) error {
			_, err := c.CreateBucket(ctx(), &awss3.CreateBucketInput{Bucket: str("No_Name")})
			return err
		}, "InvalidBucketName"),
		Entry("a key that is too long", func(c *awss3.Client) error {
			_, err := c.PutObject(ctx(), &awss3.PutObjectInput{Bucket: str(bucket), Key: str(strings.Repeat("k", 1025))})
			return err
		}, "KeyTooLongError"),
		Entry("a wrong MD5", func(c *awss3.Client) error {
			_, err := c.PutObject(ctx(), &awss3.PutObjectInput{Bucket: str(bucket), Key: str("k"), Body: strings.NewReader("x"),
				ContentMD5: str("1B2M2Y8AsgTpgAmY7PhCfg==")})
			return err
		}, "BadDigest"),
		Entry("no MD5 at all", func(c *awss3.Client) error {
			_, err := c.PutObject(ctx(), &awss3.PutObjectInput{Bucket: str(bucket), Key: str("k"), Body: strings.NewReader("x"), ContentMD5: str("x")})
			return err
		}, "InvalidDigest"),
		Entry("a wrong checksum", func(c *awss3.Client) error {
			_, err := c.PutObject(ctx(), &awss3.PutObjectInput{Bucket: str(bucket), Key: str("k"), Body: strings.NewReader("x"), ChecksumCRC32: str("AAAAAA==")})
			return err
		}, "BadDigest"),
		Entry("a storage class that is none", func(c *awss3.Client) error {
			_, err := c.PutObject(ctx(), &awss3.PutObjectInput{Bucket: str(bucket), Key: str("k"), StorageClass: "COLD"})
			return err
		}, "InvalidStorageClass"),
		Entry("a form of retention", func(c *awss3.Client) error {
			_, err := c.GetObjectRetention(ctx(), &awss3.GetObjectRetentionInput{Bucket: str(bucket), Key: str("k")})
			return err
		}, "NotImplemented"),
		Entry("a policy that was never set", func(c *awss3.Client) error {
			_, err := c.GetBucketPolicy(ctx(), &awss3.GetBucketPolicyInput{Bucket: str(bucket)})
			return err
		}, "NoSuchBucketPolicy"),
	)

	It("is refused with a wrong key or secret", func() {
		_, err := client(s.url, "AKIAOTHER", secret).ListBuckets(ctx(), nil)
		Expect(code(err)).To(Equal("InvalidAccessKeyId"))
		_, err = client(s.url, keyID, "other").ListBuckets(ctx(), nil)
		Expect(code(err)).To(Equal("SignatureDoesNotMatch"))
	})

	It("sees where buckets are and how they encrypt", func() {
		_, err := s.client.CreateBucket(ctx(), &awss3.CreateBucketInput{Bucket: str("far"),
			CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"}})
		Expect(err).NotTo(HaveOccurred())
		where, err := s.client.GetBucketLocation(ctx(), &awss3.GetBucketLocationInput{Bucket: str("far")})
		Expect(err).NotTo(HaveOccurred())
		Expect(where.LocationConstraint).To(BeEquivalentTo("eu-west-1"))
		here, err := s.client.GetBucketLocation(ctx(), &awss3.GetBucketLocationInput{Bucket: str(bucket)})
		Expect(err).NotTo(HaveOccurred())
		Expect(here.LocationConstraint).To(BeEmpty())
		head, err := s.client.HeadBucket(ctx(), &awss3.HeadBucketInput{Bucket: str("far")})
		Expect(err).NotTo(HaveOccurred())
		Expect(*head.BucketRegion).To(Equal("eu-west-1"))
		_, err = s.client.PutBucketEncryption(ctx(), &awss3.PutBucketEncryptionInput{Bucket: str(bucket),
			ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{
				{ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: "aws:kms"}}}}})
		Expect(err).NotTo(HaveOccurred())
		s.put("k", "hello")
		object, err := s.client.HeadObject(ctx(), &awss3.HeadObjectInput{Bucket: str(bucket), Key: str("k")})
		Expect(err).NotTo(HaveOccurred())
		Expect(object.ServerSideEncryption).To(Equal(types.ServerSideEncryptionAwsKms))
		Expect(*object.ETag).To(And(MatchRegexp(`^"[0-9a-f]{32}"$`), Not(ContainSubstring("5d41402abc4b2a76b9719d911017c592"))))
		all, err := s.client.ListBuckets(ctx(), nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(all.Buckets).To(HaveLen(2))
	})
})
