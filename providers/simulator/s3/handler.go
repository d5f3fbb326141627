package s3

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/cargomedia/s3export/providers/simulator/auth"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

// maxKey is the longest key in bytes.
const maxKey = 1024

type handler struct {
	store  *store.Store
	keys   auth.Keys
	now    func() time.Time
	serial atomic.Uint64 // of requests
}

// New returns S3 over a store. Requests must be signed with one of keys; now is
// the service's time, which answers carry as Date. It may be called concurrently.
func New(st *store.Store, keys auth.Keys, now func() time.Time) http.Handler {
	return &handler{store: st, keys: keys, now: now}
}

// exchange is one request being answered.
type exchange struct {
	*handler
	w      http.ResponseWriter
	r      *http.Request
	query  url.Values
	bucket string
	key    string
	grant  *auth.Grant
	id     string // of the request
	hostID string
}

// operation answers a request, or says why not before it has written anything.
type operation func(*exchange) error

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{handler: h, w: w, r: r, query: r.URL.Query()}
	x.bucket, x.key, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	x.goOn()
	x.identify()
	if err := x.serve(); err != nil {
		x.fail(err)
	}
}

// goOn answers "Expect: 100-continue" of a request with an empty body, as S3 does
// and net/http does not. Without it botocore takes the final status for the answer
// to Expect, and the next upload on the connection hangs until its timeout.
func (x *exchange) goOn() {
	if x.r.ContentLength == 0 && strings.EqualFold(x.r.Header.Get("Expect"), "100-continue") {
		x.w.WriteHeader(http.StatusContinue)
	}
}

func (x *exchange) serve() error {
	grant, refusal := x.keys.CheckS3(x.r)
	if refusal != nil {
		return refusal
	}
	x.grant = grant
	switch {
	case !utf8.ValidString(x.r.URL.Path):
		return newError(http.StatusBadRequest, "InvalidURI", "Couldn't parse the specified URI.")
	case len(x.key) > maxKey:
		return newError(http.StatusBadRequest, "KeyTooLongError", "Your key is too long").
			with("Size", fmt.Sprint(len(x.key))).with("MaxSizeAllowed", fmt.Sprint(maxKey))
	}
	op, err := x.route()
	if err != nil {
		return err
	}
	return op(x)
}

// identify stamps the answer as S3 does.
func (x *exchange) identify() {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, x.serial.Add(1)))
	x.id = strings.ToUpper(fmt.Sprintf("%x", sum[:8]))
	x.hostID = base64.StdEncoding.EncodeToString(append(sum[:], sum[:]...))
	x.set("x-amz-request-id", x.id)
	x.set("x-amz-id-2", x.hostID)
	x.set("Date", x.now().UTC().Format(http.TimeFormat))
	x.set("Server", "AmazonS3")
}

// set writes a header in the spelling of S3, which clients keep for the names of
// user metadata.
func (x *exchange) set(name, value string) { x.w.Header()[name] = []string{value} }

// status ends an answer that has no body.
func (x *exchange) status(code int) error {
	x.w.WriteHeader(code)
	return nil
}
