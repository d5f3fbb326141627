package s3_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
)

func TestS3(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "s3")
}

// script is a server that plays one answer after the other and keeps what it was
// asked.
type script struct {
	*httptest.Server
	mu      sync.Mutex
	answers []http.HandlerFunc
	asked   []*http.Request
}

func play(answers ...http.HandlerFunc) *script {
	s := &script{answers: answers}
	s.Server = httptest.NewServer(s)
	DeferCleanup(s.Close)
	return s
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r)
	next := answer(http.StatusTeapot, "")
	if len(s.answers) > 0 {
		next, s.answers = s.answers[0], s.answers[1:]
	}
	s.mu.Unlock()
	w.Header().Set("Date", "Wed, 27 May 2015 18:58:30 GMT")
	w.Header().Set("X-Amz-Request-Id", "req-1")
	next(w, r)
}

func (s *script) client() *s3.Client { return clientOf(s.URL) }

func clientOf(endpoint string) *s3.Client {
	GinkgoHelper()
	c, err := s3.New(s3.Options{
		Credentials: credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "secret", ""),
		Region:      "eu-west-1",
		Endpoint:    endpoint,
		MaxBackoff:  time.Millisecond,
		UserAgent:   "s3export/0.1",
	})
	Expect(err).NotTo(HaveOccurred())
	return c
}

func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func refuse(status int, code string, headers ...string) http.HandlerFunc {
	return answer(status, "<Error><Code>"+code+"</Code><Message>text of "+code+"</Message></Error>", headers...)
}

func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func errorOf(err error) *providers.Error {
	GinkgoHelper()
	Expect(err).To(HaveOccurred())
	e, ok := errors.AsType[*providers.Error](err)
	Expect(ok).To(BeTrue(), "%T", err)
	Expect(e.Remedy).NotTo(BeEmpty())
	Expect(e.Op).NotTo(BeEmpty())
	return e
}

func list(ctx context.Context, c *s3.Client, q s3.Query) ([]string, error) {
	var keys []string
	err := c.List(ctx, "photos", q, func(o s3.Object) error {
		keys = append(keys, o.Key)
		return nil
	})
	return keys, err
}
