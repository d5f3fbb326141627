package simulator_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/go-logr/logr/funcr"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/jobs"
)

var _ = Describe("Server", func() {
	It("listens on loopback only", func(ctx context.Context) {
		for _, listen := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:80", "example.com:80", "x"} {
			_, err := simulator.Start(ctx, simulator.Options{Listen: listen, Now: time.Now})
			Expect(err).To(HaveOccurred(), listen)
		}
	})

	It("serves Import/Export, S3 and the control API at one endpoint, with one clock", func(ctx context.Context) {
		dir := GinkgoT().TempDir()
		Expect(os.MkdirAll(filepath.Join(dir, "seeded", "a"), 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(dir, "seeded", "a", "b"), []byte("c"), 0o644)).To(Succeed())
		w := newWorld(func(o *simulator.Options) { o.DataDir = dir })
		Expect(w.get(ctx, "seeded", "a/b")).To(Equal("c"))
		w.buckets(ctx)
		_, err := w.Advance(ctx, 36*time.Hour)
		Expect(err).NotTo(HaveOccurred())
		answer, body, err := w.send(ctx, "CreateJob", "JobType", "Export", "Manifest", manifestText)
		Expect(err).NotTo(HaveOccurred())
		Expect(answer.Header.Get("Date")).To(Equal("Wed, 04 Nov 2026 00:00:00 GMT"))
		Expect(w.call(ctx, "GetStatus", "JobId", element(body, "JobId"))).To(ContainSubstring("<CreationDate>2026-11-04T00:00:00Z</CreationDate>"))
		w.put(ctx, "k", "v")
		head, err := w.s3.HeadObject(ctx, &awss3.HeadObjectInput{Bucket: aws.String("photos"), Key: aws.String("k")})
		Expect(err).NotTo(HaveOccurred())
		Expect(*head.LastModified).To(BeTemporally("==", start.Add(36*time.Hour)))
		state, err := w.State(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(state.Now).To(BeTemporally("==", start.Add(36*time.Hour)))
		Expect(state.Jobs).To(HaveLen(1))
	})

	It("puts the label where its URL says", func(ctx context.Context) {
		w := newWorld()
		w.buckets(ctx)
		id := w.create(ctx, manifestText)
		body := w.call(ctx, "GetShippingLabel", "jobIds.member.1", id, "name", "J", "phoneNumber", "1", "country", "Germany",
			"city", "C", "postalCode", "1", "street1", "S")
		Expect(element(body, "ShippingLabelURL")).To(Equal(w.Endpoint() + "/logs/shipping-label-" + id + ".pdf"))
		Expect(w.get(ctx, "logs", "shipping-label-"+id+".pdf")).To(HavePrefix("%PDF-1.4"))
	})

	It("refuses wrong keys and signatures as the service does", func(ctx context.Context) {
		w := newWorld()
		for code, keys := range map[string]aws.Credentials{
			"InvalidClientTokenIdException": {AccessKeyID: "AKIDOTHER", SecretAccessKey: "x"},
			"SignatureDoesNotMatch":         {AccessKeyID: simulator.DefaultAccessKeyID, SecretAccessKey: "x"},
		} {
			w.keys = keys
			answer, body, err := w.send(ctx, "ListJobs")
			Expect(err).NotTo(HaveOccurred())
			Expect(answer.StatusCode).To(Equal(http.StatusForbidden))
			Expect(element(body, "Code")).To(Equal(code))
		}
	})

	It("refuses control requests that a web page could send", func(ctx context.Context) {
		w := newWorld()
		post := func(kind, host string) int {
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.Endpoint()+"/_simulator/advance", strings.NewReader(`{"by":"1h"}`))
			Expect(err).NotTo(HaveOccurred())
			r.Header.Set("Content-Type", kind)
			r.Host = host
			answer, err := http.DefaultClient.Do(r)
			Expect(err).NotTo(HaveOccurred())
			defer answer.Body.Close()
			return answer.StatusCode
		}
		Expect(post("application/json", "")).To(Equal(http.StatusOK))
		Expect(post("text/plain", "")).To(Equal(http.StatusBadRequest))
		Expect(post("application/json", "rebound.example:80")).To(Equal(http.StatusForbidden))
	})

	It("shows only codes that it was told, and answers for ended jobs as it was told", func(ctx context.Context) {
		w := newWorld()
		w.buckets(ctx)
		id := w.create(ctx, manifestText)
		Expect(w.SetFaults(ctx, simulator.Faults{
			Codes: map[string]jobs.Codes{id: {LocationCode: "OnTheMoon"}}, EndedStatus: jobs.AsException, DeniedBuckets: []string{"photos"},
		})).To(Succeed())
		Expect(element(w.call(ctx, "GetStatus", "JobId", id), "LocationCode")).To(Equal("OnTheMoon"))
		_, body, _ := w.send(ctx, "CreateJob", "JobType", "Export", "Manifest", manifestText)
		Expect(element(body, "Code")).To(Equal("BucketPermissionException"))
		w.call(ctx, "CancelJob", "JobId", id)
		_, body, _ = w.send(ctx, "GetStatus", "JobId", id)
		Expect(element(body, "Code")).To(Equal("CanceledJobIdException"))
		a, err := w.AdvanceTo(ctx, id, simulator.ExpiredStage)
		Expect(err).NotTo(HaveOccurred())
		Expect(a.Now).To(BeTemporally("==", start.Add(jobs.Lifetime)))
	})

	It("keeps secrets out of its log and state", func(ctx context.Context) {
		var mu sync.Mutex
		var log bytes.Buffer
		w := newWorld(func(o *simulator.Options) {
			o.Log = funcr.New(func(prefix, args string) {
				mu.Lock()
				defer mu.Unlock()
				log.WriteString(prefix + args + "\n")
			}, funcr.Options{Verbosity: 9})
		})
		w.buckets(ctx)
		w.create(ctx, manifestText)
		state, err := w.State(ctx)
		Expect(err).NotTo(HaveOccurred())
		mu.Lock()
		defer mu.Unlock()
		Expect(log.String()).To(ContainSubstring("CreateJob"))
		for _, secret := range []string{"473829", simulator.DefaultSecretAccessKey} {
			Expect(log.String()).NotTo(ContainSubstring(secret))
			Expect(fmt.Sprintf("%+v", state)).NotTo(ContainSubstring(secret))
		}
	})
})

