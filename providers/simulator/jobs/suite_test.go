package jobs_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr/funcr"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/jobs"
)

func TestJobs(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "simulator/jobs")
}

const account = "AKIAIOSFODNN7EXAMPLE"

// world is a service with three buckets, a clock that tests move and its log.
type world struct {
	*jobs.Service
	now     time.Time
	objects map[string][]byte
	log     bytes.Buffer
}

func newWorld() *world {
	w := &world{now: time.Date(2015, 5, 27, 18, 58, 21, 0, time.UTC), objects: map[string][]byte{}}
	w.Service = jobs.New(jobs.Options{
		Buckets: w,
		Authenticate: func(r *http.Request, _ []byte) (string, *jobs.Refusal) {
			return r.Header.Get("Test-Account"), nil
		},
		Now:       func() time.Time { return w.now },
		Seed:      "test",
		ObjectURL: func(bucket, key string) string { return "http://127.0.0.1:1/" + bucket + "/" + key },
		Log:       funcr.New(func(prefix, args string) { w.log.WriteString(prefix + args + "\n") }, funcr.Options{Verbosity: 9}),
	})
	return w
}

func (*world) BucketRegion(bucket string) (string, bool) {
	region, ok := map[string]string{
		"photos": "us-east-1", "logs": "us-east-1", "closed": "us-east-1", "ireland": "eu-west-1", "ireland-logs": "eu-west-1",
	}[bucket]
	return region, ok
}

func (*world) MayUse(_, bucket string) bool { return bucket != "closed" }

func (w *world) PutDocument(bucket, key, _ string, content []byte) error {
	w.objects[bucket+"/"+key] = content
	return nil
}

// as posts parameters as an account and returns status and body.
func (w *world) as(who string, params ...string) (int, string) {
	form := url.Values{"Version": {"2010-06-01"}}
	for i := 0; i < len(params); i += 2 {
		form.Set(params[i], params[i+1])
	}
	return w.post(who, "/", form.Encode())
}

func (w *world) post(who, target, body string) (int, string) {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("Test-Account", who)
	Expect(jobs.IsRequest(r)).To(BeTrue())
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, r)
	return answer.Code, answer.Body.String()
}

func (w *world) do(action string, params ...string) (int, string) {
	return w.as(account, append([]string{"Action", action}, params...)...)
}

// create makes a job that must come about and returns its id.
func (w *world) create(text string) string {
	GinkgoHelper()
	status, body := w.do("CreateJob", "JobType", "Export", "ValidateOnly", "false", "Manifest", text)
	Expect(status).To(Equal(http.StatusOK), body)
	return between(body, "<JobId>", "</JobId>")
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

const manifestText = `manifestVersion: 2.0
generator: s3export/v1 photos-a 1 0123456789abcdef
deviceId: WD-WCC4E0000000
fileSystem: EXT4
logBucket: logs
logPrefix: exports/
pinCode: 473829
operations:
  - exportBucket: photos
    prefix: images/
returnAddress:
  name: Jane Roe
  street1: 123 Any Street
  city: Anytown
  stateOrProvince: WA
  postalCode: 91011-1111
  phoneNumber: 206-555-1111
  country: USA
`

// golden compares got with a file of testdata; UPDATE_GOLDEN=1 writes it.
func golden(name, got string) {
	GinkgoHelper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		Expect(os.MkdirAll("testdata", 0o755)).To(Succeed())
		Expect(os.WriteFile(file, []byte(got), 0o644)).To(Succeed())
	}
	want, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred())
	Expect(got).To(Equal(string(want)))
}
