package s3_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	gtypes "github.com/onsi/gomega/types"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// multipart uploads the contents as parts of k. Parts carry the checksums that the
// SDK takes by default, of the algorithm that the upload was begun with.
func (s service) multipart(in awss3.CreateMultipartUploadInput, contents ...[]byte) *awss3.CompleteMultipartUploadOutput {
	GinkgoHelper()
	in.Bucket, in.Key = str(bucket), str("k")
	u, err := s.client.CreateMultipartUpload(ctx(), &in)
	Expect(err).NotTo(HaveOccurred())
	done := &awss3.CompleteMultipartUploadInput{Bucket: in.Bucket, Key: in.Key, UploadId: u.UploadId, MultipartUpload: &types.CompletedMultipartUpload{},
		SSECustomerAlgorithm: in.SSECustomerAlgorithm, SSECustomerKey: in.SSECustomerKey, SSECustomerKeyMD5: in.SSECustomerKeyMD5}
	for i, content := range contents {
		n := aws.Int32(int32(i + 1))
		out, err := s.client.UploadPart(ctx(), &awss3.UploadPartInput{Bucket: in.Bucket, Key: in.Key, UploadId: u.UploadId, PartNumber: n,
			Body: bytes.NewReader(content), ChecksumAlgorithm: in.ChecksumAlgorithm,
			SSECustomerAlgorithm: in.SSECustomerAlgorithm, SSECustomerKey: in.SSECustomerKey, SSECustomerKeyMD5: in.SSECustomerKeyMD5})
		Expect(err).NotTo(HaveOccurred())
		done.MultipartUpload.Parts = append(done.MultipartUpload.Parts, types.CompletedPart{PartNumber: n, ETag: out.ETag,
			ChecksumCRC32: out.ChecksumCRC32, ChecksumCRC32C: out.ChecksumCRC32C, ChecksumCRC64NVME: out.ChecksumCRC64NVME,
			ChecksumSHA1: out.ChecksumSHA1, ChecksumSHA256: out.ChecksumSHA256, ChecksumSHA512: out.ChecksumSHA512, ChecksumMD5: out.ChecksumMD5})
	}
	made, err := s.client.CompleteMultipartUpload(ctx(), done)
	Expect(err).NotTo(HaveOccurred())
	return made
}

func hexMD5(content string) string {
	sum := md5.Sum([]byte(content))
	return hex.EncodeToString(sum[:])
}

// Section "ETag": how an object was made, and what its ETag is.
var _ = DescribeTable("the ETag of an object made by", func(write func(s service), etag gtypes.GomegaMatcher, encryption string) {
	s := start()
	write(s)
	r, _ := s.send("GET", "/photos?list-type=2", "")
	Expect(r.StatusCode).To(Equal(200))
	o, err := s.store.Head(bucket, "k")
	Expect(err).NotTo(HaveOccurred())
	Expect(o.ETag).To(etag)
	if encryption == "" {
		head, _ := s.send("HEAD", "/photos/k", "")
		Expect(head.StatusCode).To(Equal(400), "without its key")
		return
	}
	head, _ := s.send("HEAD", "/photos/k", "")
	Expect(head.Header.Get("ETag")).To(Equal(`"` + o.ETag + `"`))
	Expect(head.Header.Get("X-Amz-Server-Side-Encryption")).To(Equal(encryption))
},
	Entry("PUT", putting(), Equal("5d41402abc4b2a76b9719d911017c592"), "AES256"),
	Entry("PUT with SSE-S3", putting("X-Amz-Server-Side-Encryption", "AES256"), Equal("5d41402abc4b2a76b9719d911017c592"), "AES256"),
	Entry("PUT with SSE-KMS", putting("X-Amz-Server-Side-Encryption", "aws:kms"), noMD5(""), "aws:kms"),
	Entry("PUT with DSSE-KMS", putting("X-Amz-Server-Side-Encryption", "aws:kms:dsse"), noMD5(""), "aws:kms:dsse"),
	Entry("PUT with SSE-C", putting(customerHeaders("X-Amz-", "k")...), noMD5(""), ""),
	Entry("a bucket whose default is DSSE-KMS", func(s service) {
		r, text := s.send("PUT", "/photos?encryption", `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>`+
			`<SSEAlgorithm>aws:kms:dsse</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`)
		Expect(r.StatusCode).To(Equal(200), text)
		putting()(s)
	}, noMD5(""), "aws:kms:dsse"),
	Entry("an upload in parts", uploading(awss3.CreateMultipartUploadInput{}), Equal("62109206880d38a4010a98e11243924a-1"), "AES256"),
	Entry("an upload in parts with SSE-KMS", uploading(awss3.CreateMultipartUploadInput{ServerSideEncryption: "aws:kms"}), noMD5("-1"), "aws:kms"),
	Entry("an upload in parts with SSE-C", func(s service) {
		key, sum := customer("k")
		uploading(awss3.CreateMultipartUploadInput{SSECustomerAlgorithm: str("AES256"), SSECustomerKey: &key, SSECustomerKeyMD5: &sum})(s)
	}, noMD5("-1"), ""),
	Entry("a copy of parts", func(s service) {
		uploading(awss3.CreateMultipartUploadInput{})(s)
		r, text := s.send("PUT", "/photos/k", "", "X-Amz-Copy-Source", "/photos/k", "X-Amz-Metadata-Directive", "REPLACE")
		Expect(r.StatusCode).To(Equal(200), text)
	}, Equal("5d41402abc4b2a76b9719d911017c592"), "AES256"),
)