var _ = Describe("Faults", func() {
	set := func(ctx context.Context, r ...simulator.Rule) world {
		GinkgoHelper()
		w := newWorld()
		w.buckets(ctx)
		Expect(w.SetFaults(ctx, simulator.Faults{Rules: r})).To(Succeed())
		return w
	}

	It("throttle and fail in the words of each service", func(ctx context.Context) {
		w := set(ctx,
			simulator.Rule{Kind: simulator.Throttle, Count: 2},
			simulator.Rule{Kind: simulator.ServerError, Count: 1},
			simulator.Rule{Kind: simulator.ServerError, Status: 503, Count: 1})
		for _, want := range []string{"400 Throttling Sender", "400 Throttling Sender", "500 InternalFailure Receiver", "503 ServiceUnavailable Receiver"} {
			answer, body, err := w.send(ctx, "ListJobs")
			Expect(err).NotTo(HaveOccurred())
			Expect(strings.Join([]string{answer.Status[:3], element(body, "Code"), element(body, "Type")}, " ")).To(Equal(want))
		}
		w.call(ctx, "ListJobs")
		Expect(w.SetFaults(ctx, simulator.Faults{Rules: []simulator.Rule{{Kind: simulator.Throttle, Service: simulator.S3}}})).To(Succeed())
		w.call(ctx, "ListJobs")
		_, err := w.s3.ListObjectsV2(ctx, &awss3.ListObjectsV2Input{Bucket: aws.String("photos")})
		Expect(err).To(MatchError(ContainSubstring("SlowDown")))
	})

	It("refuse with any error of AWS, in the document of each service", func(ctx context.Context) {
		w := set(ctx,
			simulator.Rule{Kind: simulator.Refuse, Service: simulator.ImportExport, Operation: "GetShippingLabel", Code: "InvalidAddressException", Count: 1},
			simulator.Rule{Kind: simulator.Refuse, Service: simulator.ImportExport, Operation: "ListJobs", Code: "OptInRequired", Count: 1},
			simulator.Rule{Kind: simulator.Refuse, Operation: "ListJobs", Code: "Odd", Message: "very odd", HTTPStatus: 503, Count: 1},
			simulator.Rule{Kind: simulator.Refuse, Service: simulator.S3, Operation: "PUT", Path: "/photos/", Code: "AccessDenied"},
			simulator.Rule{Kind: simulator.Refuse, Service: simulator.S3, Operation: "HEAD", Code: "AccessDenied", HTTPStatus: 403})
		for _, c := range []struct{ operation, want string }{
			{"GetShippingLabel", "400 InvalidAddressException Sender The address specified in the manifest is invalid."},
			{"ListJobs", "403 OptInRequired Sender The AWS access key ID needs a subscription for the service."},
			{"ListJobs", "503 Odd Receiver very odd"},
		} {
			answer, body, err := w.send(ctx, c.operation)
			Expect(err).NotTo(HaveOccurred())
			Expect(strings.Join([]string{answer.Status[:3], element(body, "Code"), element(body, "Type"), element(body, "Message")}, " ")).To(Equal(c.want))
		}
		w.call(ctx, "ListJobs")
		_, err := w.s3.PutObject(ctx, &awss3.PutObjectInput{Bucket: aws.String("photos"), Key: aws.String("k")})
		Expect(err).To(MatchError(And(ContainSubstring("StatusCode: 403"), ContainSubstring("AccessDenied: Access Denied"))))
		_, err = w.s3.PutObject(ctx, &awss3.PutObjectInput{Bucket: aws.String("logs"), Key: aws.String("k")})
		Expect(err).NotTo(HaveOccurred())
	})

	It("tell the region of a bucket to whom is refused all the same", func(ctx context.Context) {
		w := set(ctx, simulator.Rule{Kind: simulator.Refuse, Service: simulator.S3, Operation: "HEAD", Code: "AccessDenied"})
		Expect(w.CreateBucket(ctx, simulator.Bucket{Name: "far", Region: "eu-west-1"})).To(Succeed())
		for bucket, want := range map[string]string{"photos": "us-east-1", "far": "eu-west-1", "nowhere": ""} {
			r, err := http.NewRequestWithContext(ctx, http.MethodHead, w.Endpoint()+"/"+bucket, nil)
			Expect(err).NotTo(HaveOccurred())
			answer, err := http.DefaultClient.Do(r)
			Expect(err).NotTo(HaveOccurred())
			Expect(answer.Body.Close()).To(Succeed())
			Expect(answer.StatusCode).To(Equal(http.StatusForbidden))
			Expect(answer.Header.Get("x-amz-bucket-region")).To(Equal(want))
		}
	})

	It("cut the connection before or after the work is done", func(ctx context.Context) {
		w := set(ctx,
			simulator.Rule{Kind: simulator.ResetBefore, Operation: "CreateJob", Count: 1},
			simulator.Rule{Kind: simulator.ResetAfter, Operation: "CreateJob", After: 1, Count: 1})
		for made := range 2 {
			_, _, err := w.send(ctx, "CreateJob", "JobType", "Export", "Manifest", manifestText)
			Expect(errors.Is(err, syscall.ECONNRESET)).To(BeTrue(), "%v", err)
			state, err := w.State(ctx)
			Expect(err).NotTo(HaveOccurred())
			Expect(state.Jobs).To(HaveLen(made * 2))
			if made == 0 {
				w.create(ctx, manifestText) // let through by After
			}
		}
	})

	It("delay answers, by path and method", func(ctx context.Context) {
		w := set(ctx, simulator.Rule{Kind: simulator.Latency, Latency: simulator.Duration(80 * time.Millisecond), Operation: "GET", Path: "/photos"})
		took := func(bucket string) time.Duration {
			begin := time.Now()
			_, err := w.s3.ListObjectsV2(ctx, &awss3.ListObjectsV2Input{Bucket: aws.String(bucket)})
			Expect(err).NotTo(HaveOccurred())
			return time.Since(begin)
		}
		Expect(took("photos")).To(BeNumerically(">=", 80*time.Millisecond))
		Expect(took("logs")).To(BeNumerically("<", 80*time.Millisecond))
	})

	DescribeTable("that make no sense are refused",
		func(ctx context.Context, f simulator.Faults, about string) {
			err := newWorld().SetFaults(ctx, f)
			var refused *simulator.ControlError
			Expect(errors.As(err, &refused)).To(BeTrue())
			Expect(refused.Message).To(ContainSubstring(about))
			Expect(refused.Remedy).NotTo(BeEmpty())
		},
		Entry("kind", simulator.Faults{Rules: []simulator.Rule{{Kind: "explode"}}}, "rules[0]: kind"),
		Entry("service", simulator.Faults{Rules: []simulator.Rule{{Kind: simulator.Throttle, Service: "ec2"}}}, "service"),
		Entry("status", simulator.Faults{Rules: []simulator.Rule{{Kind: simulator.ServerError, Status: 404}}}, "status"),
		Entry("count", simulator.Faults{Rules: []simulator.Rule{{Kind: simulator.Throttle, Count: -1}}}, "count"),
		Entry("operation", simulator.Faults{Rules: []simulator.Rule{{Kind: simulator.Throttle, Service: simulator.ImportExport, Operation: "GetLabel"}}}, "operation is CreateJob"),
		Entry("method", simulator.Faults{Rules: []simulator.Rule{{Kind: simulator.Throttle, Service: simulator.S3, Operation: "ListJobs"}}}, "operation is GET"),
		Entry("operation of neither", simulator.Faults{Rules: []simulator.Rule{{Kind: simulator.Throttle, Operation: "PATCH"}}}, "operation is"),
		Entry("no code", simulator.Faults{Rules: []simulator.Rule{{Kind: simulator.Refuse}}}, "code is missing"),
		Entry("a code that is none", simulator.Faults{Rules: []simulator.Rule{{Kind: simulator.Refuse, Code: "a b", Message: "m"}}}, "letters"),
		Entry("a code without a text", simulator.Faults{Rules: []simulator.Rule{{Kind: simulator.Refuse, Code: "Odd"}}}, "message is missing"),
		Entry("a text of the other service", simulator.Faults{Rules: []simulator.Rule{
			{Kind: simulator.Refuse, Service: simulator.S3, Code: "InvalidAddressException"},
		}}, "message is missing"),
		Entry("httpStatus", simulator.Faults{Rules: []simulator.Rule{{Kind: simulator.Refuse, Code: "AccessDenied", HTTPStatus: 200}}}, "httpStatus"),
		Entry("a code of another kind", simulator.Faults{Rules: []simulator.Rule{{Kind: simulator.Throttle, Code: "AccessDenied"}}}, "kind refuse"),
		Entry("an abort", simulator.Faults{Aborts: map[string]string{"*": "Complete"}}, `aborts[*]: no progress code "Complete"`),
		Entry("ended", simulator.Faults{EndedStatus: "maybe"}, "endedStatus"),
	)
})

var _ = DescribeTable("Duration",
	func(text, again string) {
		var d simulator.Duration
		err := d.UnmarshalText([]byte(text))
		if again == "" {
			Expect(err).To(HaveOccurred())
			return
		}
		Expect(err).NotTo(HaveOccurred())
		Expect(d.MarshalText()).To(BeEquivalentTo(again))
	},
	Entry(nil, "3d", "3d"), Entry(nil, "72h", "3d"), Entry(nil, "90m", "1h30m0s"), Entry(nil, "0s", "0s"),
	Entry(nil, "-1h", ""), Entry(nil, "-1d", ""), Entry(nil, "99999999d", ""), Entry(nil, "soon", ""), Entry(nil, "", ""),
)
