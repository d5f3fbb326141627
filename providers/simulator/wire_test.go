package simulator_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// post sends a form to the service as it is written here.
func (w world) post(ctx context.Context, target, body string, sign func(*http.Request)) (status int, answer string) {
	GinkgoHelper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.Endpoint()+target, strings.NewReader(body))
	Expect(err).NotTo(HaveOccurred())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	sign(r)
	response, err := http.DefaultClient.Do(r)
	Expect(err).NotTo(HaveOccurred())
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	Expect(err).NotTo(HaveOccurred())
	return response.StatusCode, string(text)
}

// v4post signs by Signature Version 4 for a region.
func (w world) v4post(ctx context.Context, region, target, body string) (int, string) {
	GinkgoHelper()
	return w.post(ctx, target, body, func(r *http.Request) {
		sum := sha256.Sum256([]byte(body))
		Expect(v4.NewSigner().SignHTTP(ctx, w.keys, r, hex.EncodeToString(sum[:]), "IngestionService", region, start)).To(Succeed())
	})
}

// v2sign returns the parameters with a Signature Version 2 over them and those of the
// query, spaces as %20.
func (w world) v2sign(method, query string, params ...string) string {
	hashes := map[string]func() hash.Hash{"HmacSHA256": sha256.New, "HmacSHA1": sha1.New}
	params = append(params, "AWSAccessKeyId="+w.keys.AccessKeyID, "SignatureVersion=2", "SignatureMethod="+method, "Timestamp=2015-05-27T18%3A58%3A21Z")
	signed := slices.Clone(params)
	if query != "" {
		signed = append(signed, query)
	}
	slices.Sort(signed)
	h := hmac.New(hashes[method], []byte(w.keys.SecretAccessKey))
	_, _ = io.WriteString(h, "POST\n"+strings.TrimPrefix(w.Endpoint(), "http://")+"\n/\n"+strings.Join(signed, "&"))
	return strings.Join(params, "&") + "&Signature=" + escaped(base64.StdEncoding.EncodeToString(h.Sum(nil)))
}

