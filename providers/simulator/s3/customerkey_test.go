package s3_test

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// customer returns a key and its MD5 as the headers have them.
func customer(letter string) (key, sum string) {
	raw := []byte(strings.Repeat(letter, 32))
	hash := md5.Sum(raw)
	return base64.StdEncoding.EncodeToString(raw), base64.StdEncoding.EncodeToString(hash[:])
}

func customerHeaders(prefix, letter string) []string {
	key, sum := customer(letter)
	return []string{
		prefix + "Server-Side-Encryption-Customer-Algorithm", "AES256",
		prefix + "Server-Side-Encryption-Customer-Key", key, prefix + "Server-Side-Encryption-Customer-Key-MD5", sum,
	}
}

var _ = Describe("an object with a key of the customer's", func() {
	var s service
	key, sum := customer("k")
	BeforeEach(func() {
		s = start()
		out, err := s.client.PutObject(ctx(), &awss3.PutObjectInput{Bucket: str(bucket), Key: str("secret"), Body: strings.NewReader("hello"),
			SSECustomerAlgorithm: str("AES256"), SSECustomerKey: &key, SSECustomerKeyMD5: &sum})
		Expect(err).NotTo(HaveOccurred())
		Expect(*out.SSECustomerKeyMD5).To(Equal(sum))
		Expect(out.ServerSideEncryption).To(BeEmpty())
		s.put("open", "hello")
	})

	DescribeTable("is shown to who has the key", func(target string, status int, code string, headers []string) {
		r, text := s.send("GET", target, "", headers...)
		Expect(r.StatusCode).To(Equal(status), text)
		head, nothing := s.send("HEAD", target, "", headers...)
		Expect(head.StatusCode).To(Equal(status))
		Expect(nothing).To(BeEmpty())
		if code != "" {
			Expect(text).To(ContainSubstring("<Code>" + code + "</Code>"))
			Expect(text + fmt.Sprint(r.Header, head.Header)).NotTo(Or(ContainSubstring("hello"), ContainSubstring("Etag")))
			return
		}
		Expect(text).To(Equal("hello"))
		for _, h := range []http.Header{r.Header, head.Header} {
			Expect(h.Get("X-Amz-Server-Side-Encryption-Customer-Algorithm")).To(Equal("AES256"))
			Expect(h.Get("X-Amz-Server-Side-Encryption-Customer-Key-MD5")).To(Equal(sum))
			Expect(h.Get("X-Amz-Server-Side-Encryption")).To(BeEmpty())
			Expect(h.Get("ETag")).NotTo(ContainSubstring("5d41402abc4b2a76b9719d911017c592"), "it is not the MD5")
		}
	},
		Entry("with it", "/photos/secret", 200, "", customerHeaders("X-Amz-", "k")),
		Entry("without", "/photos/secret", 400, "InvalidRequest", nil),
		Entry("without, even under a condition", "/photos/secret", 400, "InvalidRequest", []string{"If-None-Match", "*"}),
		Entry("with another", "/photos/secret", 403, "AccessDenied", customerHeaders("X-Amz-", "o")),
		Entry("one for an object that needs none", "/photos/open", 400, "InvalidRequest", customerHeaders("X-Amz-", "k")),
		Entry("an MD5 that does not fit", "/photos/secret", 400, "InvalidArgument", append(customerHeaders("X-Amz-", "k"), "X-Amz-Server-Side-Encryption-Customer-Key-MD5", "AAAA")),
	)

	DescribeTable("is not written with half a key", func(code string, headers []string) {
		r, text := s.send("PUT", "/photos/new", "x", headers...)
		Expect(r.StatusCode).To(Equal(400))
		Expect(text).To(And(ContainSubstring("<Code>"+code+"</Code>"), Not(ContainSubstring(key))))
		_, err := s.store.Head(bucket, "new")
		Expect(err).To(MatchError(store.ErrNoSuchKey))
	},
		Entry("no key", "InvalidArgument", customerHeaders("X-Amz-", "k")[:2]),
		Entry("no MD5", "InvalidArgument", customerHeaders("X-Amz-", "k")[:4]),
		Entry("no algorithm", "InvalidArgument", customerHeaders("X-Amz-", "k")[2:]),
		Entry("another algorithm", "InvalidEncryptionAlgorithmError", append([]string{"X-Amz-Server-Side-Encryption-Customer-Algorithm", "DES"}, customerHeaders("X-Amz-", "k")[2:]...)),
		Entry("a short key", "InvalidArgument", append(customerHeaders("X-Amz-", "k")[:2], "X-Amz-Server-Side-Encryption-Customer-Key", "AAAA", "X-Amz-Server-Side-Encryption-Customer-Key-MD5", "AAAA")),
		Entry("another encryption besides", "InvalidArgument", append(customerHeaders("X-Amz-", "k"), "X-Amz-Server-Side-Encryption", "AES256")),
		Entry("the store's own word for it", "InvalidArgument", []string{"X-Amz-Server-Side-Encryption", "customer"}),
	)

	It("is copied by who has the key, and out of it", func() {
		r, text := s.send("PUT", "/photos/copy", "", "X-Amz-Copy-Source", "/photos/secret")
		Expect(r.StatusCode).To(Equal(400), text)
		r, text = s.send("PUT", "/photos/copy", "", append(customerHeaders("X-Amz-Copy-Source-", "o"), "X-Amz-Copy-Source", "/photos/secret")...)
		Expect(r.StatusCode).To(Equal(403), text)
		r, text = s.send("PUT", "/photos/copy", "", append(customerHeaders("X-Amz-Copy-Source-", "k"), "X-Amz-Copy-Source", "/photos/secret")...)
		Expect(r.StatusCode).To(Equal(200), text)
		content, out := s.get("copy")
		Expect(content).To(Equal("hello"))
		Expect(*out.ETag).To(Equal(`"5d41402abc4b2a76b9719d911017c592"`))
	})

	It("is made of parts with the same key", func() {
		customerInput := awss3.CreateMultipartUploadInput{Bucket: str(bucket), Key: str("parts"), SSECustomerAlgorithm: str("AES256"), SSECustomerKey: &key, SSECustomerKeyMD5: &sum}
		u, err := s.client.CreateMultipartUpload(ctx(), &customerInput)
		Expect(err).NotTo(HaveOccurred())
		in := &awss3.UploadPartInput{Bucket: str(bucket), Key: str("parts"), UploadId: u.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader([]byte("hello"))}
		_, err = s.client.UploadPart(ctx(), in)
		Expect(code(err)).To(Equal("InvalidRequest"))
		in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5 = str("AES256"), &key, &sum
		part, err := s.client.UploadPart(ctx(), in)
		Expect(err).NotTo(HaveOccurred())
		_, err = s.client.CompleteMultipartUpload(ctx(), &awss3.CompleteMultipartUploadInput{Bucket: str(bucket), Key: str("parts"), UploadId: u.UploadId,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32}}}})
		Expect(err).NotTo(HaveOccurred())
		_, err = s.client.HeadObject(ctx(), &awss3.HeadObjectInput{Bucket: str(bucket), Key: str("parts")})
		Expect(err).To(MatchError(ContainSubstring("StatusCode: 400")))
		head, err := s.client.HeadObject(ctx(), &awss3.HeadObjectInput{Bucket: str(bucket), Key: str("parts"), PartNumber: aws.Int32(1),
			SSECustomerAlgorithm: str("AES256"), SSECustomerKey: &key, SSECustomerKeyMD5: &sum})
		Expect(err).NotTo(HaveOccurred())
		Expect(*head.PartsCount).To(BeEquivalentTo(1))
	})

	It("is listed like any other", func() {
		list, err := s.client.ListObjectsV2(ctx(), &awss3.ListObjectsV2Input{Bucket: str(bucket)})
		Expect(err).NotTo(HaveOccurred())
		Expect(list.Contents).To(HaveLen(2))
	})
})

