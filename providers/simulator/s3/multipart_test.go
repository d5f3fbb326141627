package s3_test

import (
	"bytes"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("a multipart upload", func() {
	var s service
	BeforeEach(func() { s = start() })

	create := func(in awss3.CreateMultipartUploadInput) *string {
		GinkgoHelper()
		in.Bucket, in.Key, in.ChecksumAlgorithm = str(bucket), str("k"), types.ChecksumAlgorithmCrc32
		u, err := s.client.CreateMultipartUpload(ctx(), &in)
		Expect(err).NotTo(HaveOccurred())
		return u.UploadId
	}
	upload := func(id *string, number int32, content []byte) types.CompletedPart {
		GinkgoHelper()
		out, err := s.client.UploadPart(ctx(), &awss3.UploadPartInput{Bucket: str(bucket), Key: str("k"), UploadId: id,
			PartNumber: &number, Body: bytes.NewReader(content)})
		Expect(err).NotTo(HaveOccurred())
		return types.CompletedPart{PartNumber: &number, ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32}
	}
	complete := func(id *string, parts ...types.CompletedPart) (*awss3.CompleteMultipartUploadOutput, error) {
		return s.client.CompleteMultipartUpload(ctx(), &awss3.CompleteMultipartUploadInput{Bucket: str(bucket), Key: str("k"), UploadId: id,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}})
	}
	contents := [][]byte{bytes.Repeat([]byte("a"), 8*mib), bytes.Repeat([]byte("b"), 8*mib), bytes.Repeat([]byte("c"), 1024)}

	It("has the ETag and the parts of one", func() {
		id := create(awss3.CreateMultipartUploadInput{Metadata: map[string]string{"color": "red"}})
		var parts []types.CompletedPart
		for i, content := range contents {
			parts = append(parts, upload(id, int32(i+1), content))
		}
		listed, err := s.client.ListParts(ctx(), &awss3.ListPartsInput{Bucket: str(bucket), Key: str("k"), UploadId: id,
			MaxParts: aws.Int32(1), PartNumberMarker: str("1")})
		Expect(err).NotTo(HaveOccurred())
		Expect(listed.Parts).To(HaveExactElements(HaveField("PartNumber", HaveValue(BeEquivalentTo(2)))))
		Expect(*listed.IsTruncated).To(BeTrue())
		made, err := complete(id, parts...)
		Expect(err).NotTo(HaveOccurred())
		Expect(*made.ETag).To(Equal(`"efde99b38ea993a0c403b425ebad00f6-3"`))
		Expect(made.ChecksumType).To(Equal(types.ChecksumTypeComposite))
		Expect(*made.ChecksumCRC32).To(HaveSuffix("-3"))
		for i, content := range contents {
			head, err := s.client.HeadObject(ctx(), &awss3.HeadObjectInput{Bucket: str(bucket), Key: str("k"), PartNumber: aws.Int32(int32(i + 1)),
				IfMatch: made.ETag, ChecksumMode: types.ChecksumModeEnabled})
			Expect(err).NotTo(HaveOccurred())
			Expect(*head.PartsCount).To(BeEquivalentTo(3))
			Expect(*head.ContentLength).To(BeEquivalentTo(len(content)))
			Expect(*head.ChecksumCRC32).To(Equal(*parts[i].ChecksumCRC32))
			Expect(head.Metadata).To(HaveKeyWithValue("color", "red"))
		}
		whole, out := s.get("k")
		expectSame(whole, string(bytes.Join(contents, nil)))
		Expect(out.PartsCount).To(BeNil())
		_, err = s.client.HeadObject(ctx(), &awss3.HeadObjectInput{Bucket: str(bucket), Key: str("k"), PartNumber: aws.Int32(4)})
		Expect(err).To(MatchError(ContainSubstring("StatusCode: 416")))
	})

	It("copies parts out of another object", func() {
		s.put("source", strings.Repeat("x", 6*mib))
		id := create(awss3.CreateMultipartUploadInput{})
		var parts []types.CompletedPart
		for i, span := range []string{"bytes=0-5242879", "bytes=5242880-6291455"} {
			out, err := s.client.UploadPartCopy(ctx(), &awss3.UploadPartCopyInput{Bucket: str(bucket), Key: str("k"), UploadId: id,
				PartNumber: aws.Int32(int32(i + 1)), CopySource: str(bucket + "/source"), CopySourceRange: &span})
			Expect(err).NotTo(HaveOccurred())
			parts = append(parts, types.CompletedPart{PartNumber: aws.Int32(int32(i + 1)), ETag: out.CopyPartResult.ETag,
				ChecksumCRC32: out.CopyPartResult.ChecksumCRC32})
		}
		_, err := s.client.UploadPartCopy(ctx(), &awss3.UploadPartCopyInput{Bucket: str(bucket), Key: str("k"), UploadId: id,
			PartNumber: aws.Int32(3), CopySource: str(bucket + "/source"), CopySourceRange: str("bytes=0-6291456")})
		Expect(code(err)).To(Equal("InvalidArgument"))
		_, err = complete(id, parts...)
		Expect(err).NotTo(HaveOccurred())
		whole, _ := s.get("k")
		expectSame(whole, strings.Repeat("x", 6*mib))
	})

	It("keeps a checksum over the whole object when asked to", func() {
		id := create(awss3.CreateMultipartUploadInput{ChecksumType: types.ChecksumTypeFullObject})
		part := upload(id, 1, []byte("123456789"))
		in := &awss3.CompleteMultipartUploadInput{Bucket: str(bucket), Key: str("k"), UploadId: id, ChecksumCRC32: str("AAAAAA=="),
			MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{part}}}
		_, err := s.client.CompleteMultipartUpload(ctx(), in)
		Expect(code(err)).To(Equal("BadDigest"))
		in.ChecksumCRC32, in.MpuObjectSize = str("y/Q5Jg=="), aws.Int64(10)
		_, err = s.client.CompleteMultipartUpload(ctx(), in)
		Expect(code(err)).To(Equal("InvalidRequest"))
		in.MpuObjectSize = aws.Int64(9)
		out, err := s.client.CompleteMultipartUpload(ctx(), in)
		Expect(err).NotTo(HaveOccurred())
		Expect(out.ChecksumType).To(Equal(types.ChecksumTypeFullObject))
	})

	It("refuses wrong parts", func() {
		id := create(awss3.CreateMultipartUploadInput{})
		small, end := upload(id, 1, []byte("small")), upload(id, 2, []byte("end"))
		_, err := complete(id, small, end)
		Expect(code(err)).To(Equal("EntityTooSmall"))
		_, err = complete(id, end, small)
		Expect(code(err)).To(Equal("InvalidPartOrder"))
		_, err = complete(id, types.CompletedPart{PartNumber: aws.Int32(1), ETag: str("x"), ChecksumCRC32: small.ChecksumCRC32})
		Expect(code(err)).To(Equal("InvalidPart"))
		_, err = complete(id, types.CompletedPart{PartNumber: aws.Int32(1), ETag: small.ETag})
		Expect(code(err)).To(Equal("InvalidRequest"))
		_, err = complete(id)
		Expect(code(err)).To(Equal("MalformedXML"))
		_, err = complete(str("none"), small)
		Expect(code(err)).To(Equal("NoSuchUpload"))
		_, err = s.client.UploadPart(ctx(), &awss3.UploadPartInput{Bucket: str(bucket), Key: str("k"), UploadId: id, PartNumber: aws.Int32(10001)})
		Expect(code(err)).To(Equal("InvalidArgument"))
		_, err = s.client.UploadPart(ctx(), &awss3.UploadPartInput{Bucket: str(bucket), Key: str("k"), UploadId: id, PartNumber: aws.Int32(1),
			ChecksumAlgorithm: types.ChecksumAlgorithmSha256})
		Expect(code(err)).To(Equal("InvalidRequest"))
	})

	It("takes parts with checksums when it was begun with none, as the SDK does by default", func() {
		u, err := s.client.CreateMultipartUpload(ctx(), &awss3.CreateMultipartUploadInput{Bucket: str(bucket), Key: str("k")})
		Expect(err).NotTo(HaveOccurred())
		out, err := complete(u.UploadId, upload(u.UploadId, 1, []byte("hello")))
		Expect(err).NotTo(HaveOccurred())
		Expect(*out.ETag).To(Equal(`"62109206880d38a4010a98e11243924a-1"`))
	})

	It("is listed until it is aborted", func() {
		id := create(awss3.CreateMultipartUploadInput{})
		second := create(awss3.CreateMultipartUploadInput{})
		page, err := s.client.ListMultipartUploads(ctx(), &awss3.ListMultipartUploadsInput{Bucket: str(bucket), MaxUploads: aws.Int32(1)})
		Expect(err).NotTo(HaveOccurred())
		Expect(page.Uploads).To(HaveExactElements(HaveField("UploadId", Equal(id))))
		page, err = s.client.ListMultipartUploads(ctx(), &awss3.ListMultipartUploadsInput{Bucket: str(bucket),
			KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker})
		Expect(err).NotTo(HaveOccurred())
		Expect(page.Uploads).To(HaveExactElements(HaveField("UploadId", Equal(second))))
		for _, u := range []*string{id, second} {
			_, err = s.client.AbortMultipartUpload(ctx(), &awss3.AbortMultipartUploadInput{Bucket: str(bucket), Key: str("k"), UploadId: u})
			Expect(err).NotTo(HaveOccurred())
		}
		page, err = s.client.ListMultipartUploads(ctx(), &awss3.ListMultipartUploadsInput{Bucket: str(bucket)})
		Expect(err).NotTo(HaveOccurred())
		Expect(page.Uploads).To(BeEmpty())
	})
})