func putting(headers ...string) func(service) {
	return func(s service) {
		r, text := s.send("PUT", "/photos/k", "hello", headers...)
		Expect(r.StatusCode).To(Equal(200), text)
	}
}

func uploading(in awss3.CreateMultipartUploadInput) func(service) {
	return func(s service) { s.multipart(in, []byte("hello")) }
}

func noMD5(suffix string) gtypes.GomegaMatcher {
	return And(MatchRegexp(`^[0-9a-f]{32}`+suffix+`$`), Not(Equal("5d41402abc4b2a76b9719d911017c592")), Not(HavePrefix("62109206880d38a4010a98e11243924a")))
}

// Section "Asking for the part size".
var _ = It("tells the sizes of parts", func() {
	s := start()
	made := s.multipart(awss3.CreateMultipartUploadInput{}, bytes.Repeat([]byte("a"), 8*mib), bytes.Repeat([]byte("b"), 8*mib), bytes.Repeat([]byte("c"), 1024))
	Expect(*made.ETag).To(Equal(`"efde99b38ea993a0c403b425ebad00f6-3"`))
	for part, want := range map[int][]string{1: {"8388608", "bytes 0-8388607/16778240"}, 2: {"8388608", "bytes 8388608-16777215/16778240"},
		3: {"1024", "bytes 16777216-16778239/16778240"}} {
		r, _ := s.send("HEAD", fmt.Sprintf("/photos/k?partNumber=%d", part), "", "If-Match", *made.ETag)
		Expect(r.StatusCode).To(Equal(206))
		Expect([]string{r.Header.Get("Content-Length"), r.Header.Get("Content-Range")}).To(Equal(want))
		Expect(r.Header.Get("X-Amz-Mp-Parts-Count")).To(Equal("3"))
	}
	r, text := s.send("GET", "/photos/k?partNumber=4", "")
	Expect(r.StatusCode).To(Equal(416))
	Expect(text).To(ContainSubstring("<Code>InvalidPartNumber</Code>"))
	r, _ = s.send("HEAD", "/photos/k", "")
	Expect(r.Header).NotTo(HaveKey("X-Amz-Mp-Parts-Count"))
	r, _ = s.send("HEAD", "/photos/k?partNumber=1", "", "If-Match", "other")
	Expect(r.StatusCode).To(Equal(412))
})