var _ = Describe("a write with a Content-MD5 that does not fit", func() {
	const wrong = "AAAAAAAAAAAAAAAAAAAAAA=="

	It("changes nothing, whatever else there is about it", func() {
		s := start()
		s.put("k", "old")
		before, err := s.store.Head(bucket, "k")
		Expect(err).NotTo(HaveOccurred())
		for _, key := range []string{"k", "new"} {
			for _, headers := range [][]string{nil, {"If-None-Match", "*"}, {"If-Match", "x"}, {"X-Amz-Checksum-Crc32", "jNwUUA=="}} {
				r, text := s.send("PUT", "/photos/"+key, "x", append([]string{"Content-Md5", wrong}, headers...)...)
				Expect(r.StatusCode).To(Equal(400), text)
				Expect(text).To(ContainSubstring("<Code>BadDigest</Code>"))
			}
		}
		page, err := s.store.List(bucket, store.Query{Max: 10})
		Expect(err).NotTo(HaveOccurred())
		Expect(page.Objects).To(Equal([]store.Object{before}))
	})

	It("is looked at only after the rights and the bucket were", func() {
		s := start()
		_, err := client(s.url, keyID, "other").PutObject(ctx(), &awss3.PutObjectInput{Bucket: str(bucket), Key: str("k"), Body: strings.NewReader("x"), ContentMD5: str(wrong)})
		Expect(code(err)).To(Equal("SignatureDoesNotMatch"))
		r, text := s.send("PUT", "/nothing/k", "x", "Content-Md5", wrong)
		Expect(r.StatusCode).To(Equal(404))
		Expect(text).To(ContainSubstring("NoSuchBucket"))
	})
})
