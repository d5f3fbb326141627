package s3_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/auth"
	"github.com/cargomedia/s3export/providers/simulator/s3"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

const (
	keyID  = "AKIAIOSFODNN7EXAMPLE"
	secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	bucket = "photos"
	mib    = 1 << 20
)

func TestS3(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "providers/simulator/s3")
}

// service is a running S3 with one bucket.
type service struct {
	store  *store.Store
	url    string
	client *awss3.Client
	// payload is x-amz-content-sha256 of the last PUT.
	payload *atomic.Value
}

// clock is the service's time, far from the machine's.
func clock() time.Time { return time.Date(2031, 2, 3, 4, 5, 6, 7, time.UTC) }

func start() service {
	GinkgoHelper()
	return serve((*httptest.Server).Start, clock)
}

// startTLS serves over TLS, where SDKs send their checksums in trailers.
func startTLS() service {
	GinkgoHelper()
	return serve((*httptest.Server).StartTLS, clock)
}

// startMoving serves with a clock that the caller moves: it is now plus offset.
func startMoving() (s service, offset *atomic.Int64) {
	GinkgoHelper()
	offset = &atomic.Int64{}
	return serve((*httptest.Server).Start, func() time.Time { return clock().Add(time.Duration(offset.Load())) }), offset
}

func serve(begin func(*httptest.Server), now func() time.Time) service {
	GinkgoHelper()
	st := store.New(now)
	Expect(st.CreateBucket(bucket, store.BucketOptions{})).To(Succeed())
	handler, payload := s3.New(st, auth.Keys{keyID: secret}, now), &atomic.Value{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			payload.Store(r.Header.Get("X-Amz-Content-Sha256"))
		}
		handler.ServeHTTP(w, r)
	}))
	begin(server)
	DeferCleanup(server.Close)
	c := client(server.URL, keyID, secret, func(o *awss3.Options) { o.HTTPClient = server.Client() })
	return service{store: st, url: server.URL, client: c, payload: payload}
}

func client(url, id, key string, more ...func(*awss3.Options)) *awss3.Client {
	return awss3.New(awss3.Options{
		BaseEndpoint: aws.String(url),
		Region:       "us-east-1",
		Credentials:  credentials.NewStaticCredentialsProvider(id, key, ""),
		UsePathStyle: true,
		// As a client made from a configuration has it.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
		Retryer:                    aws.NopRetryer{},
		HTTPClient:                 &http.Client{Timeout: 30 * time.Second},
	}, more...)
}

func ctx() context.Context { return context.Background() }

// expectSame compares without printing megabytes when it fails.
func expectSame(got, want string) {
	GinkgoHelper()
	Expect(got).To(HaveLen(len(want)))
	if got != want {
		Fail("the content is another")
	}
}
