package s3_test

import (
	"bytes"
	"slices"
	"strings"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// Section "GetObjectAttributes".
var _ = Describe("the attributes of an object", func() {
	var s service
	BeforeEach(func() { s = start() })
	const all = "ETag,Checksum,ObjectParts,StorageClass,ObjectSize"
	answer := func(elements string) string {
		return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<GetObjectAttributesResponse xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
			elements + `</GetObjectAttributesResponse>`
	}

	It("are those that were asked for", func() {
		putting()(s)
		for asked, want := range map[string]string{
			"ETag":                     "<ETag>5d41402abc4b2a76b9719d911017c592</ETag>",
			"ObjectSize, StorageClass": "<StorageClass>STANDARD</StorageClass><ObjectSize>5</ObjectSize>",
			"ObjectParts":              "",
			"Checksum":                 "<Checksum><ChecksumCRC64NVME>M3eFcAZSQlc=</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType></Checksum>",
		} {
			r, text := s.send("GET", "/photos/k?attributes", "", "X-Amz-Object-Attributes", asked)
			Expect(r.StatusCode).To(Equal(200), text)
			Expect(r.Header.Get("Last-Modified")).To(Equal("Mon, 03 Feb 2031 04:05:06 GMT"))
			Expect(r.Header).NotTo(HaveKey("X-Amz-Version-Id"))
			Expect(text).To(Equal(answer(want)), asked)
		}
	})

	parts := [][]byte{bytes.Repeat([]byte("a"), 5*mib), bytes.Repeat([]byte("b"), 5*mib), []byte("c")}
	It("tell each part where parts have checksums, by pages", func() {
		s.multipart(awss3.CreateMultipartUploadInput{ChecksumAlgorithm: types.ChecksumAlgorithmSha256}, parts...)
		head, _ := s.send("HEAD", "/photos/k", "", "X-Amz-Checksum-Mode", "ENABLED")
		sum, count, _ := strings.Cut(head.Header.Get("X-Amz-Checksum-Sha256"), "-")
		Expect(count).To(Equal("3"))
		_, text := s.send("GET", "/photos/k?attributes", "", "X-Amz-Object-Attributes", "Checksum,ObjectParts", "X-Amz-Max-Parts", "2")
		Expect(text).To(ContainSubstring("<Checksum><ChecksumSHA256>" + sum + "</ChecksumSHA256><ChecksumType>COMPOSITE</ChecksumType></Checksum>"))
		Expect(text).To(MatchRegexp("<ObjectParts><PartsCount>3</PartsCount><PartNumberMarker>0</PartNumberMarker><NextPartNumberMarker>2</NextPartNumberMarker>" +
			"<MaxParts>2</MaxParts><IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber><Size>5242880</Size><ChecksumSHA256>[^<]{44}</ChecksumSHA256></Part>" +
			"<Part><PartNumber>2</PartNumber><Size>5242880</Size><ChecksumSHA256>[^<]{44}</ChecksumSHA256></Part></ObjectParts>"))
		_, text = s.send("GET", "/photos/k?attributes", "", "X-Amz-Object-Attributes", "ObjectParts", "X-Amz-Part-Number-Marker", "2")
		Expect(text).To(ContainSubstring("<NextPartNumberMarker>3</NextPartNumberMarker><MaxParts>1000</MaxParts><IsTruncated>false</IsTruncated><Part><PartNumber>3</PartNumber><Size>1</Size>"))
		_, text = s.send("GET", "/photos/k?attributes", "", "X-Amz-Object-Attributes", "ObjectParts", "X-Amz-Part-Number-Marker", "7")
		Expect(text).To(And(ContainSubstring("<IsTruncated>false</IsTruncated></ObjectParts>"), Not(ContainSubstring("<Part>"))))
	})

	It("tell only the count where parts have none", func() {
		s.multipart(awss3.CreateMultipartUploadInput{}, parts...)
		_, text := s.send("GET", "/photos/k?attributes", "", "X-Amz-Object-Attributes", "ObjectParts")
		Expect(text).To(Equal(answer("<ObjectParts><PartsCount>3</PartsCount></ObjectParts>")))
	})

	DescribeTable("are refused", func(target, asked string, status int, code string, headers []string) {
		putting(customerHeaders("X-Amz-", "k")...)(s)
		r, text := s.send("GET", target, "", append(slices.Clone(headers), "X-Amz-Object-Attributes", asked)...)
		Expect(r.StatusCode).To(Equal(status), text)
		Expect(text).To(ContainSubstring("<Code>" + code + "</Code>"))
	},
		Entry("none", "/photos/k?attributes", "", 400, "InvalidArgument", nil),
		Entry("another", "/photos/k?attributes", "ETag,Owner!", 400, "InvalidArgument", nil),
		Entry("no object", "/photos/none?attributes", all, 404, "NoSuchKey", nil),
		Entry("no bucket", "/none/none?attributes", all, 404, "NoSuchBucket", nil),
		Entry("no such version", "/photos/k?attributes&versionId=00000001aaaaaaaaaaaaaaaaaaaaaaaa", all, 404, "NoSuchVersion", nil),
		Entry("without the customer's key", "/photos/k?attributes", all, 400, "InvalidRequest", nil),
		Entry("with another", "/photos/k?attributes", all, 403, "AccessDenied", customerHeaders("X-Amz-", "o")),
		Entry("under a condition", "/photos/k?attributes", all, 412, "PreconditionFailed", append(customerHeaders("X-Amz-", "k"), "If-Match", "x")),
	)

	It("are those of a version, archived or not, and a delete marker has none", func() {
		Expect(s.store.SetVersioning(bucket, store.VersioningEnabled)).To(Succeed())
		putting("X-Amz-Storage-Class", "DEEP_ARCHIVE")(s)
		old, err := s.store.Head(bucket, "k")
		Expect(err).NotTo(HaveOccurred())
		s.send("DELETE", "/photos/k", "")
		r, text := s.send("GET", "/photos/k?attributes&versionId="+old.VersionID, "", "X-Amz-Object-Attributes", "StorageClass")
		Expect(text).To(Equal(answer("<StorageClass>DEEP_ARCHIVE</StorageClass>")))
		Expect(r.Header.Get("X-Amz-Version-Id")).To(Equal(old.VersionID))
		r, text = s.send("GET", "/photos/k?attributes", "", "X-Amz-Object-Attributes", all)
		Expect(r.StatusCode).To(Equal(404), text)
		Expect(r.Header.Get("X-Amz-Delete-Marker")).To(Equal("true"))
	})
})
