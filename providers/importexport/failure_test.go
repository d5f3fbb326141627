package importexport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
)

// hang holds the answer back until the client has gone.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// cutOff promises more than it sends.
func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte("<CreateJobResponse><CreateJobResult><JobId>EX1ID"))
}

func create(ctx context.Context, c *Client) error {
	_, err := c.CreateJob(ctx, request("generator: x\n"))
	return err
}

func look(ctx context.Context, c *Client) error {
	_, err := c.Job(ctx, "EX1ID")
	return err
}

var _ = Describe("a lost answer", func() {
	DescribeTable("of CreateJob is OutcomeUnknown, and nothing is sent again",
		func(ctx context.Context, answer http.HandlerFunc) {
			s := play(answer, golden("create-job"))
			e := errorOf(create(ctx, s.client()))
			Expect(e.Kind).To(Equal(providers.OutcomeUnknown))
			Expect(e.Remedy).To(ContainSubstring("mark"))
			Expect(s.requests()).To(HaveLen(1))
		},
		Entry("connection reset", http.HandlerFunc(reset)),
		Entry("body cut off", http.HandlerFunc(cutOff)),
		Entry("500 of the service", refuse(500, "InternalFailure", "oops")),
		Entry("503 of the service", refuse(503, "ServiceUnavailable", "oops")),
		Entry("503 with a code that nobody knows", refuse(503, "Confused", "oops")),
		Entry("502 of a proxy", text(502, "<html>Bad gateway</html>")),
		Entry("408", text(408, "")),
		Entry("200 without XML", text(200, "hello")),
		Entry("200 without a job", text(200, "<CreateJobResponse><CreateJobResult/></CreateJobResponse>")),
		Entry("200 of another operation", golden("get-status")),
		Entry("200 without end", text(200, "<CreateJobResponse><CreateJobResult>"+strings.Repeat("x", maxAnswer))),
	)

	It("of CreateJob is OutcomeUnknown when the caller's time is up", func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		err := create(ctx, play(hang).client())
		Expect(errorOf(err).Kind).To(Equal(providers.OutcomeUnknown))
		Expect(errors.Is(err, context.DeadlineExceeded)).To(BeTrue())
	})

	It("of CreateJob is OutcomeUnknown when the HTTP client's time is up", func(ctx context.Context) {
		s := play(hang)
		c := s.client()
		c.http = &http.Client{Timeout: 50 * time.Millisecond}
		Expect(errorOf(create(ctx, c)).Kind).To(Equal(providers.OutcomeUnknown))
		Expect(s.requests()).To(HaveLen(1))
	})

	It("of what may be repeated is got again", func(ctx context.Context) {
		s := play(cutOff, refuse(500, "InternalFailure", ""), golden("get-status"))
		Expect(look(ctx, s.client())).To(Succeed())
		Expect(s.requests()).To(HaveLen(3))
	})

	It("of what may be repeated is Transient in the end", func(ctx context.Context) {
		s := play(reset, reset, reset, golden("get-status"))
		Expect(errorOf(look(ctx, s.client())).Kind).To(Equal(providers.Transient))
		Expect(s.requests()).To(HaveLen(3))
	})

	It("says that the validation by the service may be repeated", func(ctx context.Context) {
		s := play(reset, golden("check"))
		_, err := s.client().Check(ctx, request("x"))
		Expect(err).NotTo(HaveOccurred())
	})
})

var _ = Describe("a refusal", func() {
	It("by throttling is repeated, even of CreateJob", func(ctx context.Context) {
		s := play(refuse(400, "Throttling", "Rate exceeded"), refuse(503, "SlowDown", ""), golden("create-job"))
		Expect(create(ctx, s.client())).To(Succeed())
		Expect(s.requests()).To(HaveLen(3))
	})

	It("by throttling ends as Throttled", func(ctx context.Context) {
		slow := refuse(400, "ThrottlingException", "Rate exceeded")
		Expect(errorOf(create(ctx, play(slow, slow, slow).client())).Kind).To(Equal(providers.Throttled))
	})

	DescribeTable("is not repeated", func(ctx context.Context, status int, code string, want providers.ErrorKind) {
		s := play(refuse(status, code, "m"), golden("create-job"))
		e := errorOf(create(ctx, s.client()))
		Expect(e.Kind).To(Equal(want))
		Expect(e.Code).To(Equal(code))
		Expect(s.requests()).To(HaveLen(1))
	},
		Entry(nil, 400, "MissingManifestFieldException", providers.Invalid),
		Entry(nil, 400, "InvalidManifestField", providers.Invalid),
		Entry(nil, 400, "CreateJobQuotaExceededException", providers.QuotaExceeded),
		Entry(nil, 400, "NoSuchBucketException", providers.NotFound),
		Entry(nil, 400, "BucketPermissionException", providers.Denied),
		Entry(nil, 403, "InvalidClientTokenIdException", providers.Denied),
		Entry(nil, 403, "AccessDenied", providers.Denied),
		Entry(nil, 400, "SomethingNewException", providers.Unexpected),
	)

	It("by somebody else than the service is Unexpected", func(ctx context.Context) {
		e := errorOf(create(ctx, play(text(403, "<html>Proxy says no")).client()))
		Expect(e.Kind).To(Equal(providers.Unexpected))
		Expect(e.Remedy).To(ContainSubstring("proxy"))
		Expect(e.Error()).NotTo(ContainSubstring("html"))
	})
})

