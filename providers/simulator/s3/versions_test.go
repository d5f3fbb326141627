package s3_test

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

type versionsPage struct {
	NextKeyMarker       string
	NextVersionIDMarker string `xml:"NextVersionIdMarker"`
	IsTruncated         bool
	Version             []struct {
		VersionID                                                              string `xml:"VersionId"`
		Key, LastModified, ETag, ChecksumAlgorithm, ChecksumType, StorageClass string
		IsLatest                                                               bool
		Size                                                                   int64
	}
	DeleteMarker []struct {
		Key       string
		VersionID string `xml:"VersionId"`
		IsLatest  bool
	}
	CommonPrefixes []struct{ Prefix string }
}

func (s service) versionsPage(query string) versionsPage {
	GinkgoHelper()
	r, text := s.send("GET", "/photos?versions"+query, "")
	Expect(r.StatusCode).To(Equal(200), text)
	var page versionsPage
	Expect(xml.Unmarshal([]byte(text), &page)).To(Succeed())
	return page
}

func (s service) setVersioning(status string) {
	GinkgoHelper()
	r, text := s.send("PUT", "/photos?versioning", "<VersioningConfiguration><Status>"+status+"</Status></VersioningConfiguration>")
	Expect(r.StatusCode).To(Equal(200), text)
}

// version writes an object and returns the id that the answer has.
func (s service) version(key, content string) string {
	GinkgoHelper()
	r, text := s.send("PUT", "/photos/"+key, content)
	Expect(r.StatusCode).To(Equal(200), text)
	return r.Header.Get("X-Amz-Version-Id")
}

