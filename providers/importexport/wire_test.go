package importexport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/protocol/query"
	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs/secret"
)

var _ = Describe("the stack", func() {
	It("has the steps in the order that the SDK expects", func() {
		c := clientOf("")
		s, err := c.stack(operation{name: "GetStatus", members: func(*query.Object) {}})
		Expect(err).NotTo(HaveOccurred())
		matchGolden("stack.golden", strings.Join(s.List(), "\n")+"\n")
	})
})

var _ = Describe("signing", func() {
	It("gives the signature of the reference's vector", func() {
		body := "Action=CancelJob&Version=2010-06-01&JobId=EX1ID"
		sum := sha256.Sum256([]byte(body))
		hash := hex.EncodeToString(sum[:])
		Expect(hash).To(Equal("a7db3f3755cafdc58a1ff617d0ecba8f5bb897f7964a6c548ec5e34154ba03de"))
		r, err := http.NewRequest(http.MethodPost, realEndpoint+"/", nil)
		Expect(err).NotTo(HaveOccurred())
		r.Header.Set("Content-Type", formType)
		at := time.Date(2015, 5, 27, 18, 58, 21, 0, time.UTC)
		s := newSigner(func() time.Time { return at }, new(atomic.Int64))

		key := aws.Credentials{AccessKeyID: exampleKey, SecretAccessKey: exampleSecret}
		Expect(s.SignHTTP(context.Background(), key, r, hash, signingName, realRegion, time.Time{})).To(Succeed())

		Expect(r.Header.Get("X-Amz-Date")).To(Equal("20150527T185821Z"))
		Expect(r.Header.Get("Authorization")).To(Equal("AWS4-HMAC-SHA256 " +
			"Credential=AKIAIOSFODNN7EXAMPLE/20150527/us-east-1/IngestionService/aws4_request, " +
			"SignedHeaders=content-type;host;x-amz-date, " +
			"Signature=6d6b6c8a078b4fe28761f53e0107e0bc655047cb4bd7cf8f8d275c7e32e1350a"))
	})

	It("signs for the client's region at an endpoint of one's own, without a content hash header", func(ctx context.Context) {
		s := play(golden("cancel-job"))
		Expect(s.client().CancelJob(ctx, "EX1ID")).To(Succeed())
		h := s.headers[0]
		Expect(h.Get("Authorization")).To(ContainSubstring("/eu-west-1/IngestionService/aws4_request"))
		Expect(h.Get("X-Amz-Content-Sha256")).To(BeEmpty())
		Expect(h.Get("User-Agent")).To(ContainSubstring("s3export/0.1"))
		Expect(h.Get("Amz-Sdk-Invocation-Id")).NotTo(BeEmpty())
	})

	It("signs the session token of temporary credentials", func(ctx context.Context) {
		s := play(golden("cancel-job"))
		c, err := New(Options{Credentials: credentials.NewStaticCredentialsProvider(exampleKey, exampleSecret, "token"), Endpoint: s.URL})
		Expect(err).NotTo(HaveOccurred())
		Expect(c.CancelJob(ctx, "EX1ID")).To(Succeed())
		Expect(s.headers[0].Get("X-Amz-Security-Token")).To(Equal("token"))
		Expect(s.headers[0].Get("Authorization")).To(ContainSubstring("x-amz-security-token"))
	})

	It("says when there are no credentials to sign with", func(ctx context.Context) {
		none := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, errors.New("no profile") })
		c, err := New(Options{Credentials: none, Endpoint: play().URL})
		Expect(err).NotTo(HaveOccurred())
		e := errorOf(c.CancelJob(ctx, "EX1ID"))
		Expect(e.Kind).To(Equal(providers.Denied))
		Expect(e.Message).To(ContainSubstring("no profile"))
		Expect(errorOf(create(ctx, c)).Kind).To(Equal(providers.Denied))
	})

	It("signs for us-east-1 at the real endpoint, whatever the region", func() {
		e, err := resolveEndpoint("", "ap-southeast-1")
		Expect(err).NotTo(HaveOccurred())
		Expect(e.url.String()).To(Equal(realEndpoint))
		Expect(e.region).To(Equal("us-east-1"))
	})

	It("follows the service's clock after an answer", func(ctx context.Context) {
		s := play(golden("cancel-job"), golden("cancel-job"))
		c := s.client()
		Expect(c.CancelJob(ctx, "EX1ID")).To(Succeed())
		Expect(c.CancelJob(ctx, "EX1ID")).To(Succeed())
		Expect(s.headers[1].Get("X-Amz-Date")).To(HavePrefix("20150527T1858"))
	})

	It("puts a wrong clock right and repeats even CreateJob, which was refused", func(ctx context.Context) {
		s := play(refuse(http.StatusForbidden, "SignatureDoesNotMatch", "Signature expired"), golden("create-job"))
		job, err := s.client().CreateJob(ctx, request("generator: x\n"))
		Expect(err).NotTo(HaveOccurred())
		Expect(job.ID).To(BeEquivalentTo("EX1ID"))
		Expect(s.headers[1].Get("X-Amz-Date")).To(HavePrefix("20150527T1858"))
	})
})

