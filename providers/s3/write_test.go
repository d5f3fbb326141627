package s3_test

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

var _ = Describe("CanWrite against the simulator", func() {
	var client *s3.Client
	var control *simulator.Control
	var buckets *store.Store
	BeforeEach(func(ctx context.Context) {
		server, err := simulator.Start(context.WithoutCancel(ctx), simulator.Options{
			WorkDir: GinkgoT().TempDir(), Now: time.Now,
			Fill: func(s *store.Store) error {
				buckets = s
				if err := s.CreateBucket("logs", store.BucketOptions{}); err != nil {
					return err
				}
				_, err := s.Put("logs", "exports/old", strings.NewReader("x"), store.PutOptions{})
				return err
			},
		})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(server.Close)
		info := server.Info()
		control = simulator.NewControl(info.Endpoint)
		client, err = s3.New(s3.Options{
			Credentials: credentials.NewStaticCredentialsProvider(info.AccessKeyID, info.SecretAccessKey, ""), Region: info.Region, Endpoint: info.Endpoint,
		})
		Expect(err).NotTo(HaveOccurred())
	})
	contents := func() store.Page {
		GinkgoHelper()
		p, err := buckets.List("logs", store.Query{Max: 1000})
		Expect(err).NotTo(HaveOccurred())
		return p
	}

	It("says yes and changes nothing, below every prefix", func(ctx context.Context) {
		before := contents()
		for _, prefix := range []string{"", "exports/", "a b+c%/", strings.Repeat("p", 1024-len("export-log-EX1ID"))} {
			Expect(client.CanWrite(ctx, "logs", prefix)).To(Succeed())
		}
		Expect(contents()).To(Equal(before))
	})

	It("says who is denied, and what to allow", func(ctx context.Context) {
		Expect(control.SetFaults(ctx, simulator.Faults{Rules: []simulator.Rule{
			{Kind: simulator.Refuse, Service: simulator.S3, Operation: http.MethodPut, Path: "/logs/exports/", Code: "AccessDenied"},
		}})).To(Succeed())
		e := errorOf(client.CanWrite(ctx, "logs", "exports/"))
		Expect(e.Kind).To(Equal(providers.Denied))
		Expect(e.Remedy).To(ContainSubstring("allow s3:PutObject and s3:GetObject on logs/*"))
		Expect(client.CanWrite(ctx, "logs", "")).To(Succeed(), "the rule is about exports/")
	})

	DescribeTable("says what else is in the way", func(ctx context.Context, code string, status int, kind providers.ErrorKind) {
		Expect(control.SetFaults(ctx, simulator.Faults{Rules: []simulator.Rule{
			{Kind: simulator.Refuse, Service: simulator.S3, Code: code, HTTPStatus: status},
		}})).To(Succeed())
		Expect(errorOf(client.CanWrite(ctx, "logs", "")).Kind).To(Equal(kind))
	},
		Entry(nil, "NoSuchBucket", 0, providers.NotFound),
		Entry(nil, "AllAccessDisabled", 0, providers.Denied),
		Entry(nil, "ExpiredToken", 0, providers.Denied),
		Entry(nil, "PermanentRedirect", 0, providers.Invalid),
		Entry(nil, "SlowDown", 0, providers.Throttled),
		Entry(nil, "InternalError", 0, providers.Transient),
		Entry(nil, "OperationAborted", 0, providers.Unexpected),
	)

	It("says that there is no bucket", func(ctx context.Context) {
		e := errorOf(client.CanWrite(ctx, "nowhere", "exports/"))
		Expect(e.Kind).To(Equal(providers.NotFound))
		Expect(e.Remedy).To(ContainSubstring("nowhere"))
	})
})

var _ = Describe("CanWrite on the wire", func() {
	It("fits no digest that it sends, over TLS neither", func(ctx context.Context) {
		for _, begin := range []func(*httptest.Server){(*httptest.Server).Start, (*httptest.Server).StartTLS} {
			var seen *http.Request
			var body []byte
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				seen = r
				body, _ = io.ReadAll(r.Body)
				refuse(http.StatusBadRequest, "BadDigest")(w, r)
			}))
			begin(server)
			DeferCleanup(server.Close)
			c, err := s3.New(s3.Options{
				Credentials: credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""), Endpoint: server.URL, HTTPClient: server.Client(),
			})
			Expect(err).NotTo(HaveOccurred())
			Expect(c.CanWrite(ctx, "logs", "exports/")).To(Succeed())

			Expect(seen.Method + " " + seen.URL.Path).To(Equal("PUT /logs/exports/s3export-probe"))
			Expect(body).NotTo(BeEmpty())
			hash, sum := sha256.Sum256(body), md5.Sum(body)
			Expect(seen.Header.Get("X-Amz-Content-Sha256")).To(And(MatchRegexp("^[0-9a-f]{64}$"), Not(Equal(hex.EncodeToString(hash[:])))))
			raw, err := base64.StdEncoding.DecodeString(seen.Header.Get("Content-Md5"))
			Expect(err).NotTo(HaveOccurred())
			Expect(raw).To(And(HaveLen(16), Not(Equal(sum[:]))))
			for name := range seen.Header {
				Expect(strings.ToLower(name)).NotTo(Or(HavePrefix("x-amz-checksum"), HavePrefix("x-amz-sdk-checksum"), Equal("x-amz-trailer")))
			}
		}
	})

	DescribeTable("takes each server's word for a digest that does not fit", func(ctx context.Context, code string) {
		s := play(refuse(http.StatusBadRequest, code))
		Expect(s.client().CanWrite(ctx, "logs", "")).To(Succeed())
		Expect(s.asked).To(HaveLen(1))
	},
		Entry("S3, MinIO, Ceph", "BadDigest"), Entry("the hash first", "XAmzContentSHA256Mismatch"), Entry("Garage", "InvalidDigest"),
	)

	It("removes what a server has written that compares nothing", func(ctx context.Context) {
		s := play(answer(http.StatusOK, ""), answer(http.StatusNoContent, ""))
		Expect(s.client().CanWrite(ctx, "logs", "exports/")).To(Succeed())
		Expect(s.asked[1].Method + " " + s.asked[1].URL.Path).To(Equal("DELETE /logs/exports/s3export-probe"))

		s = play(answer(http.StatusOK, ""), refuse(http.StatusForbidden, "AccessDenied"))
		e := errorOf(s.client().CanWrite(ctx, "logs", "exports/"))
		Expect(e.Kind).To(Equal(providers.Unexpected))
		Expect(e.Message).To(ContainSubstring("s3export-probe"))
	})

	It("is refused before it is sent without credentials", func(ctx context.Context) {
		c, err := s3.New(s3.Options{Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, io.ErrUnexpectedEOF
		}), Endpoint: "http://127.0.0.1:1"})
		Expect(err).NotTo(HaveOccurred())
		Expect(errorOf(c.CanWrite(ctx, "logs", "")).Kind).To(Equal(providers.Denied))
	})
})