// Section "Versions and change after export".
var _ = Describe("versions", func() {
	var s service
	BeforeEach(func() { s = start() })

	It("are configured, and a bucket without shows nothing of them", func() {
		_, text := s.send("GET", "/photos?versioning", "")
		Expect(text).To(HaveSuffix(`<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></VersioningConfiguration>`))
		Expect(s.version("k", "x")).To(BeEmpty())
		r, _ := s.send("GET", "/photos/k?versionId=null", "")
		Expect(r.StatusCode).To(Equal(200))
		Expect(r.Header).NotTo(HaveKey("X-Amz-Version-Id"))
		for _, status := range []string{"Enabled", "Suspended"} {
			s.setVersioning(status)
			_, text = s.send("GET", "/photos?versioning", "")
			Expect(text).To(ContainSubstring("<Status>" + status + "</Status>"))
		}
		for body, code := range map[string]string{"<VersioningConfiguration/>": "IllegalVersioningConfigurationException", "x": "MalformedXML",
			"<VersioningConfiguration><Status>On</Status></VersioningConfiguration>": "MalformedXML"} {
			r, text = s.send("PUT", "/photos?versioning", body)
			Expect(r.StatusCode).To(Equal(400))
			Expect(text).To(ContainSubstring(code))
		}
		r, _ = s.send("PUT", "/nothing?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
		Expect(r.StatusCode).To(Equal(404))
	})

	It("are read, hidden by a marker, shown again and removed by their ids", func() {
		s.version("k", "before")
		s.setVersioning("Enabled")
		one, two := s.version("k", "one"), s.version("k", "two")
		r, _ := s.send("DELETE", "/photos/k", "")
		marker := r.Header.Get("X-Amz-Version-Id")
		Expect(r.StatusCode).To(Equal(204))
		Expect(r.Header.Get("X-Amz-Delete-Marker")).To(Equal("true"))
		for id, want := range map[string]string{"null": "before", one: "one", two: "two"} {
			r, text := s.send("GET", "/photos/k?versionId="+id, "")
			Expect(text).To(Equal(want))
			Expect(r.Header.Get("X-Amz-Version-Id")).To(Equal(id))
		}
		for method, withBody := range map[string]bool{"GET": true, "HEAD": false} {
			r, text := s.send(method, "/photos/k", "")
			Expect(r.StatusCode).To(Equal(404))
			Expect([]string{r.Header.Get("X-Amz-Delete-Marker"), r.Header.Get("X-Amz-Version-Id")}).To(Equal([]string{"true", marker}))
			Expect(strings.Contains(text, "NoSuchKey")).To(Equal(withBody))
			r, text = s.send(method, "/photos/k?versionId="+marker, "")
			Expect(r.StatusCode).To(Equal(405))
			Expect([]string{r.Header.Get("X-Amz-Delete-Marker"), r.Header.Get("Allow"), r.Header.Get("Last-Modified")}).
				To(Equal([]string{"true", "DELETE", "Mon, 03 Feb 2031 04:05:06 GMT"}))
			Expect(strings.Contains(text, "MethodNotAllowed")).To(Equal(withBody))
		}
		_, text := s.send("GET", "/photos?list-type=2", "")
		Expect(text).To(ContainSubstring("<KeyCount>0</KeyCount>"))
		r, _ = s.send("DELETE", "/photos/k?versionId="+marker, "")
		Expect([]string{r.Header.Get("X-Amz-Delete-Marker"), r.Header.Get("X-Amz-Version-Id")}).To(Equal([]string{"true", marker}))
		r, _ = s.send("DELETE", "/photos/k?versionId="+two, "")
		Expect(r.Header).NotTo(HaveKey("X-Amz-Delete-Marker"))
		r, text = s.send("GET", "/photos/k", "")
		Expect([]string{text, r.Header.Get("X-Amz-Version-Id")}).To(Equal([]string{"one", one}))
		r, text = s.send("GET", "/photos/k?versionId="+two, "")
		Expect(r.StatusCode).To(Equal(404))
		Expect(text).To(ContainSubstring("<Code>NoSuchVersion</Code>"))
	})

	It("are one when they are suspended", func() {
		s.setVersioning("Enabled")
		one := s.version("k", "one")
		s.setVersioning("Suspended")
		Expect([]string{s.version("k", "two"), s.version("k", "three")}).To(Equal([]string{"null", "null"}))
		page := s.versionsPage("")
		Expect(page.Version).To(HaveExactElements(HaveField("VersionID", "null"), HaveField("VersionID", one)))
		r, _ := s.send("DELETE", "/photos/k", "")
		Expect(r.Header.Get("X-Amz-Version-Id")).To(Equal("null"))
		page = s.versionsPage("")
		Expect(page.Version).To(HaveExactElements(And(HaveField("VersionID", one), HaveField("IsLatest", false))))
		Expect(page.DeleteMarker).To(HaveExactElements(And(HaveField("VersionID", "null"), HaveField("IsLatest", true))))
	})

	It("are copied from, by DeleteObjects removed, and multipart objects have ids too", func() {
		s.setVersioning("Enabled")
		one := s.version("k", "one")
		s.version("k", "two")
		r, text := s.send("PUT", "/photos/copy", "", "X-Amz-Copy-Source", "/photos/k?versionId="+one)
		Expect(r.StatusCode).To(Equal(200), text)
		Expect(r.Header.Get("X-Amz-Copy-Source-Version-Id")).To(Equal(one))
		Expect(r.Header.Get("X-Amz-Version-Id")).To(HaveLen(32))
		_, text = s.send("GET", "/photos/copy", "")
		Expect(text).To(Equal("one"))
		// One is brought back by a copy onto itself, as the User Guide has it.
		r, text = s.send("PUT", "/photos/k", "", "X-Amz-Copy-Source", "/photos/k?versionId="+one)
		Expect(r.StatusCode).To(Equal(200), text)
		body := fmt.Sprintf("<Delete><Object><Key>k</Key><VersionId>%s</VersionId></Object><Object><Key>copy</Key></Object></Delete>", one)
		_, text = s.send("POST", "/photos?delete", body, "X-Amz-Checksum-Crc32", crc32Of(body))
		Expect(text).To(And(ContainSubstring("<Deleted><Key>k</Key><VersionId>"+one+"</VersionId></Deleted>"),
			MatchRegexp("<Deleted><Key>copy</Key><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>[0-9a-f]{32}</DeleteMarkerVersionId></Deleted>")))
		r, text = s.send("PUT", "/photos/new", "", "X-Amz-Copy-Source", "/photos/k?versionId="+one)
		Expect(r.StatusCode).To(Equal(404))
		Expect(text).To(ContainSubstring("NoSuchVersion"))
	})

	It("are listed with what they are, by pages, prefixes and encoded keys", func() {
		s.setVersioning("Enabled")
		for _, key := range []string{"a", "b/1", "b/2", "c%2Bd", "line%0A"} {
			s.version(key, "x")
			s.version(key, "yz")
		}
		s.send("DELETE", "/photos/b/1", "")
		first := s.versionsPage("").Version[0]
		Expect([]string{first.Key, first.ETag, first.ChecksumAlgorithm, first.ChecksumType, first.StorageClass, fmt.Sprint(first.Size, first.IsLatest)}).
			To(Equal([]string{"a", `"` + hexMD5("yz") + `"`, "CRC64NVME", "FULL_OBJECT", "STANDARD", "2 true"}))
		var seen []string
		query := ""
		for range 20 {
			page := s.versionsPage("&encoding-type=url&max-keys=1" + query)
			for _, v := range page.Version {
				seen = append(seen, fmt.Sprint(v.Key, v.IsLatest))
			}
			for _, m := range page.DeleteMarker {
				seen = append(seen, fmt.Sprint("-", m.Key, m.IsLatest))
			}
			if !page.IsTruncated {
				break
			}
			key, err := url.QueryUnescape(page.NextKeyMarker)
			Expect(err).NotTo(HaveOccurred())
			query = "&key-marker=" + url.QueryEscape(key) + "&version-id-marker=" + page.NextVersionIDMarker
		}
		Expect(seen).To(Equal([]string{"atrue", "afalse", "-b/1true", "b/1false", "b/1false", "b/2true", "b/2false", "c%2Bdtrue", "c%2Bdfalse", "line%0Atrue", "line%0Afalse"}))
		page := s.versionsPage("&delimiter=/&key-marker=a")
		Expect(page.CommonPrefixes).To(HaveExactElements(HaveField("Prefix", "b/")))
		Expect(page.Version).To(HaveLen(4))
		Expect(s.versionsPage("&prefix=b/2").Version).To(HaveLen(2))
		Expect(s.versionsPage("&max-keys=0").IsTruncated).To(BeFalse())
	})

	It("of a multipart object have the time at which it was begun, and the newest is the one finished last", func() {
		s, offset := startMoving()
		s.setVersioning("Enabled")
		u, err := s.client.CreateMultipartUpload(ctx(), &awss3.CreateMultipartUploadInput{Bucket: str(bucket), Key: str("k")})
		Expect(err).NotTo(HaveOccurred())
		part, err := s.client.UploadPart(ctx(), &awss3.UploadPartInput{Bucket: str(bucket), Key: str("k"), UploadId: u.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader("x")})
		Expect(err).NotTo(HaveOccurred())
		offset.Store(int64(time.Hour))
		plain := s.version("k", "y")
		made, err := s.client.CompleteMultipartUpload(ctx(), &awss3.CompleteMultipartUploadInput{Bucket: str(bucket), Key: str("k"), UploadId: u.UploadId,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: part.ETag}}}})
		Expect(err).NotTo(HaveOccurred())
		Expect(s.versionsPage("").Version).To(HaveExactElements(
			And(HaveField("VersionID", *made.VersionId), HaveField("LastModified", "2031-02-03T04:05:06.000Z"), HaveField("IsLatest", true)),
			And(HaveField("VersionID", plain), HaveField("LastModified", "2031-02-03T05:05:06.000Z"), HaveField("IsLatest", false))))
	})

	DescribeTable("are refused", func(method, target, code string, status int) {
		s.version("k", "x")
		r, text := s.send(method, target, "")
		Expect(r.StatusCode).To(Equal(status), text)
		Expect(text).To(ContainSubstring("<Code>" + code + "</Code>"))
	},
		Entry("an id that is none", "GET", "/photos/k?versionId=x", "InvalidArgument", 400),
		Entry("an id that is empty", "DELETE", "/photos/k?versionId=", "InvalidArgument", 400),
		Entry("a version that is not there", "GET", "/photos/k?versionId=00000001aaaaaaaaaaaaaaaaaaaaaaaa", "NoSuchVersion", 404),
		Entry("a marker of an id without one of a key", "GET", "/photos?versions&version-id-marker=null", "InvalidArgument", 400),
		Entry("a marker that is no id", "GET", "/photos?versions&key-marker=k&version-id-marker=x", "InvalidArgument", 400),
		Entry("a page of a size that is none", "GET", "/photos?versions&max-keys=x", "InvalidArgument", 400),
		Entry("an encoding", "GET", "/photos?versions&encoding-type=x", "InvalidArgument", 400),
		Entry("no bucket", "GET", "/nothing?versions", "NoSuchBucket", 404),
	)
})
