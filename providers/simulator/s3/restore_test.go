package s3_test

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

func crc32Of(text string) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(text))))
}

// Section "Archived objects": each class, and what reading does.
var _ = DescribeTable("an object of the class", func(class string, status int) {
	s := start()
	putting("X-Amz-Storage-Class", class)(s)
	r, text := s.send("GET", "/photos/k", "")
	Expect(r.StatusCode).To(Equal(status), text)
	head, _ := s.send("HEAD", "/photos/k?partNumber=1", "", "X-Amz-Checksum-Mode", "ENABLED")
	Expect(head.StatusCode).To(Equal(206))
	Expect(head.Header.Get("X-Amz-Checksum-Crc64nvme")).To(Equal("M3eFcAZSQlc="))
	Expect(head.Header).NotTo(HaveKey("X-Amz-Restore"))
	if class == "STANDARD" {
		class = ""
	}
	Expect(head.Header.Get("X-Amz-Storage-Class")).To(Equal(class))
	restore, text2 := s.send("POST", "/photos/k?restore", "<RestoreRequest><Days>1</Days></RestoreRequest>")
	if status == 403 {
		Expect(text).To(ContainSubstring("<Code>InvalidObjectState</Code><Message>The operation is not valid for the object&#39;s storage class</Message><StorageClass>" + class + "</StorageClass>"))
		Expect(restore.StatusCode).To(Equal(202), text2)
		r, text = s.send("PUT", "/photos/copy", "", "X-Amz-Copy-Source", "/photos/k")
		Expect(r.StatusCode).To(Equal(403))
		Expect(text).To(ContainSubstring("ObjectNotInActiveTierError"))
		return
	}
	Expect(restore.StatusCode).To(Equal(403))
	Expect(text2).To(ContainSubstring("Restore is not allowed for the object&#39;s current storage class"))
},
	Entry(nil, "STANDARD", 200), Entry(nil, "STANDARD_IA", 200), Entry(nil, "ONEZONE_IA", 200), Entry(nil, "REDUCED_REDUNDANCY", 200),
	Entry(nil, "INTELLIGENT_TIERING", 200), Entry(nil, "GLACIER_IR", 200), Entry(nil, "GLACIER", 403), Entry(nil, "DEEP_ARCHIVE", 403),
)

var _ = Describe("a restore", func() {
	const request = "<RestoreRequest><Days>2</Days><GlacierJobParameters><Tier>Expedited</Tier></GlacierJobParameters></RestoreRequest>"
	const wanted = "X-Amz-Optional-Object-Attributes"

	It("is under way, there, and gone, as the clock says", func() {
		s, offset := startMoving()
		putting("X-Amz-Storage-Class", "GLACIER")(s)
		r, text := s.send("POST", "/photos/k?restore", request)
		Expect(r.StatusCode).To(Equal(202), text)
		r, text = s.send("POST", "/photos/k?restore", request)
		Expect(r.StatusCode).To(Equal(409))
		Expect(text).To(ContainSubstring("<Code>RestoreAlreadyInProgress</Code>"))
		shown := func(header, element string, status int) {
			GinkgoHelper()
			r, _ := s.send("HEAD", "/photos/k", "")
			Expect(r.StatusCode).To(Equal(200))
			Expect(r.Header.Get("X-Amz-Restore")).To(Equal(header))
			r, _ = s.send("GET", "/photos/k", "")
			Expect(r.StatusCode).To(Equal(status))
			for _, target := range []string{"/photos?list-type=2", "/photos?versions"} {
				_, text := s.send("GET", target, "", wanted, "RestoreStatus")
				Expect(text).To(ContainSubstring("<StorageClass>GLACIER</StorageClass>" + element + "</"))
				_, text = s.send("GET", target, "")
				Expect(text).NotTo(ContainSubstring("RestoreStatus"))
			}
		}
		shown(`ongoing-request="true"`, "<RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress></RestoreStatus>", 403)
		offset.Store(int64(5 * time.Minute))
		shown(`ongoing-request="false", expiry-date="Thu, 06 Feb 2031 00:00:00 GMT"`,
			"<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>2031-02-06T00:00:00.000Z</RestoreExpiryDate></RestoreStatus>", 200)
		r, text = s.send("POST", "/photos/k?restore", request)
		Expect(r.StatusCode).To(Equal(200), text)
		offset.Store(int64(3 * 24 * time.Hour))
		shown("", "", 403)
	})

	It("moves an object of Intelligent-Tiering back", func() {
		s, offset := startMoving()
		putting("X-Amz-Storage-Class", "INTELLIGENT_TIERING")(s)
		Expect(s.store.SetArchiveStatus(store.Place{Bucket: bucket, Key: "k"}, store.DeepArchiveAccess)).To(Succeed())
		r, text := s.send("GET", "/photos/k", "")
		Expect(r.StatusCode).To(Equal(403))
		Expect(text).To(ContainSubstring("<StorageClass>INTELLIGENT_TIERING</StorageClass><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier>"))
		r, _ = s.send("HEAD", "/photos/k", "")
		Expect(r.Header.Get("X-Amz-Archive-Status")).To(Equal("DEEP_ARCHIVE_ACCESS"))
		r, text = s.send("POST", "/photos/k?restore", "<RestoreRequest/>")
		Expect(r.StatusCode).To(Equal(202), text)
		offset.Store(int64(12 * time.Hour))
		r, text = s.send("GET", "/photos/k", "")
		Expect(text).To(Equal("hello"))
		Expect(r.Header).NotTo(Or(HaveKey("X-Amz-Archive-Status"), HaveKey("X-Amz-Restore")))
	})

	DescribeTable("is refused", func(target, body string, status int, code string) {
		s := start()
		putting("X-Amz-Storage-Class", "DEEP_ARCHIVE")(s)
		r, text := s.send("POST", target, body)
		Expect(r.StatusCode).To(Equal(status), text)
		Expect(text).To(ContainSubstring("<Code>" + code + "</Code>"))
	},
		Entry("in a tier that the class has not", "/photos/k?restore", request, 400, "InvalidRequest"),
		Entry("for no days", "/photos/k?restore", "<RestoreRequest/>", 400, "InvalidRequest"),
		Entry("for days before", "/photos/k?restore", "<RestoreRequest><Days>-1</Days></RestoreRequest>", 400, "MalformedXML"),
		Entry("as a query", "/photos/k?restore", "<RestoreRequest><Type>SELECT</Type></RestoreRequest>", 501, "NotImplemented"),
		Entry("as no XML", "/photos/k?restore", "x", 400, "MalformedXML"),
		Entry("of nothing", "/photos/none?restore", request, 404, "NoSuchKey"),
		Entry("of no version", "/photos/k?restore&versionId=x", request, 400, "InvalidArgument"),
	)
})