// escaped encodes as RFC 3986 does, a space as %20.
func escaped(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

var _ = Describe("Requests as other clients write them", func() {
	const envelope = `<ListJobsResponse xmlns="http://importexport.amazonaws.com/doc/2010-06-01/"><ListJobsResult><Jobs>`

	DescribeTable("name their operation in query or body, signed for any region",
		func(ctx context.Context, target, body string) {
			w := newWorld()
			for _, region := range []string{"us-east-1", "eu-west-1", "mars-north-1"} {
				status, answer := w.v4post(ctx, region, target, body)
				Expect(status).To(Equal(http.StatusOK), answer)
				Expect(answer).To(HavePrefix(envelope))
			}
		},
		Entry("botocore", "/", "Action=ListJobs&Version=2010-06-01"),
		Entry("the model's URI", "/?Operation=ListJobs", "Action=ListJobs&Version=2010-06-01"),
		Entry("no Action", "/?Operation=ListJobs", "Version=2010-06-01"),
		Entry("the guide's version", "/?Operation=ListJobs", "Version=2010-06-03&MaxJobs=5"),
		Entry("the version of the client tool", "/", "Action=ListJobs&Version=2010-06-01&APIVersion=1.0%20(tool)"),
		Entry("all in the query", "/?Action=ListJobs&Version=2010-06-01", ""),
	)

	It("are refused when they are signed for another service, or for another text", func(ctx context.Context) {
		w := newWorld()
		status, answer := w.post(ctx, "/?Operation=ListJobs", "Version=2010-06-01", func(r *http.Request) {
			sum := sha256.Sum256([]byte("Version=2010-06-01"))
			Expect(v4.NewSigner().SignHTTP(ctx, w.keys, r, hex.EncodeToString(sum[:]), "importexport", "us-east-1", start)).To(Succeed())
		})
		Expect(status).To(Equal(http.StatusForbidden))
		Expect(element(answer, "Code")).To(Equal("SignatureDoesNotMatch"))
		status, answer = w.post(ctx, "/?Operation=ListJobs", "Version=2010-06-01&MaxJobs=1", func(r *http.Request) {
			sum := sha256.Sum256([]byte("Version=2010-06-01"))
			Expect(v4.NewSigner().SignHTTP(ctx, w.keys, r, hex.EncodeToString(sum[:]), "IngestionService", "us-east-1", start)).To(Succeed())
		})
		Expect(status).To(Equal(http.StatusForbidden))
		Expect(element(answer, "Code")).To(Equal("SignatureDoesNotMatch"))
		status, answer = w.post(ctx, "/", "Action=ListJobs&Version=2010-06-01", func(*http.Request) {})
		Expect(status).To(Equal(http.StatusForbidden))
		Expect(element(answer, "Code")).To(Equal("MissingAuthenticationToken"))
	})

	DescribeTable("may be of Signature Version 2",
		func(ctx context.Context, method, target, query, action string) {
			w := newWorld()
			w.buckets(ctx)
			body := w.v2sign(method, query, action, "Version=2010-06-01", "JobType=Export", "ValidateOnly=false", "Manifest="+escaped(manifestText))
			status, answer := w.post(ctx, target, body, func(*http.Request) {})
			Expect(status).To(Equal(http.StatusOK), answer)
			id := element(answer, "JobId")
			status, answer = w.post(ctx, "/", w.v2sign(method, "", "Action=GetStatus", "Version=2010-06-01", "JobId="+id), func(*http.Request) {})
			Expect(status).To(Equal(http.StatusOK), answer)
			Expect(element(answer, "CurrentManifest")).To(Equal(manifestText))
			status, answer = w.post(ctx, target, strings.Replace(body, "JobType=Export", "JobType=Import", 1), func(*http.Request) {})
			Expect(status).To(Equal(http.StatusForbidden))
			Expect(element(answer, "Code")).To(Equal("SignatureDoesNotMatch"))
		},
		Entry("SHA-256", "HmacSHA256", "/", "", "Action=CreateJob"),
		Entry("SHA-1", "HmacSHA1", "/", "", "Action=CreateJob"),
		Entry("over the body, with the model's URI", "HmacSHA256", "/?Operation=CreateJob", "", "Action=CreateJob"),
		Entry("over the body and the query", "HmacSHA256", "/?Operation=CreateJob", "Operation=CreateJob", "Action=CreateJob"),
	)

	It("may write a space as %20 or as +, and get their manifest back byte for byte", func(ctx context.Context) {
		w := newWorld()
		w.buckets(ctx)
		text := strings.ReplaceAll(manifestText, "Jane Roe", "Jane + R\u00f6e & Co ~") + "# 100% \t done"
		for _, encoded := range []string{escaped(text), url.QueryEscape(text)} {
			status, answer := w.v4post(ctx, "us-east-1", "/?Operation=CreateJob", "Version=2010-06-01&JobType=Export&ValidateOnly=false&Manifest="+encoded)
			Expect(status).To(Equal(http.StatusOK), answer)
			body := w.call(ctx, "GetStatus", "JobId", element(answer, "JobId"))
			Expect(strings.NewReplacer("&amp;", "&", "&#x9;", "\t").Replace(element(body, "CurrentManifest"))).To(Equal(text))
		}
	})

	It("must name a version that the service had", func(ctx context.Context) {
		w := newWorld()
		for body, code := range map[string]string{
			"Action=ListJobs&Version=2009-01-01":                     "InvalidVersionException",
			"Action=ListJobs":                                        "MissingParameterException",
			"Action=ListJobs&Version=2010-06-01&APIVersion=%3F":      "InvalidVersionException",
			"Action=ListJobs&Version=2010-06-01&APIVersion=":         "InvalidVersionException",
			"Action=DeleteEverything&Version=2010-06-01":             "InvalidAction",
			"Version=2010-06-01":                                     "MissingAction",
			"Action=GetStatus&Version=2010-06-01&APIVersion=1.0":     "InvalidJobIdException",
			"Action=ListJobs&Version=2010-06-01&MaxJobs=1%2C000":     "InvalidParameterException",
			"Action=GetShippingLabel&Version=2010-06-01&jobIds.1=EX": "InvalidParameterException",
		} {
			status, answer := w.v4post(ctx, "us-east-1", "/", body)
			Expect(status).To(Equal(http.StatusBadRequest), body)
			Expect(element(answer, "Code")).To(Equal(code), body)
			Expect(answer).To(MatchRegexp(`^<ErrorResponse xmlns="[^"]+"><Error><Type>Sender</Type><Code>\w+</Code><Message>[^<]+</Message></Error><RequestId>[0-9a-f-]{36}</RequestId></ErrorResponse>$`))
		}
	})
})