// Section "Stored checksums": each algorithm over 123456789, sent by a client or
// computed by S3.
var _ = DescribeTable("the checksum of a single-part object", func(algorithm, value string) {
	s := start()
	header := "X-Amz-Checksum-" + algorithm
	r, text := s.send("PUT", "/photos/wrong", "another", header, value)
	Expect(r.StatusCode).To(Equal(400))
	Expect(text).To(ContainSubstring("<Code>BadDigest</Code>"))
	u, err := s.client.CreateMultipartUpload(ctx(), &awss3.CreateMultipartUploadInput{Bucket: str(bucket), Key: str("k")})
	Expect(err).NotTo(HaveOccurred())
	part := "/photos/k?partNumber=1&uploadId=" + *u.UploadId
	_, text = s.send("PUT", part, "another", header, value)
	Expect(text).To(ContainSubstring("<Code>BadDigest</Code>"))
	r, text = s.send("PUT", part, "123456789", header, value)
	Expect(r.Header.Get(header)).To(Equal(value), text)
	r, text = s.send("PUT", "/photos/k", "123456789", header, value)
	Expect(r.StatusCode).To(Equal(200), text)
	for _, method := range []string{"HEAD", "GET"} {
		r, _ = s.send(method, "/photos/k", "", "X-Amz-Checksum-Mode", "ENABLED")
		Expect(r.Header.Get(header)).To(Equal(value))
		Expect(r.Header.Get("X-Amz-Checksum-Type")).To(Equal("FULL_OBJECT"))
		r, _ = s.send(method, "/photos/k", "")
		Expect(r.Header).NotTo(HaveKey(http.CanonicalHeaderKey(header)))
	}
	for _, target := range []string{"/photos?list-type=2", "/photos", "/photos?versions"} {
		_, text = s.send("GET", target, "")
		Expect(text).To(ContainSubstring("<ChecksumAlgorithm>"+algorithm+"</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>"), target)
		Expect(text).NotTo(ContainSubstring(value))
	}
	_, text = s.send("GET", "/photos/k?attributes", "", "X-Amz-Object-Attributes", "Checksum")
	Expect(text).To(ContainSubstring("<Checksum><Checksum" + algorithm + ">" + value + "</Checksum" + algorithm + "><ChecksumType>FULL_OBJECT</ChecksumType></Checksum>"))
},
	Entry(nil, "CRC32", "y/Q5Jg=="),
	Entry(nil, "CRC32C", "4waSgw=="),
	Entry(nil, "CRC64NVME", "rosUhgp5mIg="),
	Entry(nil, "SHA1", "98O8HYCOBHMq32eZZczDTKeuNEE="),
	Entry(nil, "SHA256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
	Entry(nil, "MD5", "JfnnlDI7RTiF9RgfG2JNCw=="),
	Entry(nil, "SHA512", "2eZ2LdHI6vbWGzxhkvxAjU1tXxF20MKRabwk5xw/J0rSf81YEbMT1oH35V7ALXPUmclUVba1u1A6z1dPuo/+hQ=="),
)

var _ = DescribeTable("an algorithm that is not taken is refused by its name", func(method, target string, headers ...string) {
	s := start()
	r, text := s.send(method, target, "", headers...)
	Expect(r.StatusCode).To(Equal(501), text)
	Expect(text).To(MatchRegexp("<Header>x-amz-checksum-xxhash(64|3|128)</Header>"))
},
	Entry(nil, "PUT", "/photos/k", "X-Amz-Checksum-Xxhash64", "AAAAAAAAAAA="),
	Entry(nil, "PUT", "/photos/k", "X-Amz-Checksum-Xxhash3", "AAAAAAAAAAA="),
	Entry(nil, "PUT", "/photos/k", "X-Amz-Trailer", "x-amz-checksum-xxhash128"),
	Entry(nil, "PUT", "/photos/k", "X-Amz-Sdk-Checksum-Algorithm", "XXHASH3"),
	Entry(nil, "POST", "/photos/k?uploads", "X-Amz-Checksum-Algorithm", "XXHASH64"),
)

var _ = Describe("an object whose writer sent no checksum", func() {
	It("has a CRC64NVME over all of it, also empty, copied or in parts", func() {
		s := start()
		putting()(s)
		s.send("PUT", "/photos/empty", "")
		s.send("PUT", "/photos/copy", "", "X-Amz-Copy-Source", "/photos/k")
		for key, want := range map[string]string{"k": "M3eFcAZSQlc=", "copy": "M3eFcAZSQlc=", "empty": "AAAAAAAAAAA="} {
			r, _ := s.send("HEAD", "/photos/"+key, "", "X-Amz-Checksum-Mode", "ENABLED")
			Expect(r.Header.Get("X-Amz-Checksum-Crc64nvme")).To(Equal(want), key)
			Expect(r.Header.Get("X-Amz-Checksum-Type")).To(Equal("FULL_OBJECT"))
		}
		made := s.multipart(awss3.CreateMultipartUploadInput{}, []byte("123456789"))
		Expect(*made.ChecksumCRC64NVME).To(Equal("rosUhgp5mIg="))
		Expect(made.ChecksumType).To(Equal(types.ChecksumTypeFullObject))
	})

	It("has none in a bucket from before", func() {
		s := start()
		Expect(s.store.CreateBucket("older", store.BucketOptions{NoChecksum: true})).To(Succeed())
		s.send("PUT", "/older/k", "hello")
		r, _ := s.send("HEAD", "/older/k", "", "X-Amz-Checksum-Mode", "ENABLED")
		Expect(r.StatusCode).To(Equal(200))
		Expect(fmt.Sprint(r.Header)).NotTo(ContainSubstring("Checksum"))
		_, text := s.send("GET", "/older?list-type=2", "")
		Expect(text).NotTo(ContainSubstring("Checksum"))
		_, text = s.send("GET", "/older/k?attributes", "", "X-Amz-Object-Attributes", "Checksum,ObjectSize")
		Expect(text).To(HaveSuffix(`/"><ObjectSize>5</ObjectSize></GetObjectAttributesResponse>`))
		_, text = s.send("PUT", "/photos/copy", "", "X-Amz-Copy-Source", "/older/k")
		Expect(text).To(ContainSubstring("<ChecksumCRC64NVME>M3eFcAZSQlc=</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType>"))
	})
})

// The table "Type" of section "Stored checksums".
var _ = DescribeTable("the checksum of a multipart object", func(algorithm, asked, made string) {
	s := start()
	headers := []string{"X-Amz-Checksum-Algorithm", algorithm}
	if asked != "" {
		headers = append(headers, "X-Amz-Checksum-Type", asked)
	}
	r, text := s.send("POST", "/photos/k?uploads", "", headers...)
	if made == "" {
		Expect(r.StatusCode).To(Equal(400))
		Expect(text).To(ContainSubstring("The " + asked + " checksum type cannot be used with the " + strings.ToLower(algorithm) + " checksum algorithm."))
		return
	}
	Expect(r.StatusCode).To(Equal(200), text)
	Expect([]string{r.Header.Get("X-Amz-Checksum-Algorithm"), r.Header.Get("X-Amz-Checksum-Type")}).To(Equal([]string{algorithm, made}))
	out := s.multipart(awss3.CreateMultipartUploadInput{ChecksumAlgorithm: types.ChecksumAlgorithm(algorithm), ChecksumType: types.ChecksumType(asked)}, []byte("123456789"))
	Expect(out.ChecksumType).To(BeEquivalentTo(made))
	suffix := "-1"
	if made == "FULL_OBJECT" {
		suffix = "="
	}
	r, _ = s.send("HEAD", "/photos/k", "", "X-Amz-Checksum-Mode", "ENABLED")
	Expect(r.Header.Get("X-Amz-Checksum-" + algorithm)).To(HaveSuffix(suffix))
	Expect(r.Header.Get("X-Amz-Checksum-Type")).To(Equal(made))
	r, _ = s.send("HEAD", "/photos/k?partNumber=1", "", "X-Amz-Checksum-Mode", "ENABLED")
	Expect(r.Header.Get("X-Amz-Checksum-"+algorithm)).To(And(Not(BeEmpty()), Not(ContainSubstring("-"))), "that of the part")
	Expect(r.Header.Get("X-Amz-Checksum-Type")).To(Equal(made))
	_, text = s.send("GET", "/photos?list-type=2", "")
	Expect(text).To(ContainSubstring("<ChecksumAlgorithm>" + algorithm + "</ChecksumAlgorithm><ChecksumType>" + made + "</ChecksumType>"))
},
	Entry(nil, "CRC64NVME", "", "FULL_OBJECT"), Entry(nil, "CRC64NVME", "FULL_OBJECT", "FULL_OBJECT"), Entry(nil, "CRC64NVME", "COMPOSITE", ""),
	Entry(nil, "CRC32", "", "COMPOSITE"), Entry(nil, "CRC32", "COMPOSITE", "COMPOSITE"), Entry(nil, "CRC32", "FULL_OBJECT", "FULL_OBJECT"),
	Entry(nil, "CRC32C", "", "COMPOSITE"), Entry(nil, "CRC32C", "FULL_OBJECT", "FULL_OBJECT"),
	Entry(nil, "SHA1", "", "COMPOSITE"), Entry(nil, "SHA1", "FULL_OBJECT", ""),
	Entry(nil, "SHA256", "", "COMPOSITE"), Entry(nil, "SHA256", "FULL_OBJECT", ""),
	Entry(nil, "MD5", "FULL_OBJECT", ""), Entry(nil, "SHA512", "FULL_OBJECT", ""),
)

var _ = DescribeTable("completing an upload with a checksum", func(begun, given []string, wanted string) {
	s := start()
	r, text := s.send("POST", "/photos/k?uploads", "", begun...)
	Expect(r.StatusCode).To(Equal(200), text)
	_, rest, _ := strings.Cut(text, "<UploadId>")
	id, _, _ := strings.Cut(rest, "</UploadId>")
	part := []string{"X-Amz-Checksum-Crc32", "y/Q5Jg=="}
	if len(begun) == 0 || begun[1] == "CRC64NVME" {
		part = nil
	}
	r, text = s.send("PUT", "/photos/k?partNumber=1&uploadId="+id, "123456789", part...)
	Expect(r.StatusCode).To(Equal(200), text)
	_, text = s.send("POST", "/photos/k?uploadId="+id, "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"+hexMD5("123456789")+
		"</ETag><ChecksumCRC32>y/Q5Jg==</ChecksumCRC32></Part></CompleteMultipartUpload>", given...)
	Expect(text).To(ContainSubstring(wanted))
},
	Entry("of the whole", []string{"X-Amz-Checksum-Algorithm", "CRC32", "X-Amz-Checksum-Type", "FULL_OBJECT"}, []string{"X-Amz-Checksum-Crc32", "y/Q5Jg=="}, "<ChecksumType>FULL_OBJECT<"),
	Entry("of the whole, wrong", []string{"X-Amz-Checksum-Algorithm", "CRC32", "X-Amz-Checksum-Type", "FULL_OBJECT"}, []string{"X-Amz-Checksum-Crc32", "AAAAAA=="}, "<Code>BadDigest<"),
	Entry("of the whole, and no checksum", []string{"X-Amz-Checksum-Algorithm", "CRC32", "X-Amz-Checksum-Type", "FULL_OBJECT"}, []string{"X-Amz-Checksum-Crc32", "AAAA"}, "<Code>InvalidRequest<"),
	Entry("of another kind", []string{"X-Amz-Checksum-Algorithm", "CRC32", "X-Amz-Checksum-Type", "FULL_OBJECT"}, []string{"X-Amz-Checksum-Type", "COMPOSITE"}, "<Code>BadDigest<"),
	Entry("of the same kind", []string{"X-Amz-Checksum-Algorithm", "CRC32"}, []string{"X-Amz-Checksum-Type", "COMPOSITE"}, "<ChecksumType>COMPOSITE<"),
	Entry("of another algorithm", []string{"X-Amz-Checksum-Algorithm", "CRC32"}, []string{"X-Amz-Checksum-Sha1", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}, "<Code>InvalidRequest<"),
	Entry("of parts, without their count", []string{"X-Amz-Checksum-Algorithm", "CRC32"}, []string{"X-Amz-Checksum-Crc32", "7kxlUA=="}, "<ChecksumCRC32>7kxlUA==-1<"),
	Entry("of the whole, of parts that had none", []string{"X-Amz-Checksum-Algorithm", "CRC64NVME"}, []string{"X-Amz-Checksum-Crc64nvme", "rosUhgp5mIg="}, "<ChecksumCRC64NVME>rosUhgp5mIg=<"),
	Entry("S3's own", nil, []string{"X-Amz-Checksum-Crc64nvme", "rosUhgp5mIg="}, "<ChecksumCRC64NVME>rosUhgp5mIg=<"),
	Entry("S3's own, wrong", nil, []string{"X-Amz-Checksum-Crc64nvme", "AAAAAAAAAAA="}, "<Code>BadDigest<"),
	Entry("and the size", nil, []string{"X-Amz-Mp-Object-Size", "9"}, "<ETag>"),
	Entry("and another size", nil, []string{"X-Amz-Mp-Object-Size", "10"}, "<Code>InvalidRequest<"),
)

var _ = It("refuses a part without a checksum where there will be one to combine", func() {
	s := start()
	u, err := s.client.CreateMultipartUpload(ctx(), &awss3.CreateMultipartUploadInput{Bucket: str(bucket), Key: str("k"), ChecksumAlgorithm: types.ChecksumAlgorithmSha256})
	Expect(err).NotTo(HaveOccurred())
	r, text := s.send("PUT", "/photos/k?partNumber=1&uploadId="+*u.UploadId, "x")
	Expect(r.StatusCode).To(Equal(400))
	Expect(text).To(ContainSubstring("Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: null"))
})
