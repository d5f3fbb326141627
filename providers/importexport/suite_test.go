package importexport

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
)

func TestImportExport(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "importexport")
}

const (
	exampleKey    = "AKIAIOSFODNN7EXAMPLE"
	exampleSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

// serviceTime is the Date of a script's answers.
func serviceTime() time.Time { return time.Date(2015, 5, 27, 18, 58, 30, 0, time.UTC) }

// script is a server that plays one answer after the other and keeps what it was
// asked.
type script struct {
	*httptest.Server
	mu      sync.Mutex
	answers []http.HandlerFunc
	asked   []string // method, path and body
	headers []http.Header
}

func play(answers ...http.HandlerFunc) *script {
	s := &script{answers: answers}
	s.Server = httptest.NewServer(s)
	DeferCleanup(s.Close)
	return s
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	s.mu.Lock()
	s.asked = append(s.asked, fmt.Sprintf("%s %s\nContent-Type: %s\n\n%s\n", r.Method, r.RequestURI, r.Header.Get("Content-Type"), body))
	s.headers = append(s.headers, r.Header)
	var next http.HandlerFunc
	if len(s.answers) > 0 {
		next, s.answers = s.answers[0], s.answers[1:]
	}
	s.mu.Unlock()
	if next == nil {
		next = text(http.StatusTeapot, "the script has ended")
	}
	w.Header().Set("Date", serviceTime().Format(http.TimeFormat))
	next(w, r)
}

func (s *script) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.asked...)
}

// client returns a client of s that does not wait between attempts.
func (s *script) client() *Client { return clientOf(s.URL) }

func clientOf(endpoint string) *Client {
	GinkgoHelper()
	c, err := New(Options{
		Credentials: credentials.NewStaticCredentialsProvider(exampleKey, exampleSecret, ""),
		Region:      "eu-west-1",
		Endpoint:    endpoint,
		MaxBackoff:  time.Millisecond,
		UserAgent:   "s3export/0.1",
	})
	Expect(err).NotTo(HaveOccurred())
	return c
}

// text answers with a status and a body.
func text(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// golden answers with a file of testdata/answers.
func golden(name string) http.HandlerFunc {
	GinkgoHelper()
	return goldenWith(http.StatusOK, name)
}

func goldenWith(status int, name string) http.HandlerFunc {
	GinkgoHelper()
	body, err := os.ReadFile(filepath.Join("testdata", "answers", name+".xml"))
	Expect(err).NotTo(HaveOccurred())
	return text(status, string(body))
}

// refuse answers with an error envelope of the service.
func refuse(status int, code, message string) http.HandlerFunc {
	return text(status, "<ErrorResponse><Error><Type>Sender</Type><Code>"+code+"</Code><Message>"+message+
		"</Message></Error><RequestId>req-1</RequestId></ErrorResponse>")
}

// reset breaks the connection after the request was read.
func reset(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// matchGolden compares text with testdata/name, or writes it with UPDATE_GOLDEN=1.
func matchGolden(name, got string) {
	GinkgoHelper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
		Expect(os.WriteFile(path, []byte(got), 0o644)).To(Succeed())
	}
	want, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	Expect(got).To(Equal(string(want)))
}

// errorOf returns err as what every method promises: a *providers.Error with a
// remedy.
func errorOf(err error) *providers.Error {
	GinkgoHelper()
	Expect(err).To(HaveOccurred())
	e, ok := errors.AsType[*providers.Error](err)
	Expect(ok).To(BeTrue(), "%T", err)
	Expect(e.Remedy).NotTo(BeEmpty())
	Expect(e.Op).NotTo(BeEmpty())
	return e
}
