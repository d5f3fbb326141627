package simulator

import (
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/cargomedia/s3export/providers/simulator/jobs"
)

// spoil answers a request as a rule says; next carries it out.
func (s *service) spoil(w http.ResponseWriter, r *http.Request, rule Rule, next http.Handler) {
	if !pause(r, time.Duration(rule.Latency)) {
		return
	}
	switch rule.Kind {
	case Latency:
		next.ServeHTTP(w, r)
	case Throttle:
		drain(r)
		s.refuse(w, r, throttled(r))
	case ServerError:
		drain(r)
		s.refuse(w, r, broken(r, rule.Status))
	case Refuse:
		drain(r)
		s.refuse(w, r, rule.refusal(jobs.IsRequest(r)))
	case ResetBefore:
		drain(r)
		reset(w)
	case ResetAfter:
		next.ServeHTTP(nobody{header: http.Header{}}, r)
		drain(r)
		reset(w)
	}
}

// pause waits; it is false when the client went away meanwhile.
func pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// drain reads what the client sends, so that a reset meets a client that waits
// for its answer.
func drain(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

// throttled is how each service says "slow down" (Import/Export by the query
// protocol's common errors, S3 by its error responses).
func throttled(r *http.Request) *jobs.Refusal {
	if jobs.IsRequest(r) {
		return &jobs.Refusal{Status: http.StatusBadRequest, Code: "Throttling", Message: "Rate exceeded"}
	}
	return &jobs.Refusal{Status: http.StatusServiceUnavailable, Code: "SlowDown", Message: "Please reduce your request rate."}
}

func broken(r *http.Request, status int) *jobs.Refusal {
	switch {
	case status == http.StatusServiceUnavailable:
		return &jobs.Refusal{Status: status, Code: "ServiceUnavailable", Message: "The service is temporarily unavailable."}
	case status == 0:
		status = http.StatusInternalServerError
	}
	code := "InternalError"
	if jobs.IsRequest(r) {
		code = "InternalFailure"
	}
	return &jobs.Refusal{Status: status, Code: code, Message: "We encountered an internal error. Please try again."}
}

// refuse answers in the form of the service that was asked.
func (s *service) refuse(w http.ResponseWriter, r *http.Request, refused *jobs.Refusal) {
	id := s.jobs.RequestID()
	if jobs.IsRequest(r) {
		jobs.WriteRefusal(w, id, refused)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("x-amz-request-id", id)
	bucket, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if region, known := s.buckets.BucketRegion(bucket); known { // AWS tells it to everybody
		w.Header().Set("x-amz-bucket-region", region)
	}
	w.WriteHeader(refused.Status)
	if r.Method == http.MethodHead {
		return
	}
	body, err := xml.Marshal(struct {
		XMLName                 xml.Name `xml:"Error"`
		Code, Message, Resource string
		RequestID               string `xml:"RequestId"`
	}{Code: refused.Code, Message: refused.Message, Resource: r.URL.Path, RequestID: id})
	if err == nil {
		_, _ = w.Write(append([]byte(xml.Header), body...)) // the client may be gone
	}
}

// reset closes the connection so that the client sees "connection reset by peer".
func reset(w http.ResponseWriter) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // HTTP/1 over TCP always can
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it a close would be an orderly one
	}
	_ = c.Close()
}

// nobody takes an answer that gets lost.
type nobody struct{ header http.Header }

// Header implements http.ResponseWriter.
func (n nobody) Header() http.Header { return n.header }

// Write drops p.
func (nobody) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader does nothing.
func (nobody) WriteHeader(int) {}
