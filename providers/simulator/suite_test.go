package simulator_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator"
)

func TestSimulator(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "simulator")
}

var start = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// world is a running simulator whose base time stands still.
type world struct {
	*simulator.Server
	*simulator.Control
	s3   *awss3.Client
	keys aws.Credentials // of Import/Export requests
}

func newWorld(change ...func(*simulator.Options)) world {
	GinkgoHelper()
	o := simulator.Options{WorkDir: GinkgoT().TempDir(), Now: func() time.Time { return start }}
	for _, c := range change {
		c(&o)
	}
	s, err := simulator.Start(context.Background(), o)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(s.Close)
	info := s.Info()
	w := world{Server: s, Control: simulator.NewControl(s.Endpoint())}
	w.keys = aws.Credentials{AccessKeyID: info.AccessKeyID, SecretAccessKey: info.SecretAccessKey}
	w.s3 = awss3.New(awss3.Options{
		Region: info.Region, BaseEndpoint: aws.String(info.Endpoint), UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(info.AccessKeyID, info.SecretAccessKey, ""),
	})
	return w
}

// buckets makes the buckets of the manifest below.
func (w world) buckets(ctx context.Context) {
	GinkgoHelper()
	for _, b := range []string{"photos", "logs"} {
		Expect(w.CreateBucket(ctx, simulator.Bucket{Name: b})).To(Succeed())
	}
}

func (w world) put(ctx context.Context, key, content string) {
	GinkgoHelper()
	_, err := w.s3.PutObject(ctx, &awss3.PutObjectInput{
		Bucket: aws.String("photos"), Key: aws.String(key), Body: strings.NewReader(content),
	})
	Expect(err).NotTo(HaveOccurred())
}

func (w world) get(ctx context.Context, bucket, key string) string {
	GinkgoHelper()
	o, err := w.s3.GetObject(ctx, &awss3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	Expect(err).NotTo(HaveOccurred())
	defer o.Body.Close()
	content, err := io.ReadAll(o.Body)
	Expect(err).NotTo(HaveOccurred())
	return string(content)
}

// send posts a signed Import/Export request.
func (w world) send(ctx context.Context, params ...string) (*http.Response, string, error) {
	GinkgoHelper()
	form := url.Values{"Action": {params[0]}, "Version": {"2010-06-01"}}
	for i := 1; i < len(params); i += 2 {
		form.Set(params[i], params[i+1])
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.Endpoint()+"/", strings.NewReader(form.Encode()))
	Expect(err).NotTo(HaveOccurred())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	sum := sha256.Sum256([]byte(form.Encode()))
	Expect(v4.NewSigner().SignHTTP(ctx, w.keys, r, hex.EncodeToString(sum[:]), "IngestionService", "us-east-1", start)).To(Succeed())
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer, string(body), err
}

// call is send for a request that must succeed.
func (w world) call(ctx context.Context, params ...string) string {
	GinkgoHelper()
	answer, body, err := w.send(ctx, params...)
	Expect(err).NotTo(HaveOccurred())
	Expect(answer.StatusCode).To(Equal(http.StatusOK), body)
	return body
}

func (w world) create(ctx context.Context, text string) (id string) {
	GinkgoHelper()
	return element(w.call(ctx, "CreateJob", "JobType", "Export", "ValidateOnly", "false", "Manifest", text), "JobId")
}

// element returns the text of an XML element, with line feeds as they were.
func element(body, name string) string {
	_, s, _ := strings.Cut(body, "<"+name+">")
	s, _, _ = strings.Cut(s, "</"+name+">")
	return strings.ReplaceAll(s, "&#xA;", "\n")
}

const manifestText = `manifestVersion: 2.0
deviceId: WD-1
fileSystem: EXT4
logBucket: logs
logPrefix: exports/
pinCode: 473829
operations:
  - exportBucket: photos
    prefix: 2026/
    targetDirectory: copy
returnAddress:
  name: Jane Roe
  street1: 123 Any Street
  city: Anytown
  stateOrProvince: WA
  postalCode: 91011-1111
  phoneNumber: 206-555-1111
  country: USA
`