func request(text string) providers.JobRequest {
	return providers.JobRequest{Manifest: secret.NewValue(text)}
}

// form returns the parameters of a recorded request.
func form(recorded string) url.Values {
	GinkgoHelper()
	_, body, _ := strings.Cut(recorded, "\n\n")
	v, err := url.ParseQuery(strings.TrimSpace(body))
	Expect(err).NotTo(HaveOccurred())
	return v
}

var _ = Describe("requests", func() {
	from := providers.Address{
		Name: "Jane Roe", Company: "Ex", PhoneNumber: "206-555-1111", Country: "USA",
		StateOrProvince: "WA", City: "Anytown", PostalCode: "91011-1111", Street1: "123 Any Street",
	}
	DescribeTable("are those of the reference",
		func(ctx context.Context, name, answer, wire string, call func(context.Context, *Client) error) {
			s := play(golden(answer))
			Expect(call(ctx, s.client())).To(Succeed())
			got := s.requests()[0]
			matchGolden("requests/"+name+".golden", got)
			want, err := url.ParseQuery(wire)
			Expect(err).NotTo(HaveOccurred())
			Expect(form(got)).To(Equal(want))
		},
		Entry(nil, "create-job", "create-job",
			"Action=CreateJob&Version=2010-06-01&JobType=Export&Manifest=manifestVersion%3A+2.0%0Aname%3A+a+b%26c%3Dd~%C3%A9%0A&ValidateOnly=false",
			func(ctx context.Context, c *Client) error {
				_, err := c.CreateJob(ctx, request("manifestVersion: 2.0\nname: a b&c=d~é\n"))
				return err
			}),
		Entry(nil, "check", "check",
			"Action=CreateJob&Version=2010-06-01&JobType=Export&Manifest=x&ValidateOnly=true",
			func(ctx context.Context, c *Client) error {
				warning, err := c.Check(ctx, request("x"))
				Expect(warning).To(Equal("bucket name is not DNS-compatible"))
				return err
			}),
		Entry(nil, "update-job", "update-job",
			"Action=UpdateJob&Version=2010-06-01&JobId=EX1ID&Manifest=x&JobType=Export&ValidateOnly=false",
			func(ctx context.Context, c *Client) error { return c.UpdateJob(ctx, "EX1ID", request("x")) }),
		Entry(nil, "cancel-job", "cancel-job", "Action=CancelJob&Version=2010-06-01&JobId=EX1ID",
			func(ctx context.Context, c *Client) error { return c.CancelJob(ctx, "EX1ID") }),
		Entry(nil, "get-status", "get-status", "Action=GetStatus&Version=2010-06-01&JobId=EX1ID",
			func(ctx context.Context, c *Client) error { _, err := c.Job(ctx, "EX1ID"); return err }),
		Entry(nil, "list-jobs", "list-jobs", "Action=ListJobs&Version=2010-06-01&MaxJobs=1000&Marker=EX2ID",
			func(ctx context.Context, c *Client) error { _, _, err := c.page(ctx, "EX2ID"); return err }),
		Entry(nil, "get-shipping-label", "get-shipping-label",
			"Action=GetShippingLabel&Version=2010-06-01&jobIds.member.1=EX1ID&jobIds.member.2=EX2ID&name=Jane+Roe&company=Ex&phoneNumber=206-555-1111&country=USA&stateOrProvince=WA&city=Anytown&postalCode=91011-1111&street1=123+Any+Street",
			func(ctx context.Context, c *Client) error {
				l, err := c.Label(ctx, []providers.JobID{"EX2ID", "EX1ID"}, from) // sent in their own order
				Expect(l).To(Equal(providers.Label{
					Bucket: "bucket", Key: "shipping-label-EX1ID.pdf", Warning: "x",
					URL: "https://s3.amazonaws.com/bucket/shipping-label-EX1ID.pdf",
				}))
				return err
			}),
	)
})