var _ = Describe("an endpoint where nobody answers", func() {
	closedPort := func() string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		Expect(err).NotTo(HaveOccurred())
		defer l.Close()
		return "http://" + l.Addr().String()
	}

	It("is Unreachable, also for CreateJob, and names the simulator on this host", func(ctx context.Context) {
		e := errorOf(create(ctx, clientOf(closedPort())))
		Expect(e.Kind).To(Equal(providers.Unreachable))
		Expect(e.Remedy).To(ContainSubstring("`s3export simulate`"))
		Expect(e.At).To(BeZero())
	})

	It("is tried again, also for CreateJob", func(ctx context.Context) {
		tries := 0
		c := clientOf(closedPort())
		c.http = doer(func(*http.Request) (*http.Response, error) {
			tries++
			return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
		})
		Expect(errorOf(create(ctx, c)).Kind).To(Equal(providers.Unreachable))
		Expect(tries).To(Equal(3))
	})

	It("is Unreachable when TLS fails", func(ctx context.Context) {
		s := play(golden("create-job"))
		e := errorOf(create(ctx, clientOf(strings.Replace(s.URL, "http:", "https:", 1))))
		Expect(e.Kind).To(Equal(providers.Unreachable))
	})

	It("may be a service that has ended", func() {
		e, err := resolveEndpoint("", "")
		Expect(err).NotTo(HaveOccurred())
		Expect(e.unreachable()).To(ContainSubstring("may no longer answer"))
	})
})

type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

var _ = Describe("an interrupted call", func() {
	It("is the context's error and no verdict on the service", func(ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		err := create(ctx, play(golden("create-job")).client())
		Expect(errors.Is(err, context.Canceled)).To(BeTrue())
		Expect(errorOf(err).Kind).To(Equal(providers.Transient))
	})
})

var _ = Describe("secrets", func() {
	const text = "manifestVersion: 2.0\npinCode: \"47 11\"\ntrueCryptPassword: correct horse\nreturnAddress:\n  name: Jane Roe\n"

	DescribeTable("are in no error, whatever the service quotes", func(ctx context.Context, message string) {
		_, err := play(refuse(400, "InvalidManifestFieldException", message)).client().CreateJob(ctx, request(text))
		e := errorOf(err)
		encoded, jsonErr := json.Marshal(e)
		Expect(jsonErr).NotTo(HaveOccurred())
		for _, shown := range []string{err.Error(), fmt.Sprintf("%+v", e), fmt.Sprintf("%#v", e), fmt.Sprintf("%#v", e.Err), string(encoded), errors.Unwrap(err).Error()} {
			Expect(shown).NotTo(ContainSubstring("47 11"))
			Expect(shown).NotTo(ContainSubstring("correct horse"))
			Expect(shown).NotTo(ContainSubstring("Jane Roe"))
		}
		Expect(e.Message).To(ContainSubstring("<redacted>"))
	},
		Entry("a value", "pinCode 47 11 is too short"),
		Entry("a value as written", `pinCode &quot;47 11&quot; and correct horse`),
		Entry("the manifest", "bad manifest: "+strings.ReplaceAll(text, `"`, "&quot;")),
	)

	It("are not in the message of an answer that is broken", func(ctx context.Context) {
		broken := "<GetStatusResponse><GetStatusResult><CurrentManifest>pinCode: &4711;</CurrentManifest>"
		e := errorOf(look(ctx, play(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(broken))
		}).client()))
		Expect(fmt.Sprintf("%+v", e)).NotTo(ContainSubstring("4711"))
		Expect(e.Message).To(ContainSubstring("not well-formed XML in line 1"))
	})

	It("make no line breaks and no endless messages", func() {
		Expect(oneLine("a\r\n\tb\x1b[31m" + strings.Repeat("c", 2000))).To(HavePrefix("a b [31mccc"))
		Expect(len(oneLine(strings.Repeat("c", 2000)))).To(BeNumerically("<", 1010))
	})
})
