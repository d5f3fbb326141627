package auth_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/auth"
)

const (
	exampleID     = "AKIAIOSFODNN7EXAMPLE"
	exampleSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	emptySHA      = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

func keys() auth.Keys { return auth.Keys{exampleID: exampleSecret} }

func request(method, target, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// expectGranted is not HaveOccurred, to which a nil *Failure is an error.
func expectGranted(f *auth.Failure) {
	GinkgoHelper()
	if f != nil {
		Fail(f.Error())
	}
}

func authorization(scope, signed, signature string) string {
	return "AWS4-HMAC-SHA256 Credential=" + exampleID + "/" + scope + "/aws4_request,SignedHeaders=" + signed + ",Signature=" + signature
}

// The examples of "Signature Calculations for the Authorization Header" and
// "Authenticating Requests: Using Query Parameters" of the Amazon S3 API Reference.
var _ = DescribeTable("S3's published signatures", func(build func(signature string) *http.Request, signature string) {
	grant, failure := keys().CheckS3(build(signature))
	expectGranted(failure)
	Expect(grant.AccessKeyID).To(Equal(exampleID))

	other := []byte(signature)
	other[0] ^= 1
	_, failure = keys().CheckS3(build(string(other)))
	Expect(failure).To(HaveField("Code", "SignatureDoesNotMatch"))
},
	Entry("GetObject with a range", func(signature string) *http.Request {
		return request("GET", "/test.txt", "", "Host", "examplebucket.s3.amazonaws.com", "Range", "bytes=0-9",
			"X-Amz-Content-Sha256", emptySHA, "X-Amz-Date", "20130524T000000Z", "Authorization",
			authorization("20130524/us-east-1/s3", "host;range;x-amz-content-sha256;x-amz-date", signature))
	}, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
	Entry("PutObject, its $ escaped and its day in Date", func(signature string) *http.Request {
		return request("PUT", "/test$file.text", "Welcome to Amazon S3.", "Host", "examplebucket.s3.amazonaws.com",
			"Date", "Fri, 24 May 2013 00:00:00 GMT", "X-Amz-Date", "20130524T000000Z", "X-Amz-Storage-Class", "REDUCED_REDUNDANCY",
			"X-Amz-Content-Sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072", "Authorization",
			authorization("20130524/us-east-1/s3", "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class", signature))
	}, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
	Entry("a sub-resource", func(signature string) *http.Request {
		return request("GET", "/?lifecycle", "", "Host", "examplebucket.s3.amazonaws.com", "X-Amz-Content-Sha256", emptySHA,
			"X-Amz-Date", "20130524T000000Z", "Authorization",
			authorization("20130524/us-east-1/s3", "host;x-amz-content-sha256;x-amz-date", signature))
	}, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
	Entry("a listing, its parameters in another order", func(signature string) *http.Request {
		return request("GET", "/?prefix=J&max-keys=2", "", "Host", "examplebucket.s3.amazonaws.com", "X-Amz-Content-Sha256", emptySHA,
			"X-Amz-Date", "20130524T000000Z", "Authorization",
			authorization("20130524/us-east-1/s3", "host;x-amz-content-sha256;x-amz-date", signature))
	}, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
	Entry("a presigned query", func(signature string) *http.Request {
		return request("GET", "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="+exampleID+
			"%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="+
			signature, "", "Host", "examplebucket.s3.amazonaws.com")
	}, "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"),
	Entry("a presigned query of version 2, as boto3 1.43.11 makes it", func(signature string) *http.Request {
		return request("GET", "/photos/a%20b%2Bc%2520/%C3%A9?response-content-type=text%2Fplain%3B%20x&AWSAccessKeyId="+exampleID+
			"&Signature="+url.QueryEscape(signature)+"&Expires=1795464963", "", "Host", "127.0.0.1:1")
	}, "zKCRXlMzTMBsJxnm4x2xPkLd9yY="),
)

func chunk(size int, signature string) string {
	text := strings.ToLower(strings.TrimLeft(strings.ToUpper(hexOf(size)), "0"))
	if text == "" {
		text = "0"
	}
	return text + ";chunk-signature=" + signature + "\r\n" + strings.Repeat("a", size)
}

func hexOf(n int) string {
	const digits = "0123456789abcdef"
	text := ""
	for ; n > 0; n /= 16 {
		text = string(digits[n%16]) + text
	}
	return text
}

// The examples of "Transferring Payload in Multiple Chunks" of the same reference.
var _ = Describe("the published chunked uploads", func() {
	plain := func() (*http.Request, string) {
		r := request("PUT", "/examplebucket/chunkObject.txt", "", "Host", "s3.amazonaws.com", "X-Amz-Date", "20130524T000000Z",
			"X-Amz-Storage-Class", "REDUCED_REDUNDANCY", "X-Amz-Content-Sha256", auth.StreamSigned, "Content-Encoding", "aws-chunked",
			"X-Amz-Decoded-Content-Length", "66560", "Content-Length", "66824", "Authorization",
			authorization("20130524/us-east-1/s3",
				"content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
				"4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"))
		return r, chunk(65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648") + "\r\n" +
			chunk(1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497") + "\r\n" +
			chunk(0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9") + "\r\n"
	}

	It("verifies each chunk", func() {
		r, body := plain()
		grant, failure := keys().CheckS3(r)
		expectGranted(failure)
		Expect(body).To(HaveLen(66824))
		got, err := io.ReadAll(grant.Body(strings.NewReader(body)))
		Expect(err).NotTo(HaveOccurred())
		Expect(got).To(Equal(bytes.Repeat([]byte("a"), 66560)))
	})

	DescribeTable("refuses a body that was tampered with", func(from, to, code string) {
		r, body := plain()
		grant, failure := keys().CheckS3(r)
		expectGranted(failure)
		changed := strings.Replace(body, from, to, 1)
		Expect(changed).NotTo(Equal(body))
		_, err := io.ReadAll(grant.Body(strings.NewReader(changed)))
		Expect(err).To(HaveField("Code", code))
	},
		Entry("a byte", "aaaa\r\n400", "aaab\r\n400", "SignatureDoesNotMatch"),
		Entry("a signature", "0055627c", "0055627d", "SignatureDoesNotMatch"),
		Entry("the end is missing", "0;chunk-signature=b6c6", "", "IncompleteBody"),
		Entry("the last signature", "b6c6ea", "b6c6eb", "SignatureDoesNotMatch"),
		Entry("a size", "10000;", "1000;", "IncompleteBody"),
		Entry("no size", "10000;", ";", "IncompleteBody"),
		Entry("a negative size", "10000;", "-10000;", "IncompleteBody"),
		Entry("no signature", ";chunk-signature=ad80", ";x=ad80", "IncompleteBody"),
	)

	It("verifies the trailer", func() {
		r := request("PUT", "/examplebucket/chunkObject.txt", "", "Host", "s3.amazonaws.com", "X-Amz-Date", "20130524T000000Z",
			"X-Amz-Storage-Class", "REDUCED_REDUNDANCY", "X-Amz-Content-Sha256", auth.StreamSignedTrailer, "Content-Encoding", "aws-chunked",
			"X-Amz-Decoded-Content-Length", "66560", "X-Amz-Trailer", "x-amz-checksum-crc32c", "Authorization",
			authorization("20130524/us-east-1/s3",
				"content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
				"106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"))
		grant, failure := keys().CheckS3(r)
		expectGranted(failure)
		for _, gap := range []string{"\r\n", "\n\r\n"} {
			in := grant.Body(strings.NewReader(chunk(65536, "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2") + "\r\n" +
				chunk(1024, "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7") + "\r\n" +
				chunk(0, "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992") +
				"x-amz-checksum-crc32c:sOO8/Q==" + gap +
				"x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n"))
			got, err := io.ReadAll(in)
			Expect(err).NotTo(HaveOccurred())
			Expect(got).To(HaveLen(66560))
			Expect(in.Trailer().Get("x-amz-checksum-crc32c")).To(Equal("sOO8/Q=="))
		}
	})
})

var _ = Describe("the Import/Export service", func() {
	const body = "Action=CancelJob&Version=2010-06-01&JobId=EX1ID"
	build := func(service, signature string) *http.Request {
		return request("POST", "/", body, "Host", "importexport.amazonaws.com", "X-Amz-Date", "20150527T185821Z",
			"Content-Type", "application/x-www-form-urlencoded; charset=utf-8", "Authorization",
			authorization("20150527/us-east-1/"+service, "content-type;host;x-amz-date", signature))
	}
	const signature = "6d6b6c8a078b4fe28761f53e0107e0bc655047cb4bd7cf8f8d275c7e32e1350a"

	It("takes Signature Version 4 over the body", func() {
		id, failure := keys().Check(build("IngestionService", signature), []byte(body), "IngestionService")
		expectGranted(failure)
		Expect(id).To(Equal(exampleID))
		_, failure = keys().Check(build("IngestionService", signature), []byte(body+"X"), "IngestionService")
		Expect(failure).To(HaveField("Code", "SignatureDoesNotMatch"))
	})

	It("takes Signature Version 2 from a form and from a query", func() {
		form := url.Values{"Action": {"CancelJob"}, "Version": {"2010-06-01"}, "JobId": {"EX1ID"}, "AWSAccessKeyId": {exampleID},
			"SignatureVersion": {"2"}, "SignatureMethod": {"HmacSHA256"}, "Timestamp": {"2015-05-27T18:58:21Z"},
			"Signature": {"rqvVjeblOoI0cbvFiB7FmMthLrlDXk9DV5F7bPpVpDc="}}
		check := func() *auth.Failure {
			inBody := request("POST", "/", "", "Host", "importexport.amazonaws.com", "Content-Type", "application/x-www-form-urlencoded")
			_, first := keys().Check(inBody, []byte(form.Encode()), "IngestionService")
			inQuery := request("POST", "/?"+form.Encode(), "", "Host", "importexport.amazonaws.com")
			_, second := keys().Check(inQuery, nil, "IngestionService")
			Expect(first).To(Equal(second))
			return first
		}
		expectGranted(check())
		form.Set("JobId", "EX2ID")
		Expect(check()).To(HaveField("Code", "SignatureDoesNotMatch"))
		form.Set("AWSAccessKeyId", "AKIAOTHER")
		Expect(check()).To(HaveField("Code", "InvalidClientTokenId"))
		form.Set("SignatureMethod", "none")
		form.Set("AWSAccessKeyId", exampleID)
		Expect(check()).To(HaveField("Code", "IncompleteSignature"))
		form.Del("Timestamp")
		Expect(check()).To(HaveField("Code", "IncompleteSignature"))
	})

	DescribeTable("refuses", func(change func(*http.Request), code string, status int) {
		r := build("IngestionService", signature)
		change(r)
		_, failure := keys().Check(r, []byte(body), "IngestionService")
		Expect(failure).To(And(HaveField("Code", code), HaveField("Status", status), HaveField("Message", Not(BeEmpty()))))
	},
		Entry("no signature", func(r *http.Request) { r.Header.Del("Authorization") }, "MissingAuthenticationToken", 403),
		Entry("another service", func(r *http.Request) {
			r.Header.Set("Authorization", build("s3", signature).Header.Get("Authorization"))
		}, "SignatureDoesNotMatch", 403),
		Entry("no date", func(r *http.Request) { r.Header.Del("X-Amz-Date") }, "IncompleteSignature", 400),
		Entry("a day unlike the scope's", func(r *http.Request) { r.Header.Set("X-Amz-Date", "20150528T185821Z") }, "IncompleteSignature", 400),
		Entry("host not signed", func(r *http.Request) {
			r.Header.Set("Authorization", authorization("20150527/us-east-1/IngestionService", "x-amz-date", signature))
		}, "IncompleteSignature", 400),
		Entry("a changed signed header", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, "SignatureDoesNotMatch", 403),
	)
})
