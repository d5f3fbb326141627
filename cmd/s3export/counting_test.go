package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

// counting stands before an S3 server. It counts what is asked of it, and refuses what a
// role of less rights is refused.
type counting struct {
	next http.Handler

	mu    sync.Mutex
	asked map[string]int64
	deny  func(asked string, r *http.Request) bool // nil: nothing
}

// What is counted; the others are "other".
const (
	askedList       = "LIST"
	askedHead       = "HEAD"
	askedAttributes = "ATTRIBUTES"
	askedVersions   = "VERSIONS"
	askedGet        = "GET"
)

// counted starts a counting before the endpoint and returns it with its own.
func counted(endpoint string) (*counting, string) {
	GinkgoHelper()
	target, err := url.Parse(endpoint)
	Expect(err).NotTo(HaveOccurred())
	c := &counting{next: httputil.NewSingleHostReverseProxy(target), asked: map[string]int64{}}
	server := httptest.NewServer(c)
	DeferCleanup(server.Close)
	return c, server.URL
}

// kindOf returns what a request asks for.
func kindOf(r *http.Request) string {
	q := r.URL.Query()
	switch {
	case r.Method == http.MethodHead:
		return askedHead
	case r.Method != http.MethodGet:
		return "other"
	case q.Has("list-type"):
		return askedList
	case q.Has("attributes"):
		return askedAttributes
	case q.Has("versions"):
		return askedVersions
	case strings.Count(strings.Trim(r.URL.Path, "/"), "/") > 0:
		return askedGet
	}
	return "other"
}

// ServeHTTP implements http.Handler.
func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind := kindOf(r)
	c.mu.Lock()
	c.asked[kind]++
	denied := c.deny != nil && c.deny(kind, r)
	c.mu.Unlock()
	if !denied {
		c.next.ServeHTTP(w, r)
		return
	}
	w.WriteHeader(http.StatusForbidden)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, `<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`)
	}
}

// begin forgets what was counted, and sets what is refused from now on.
func (c *counting) begin(deny func(string, *http.Request) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked, c.deny = map[string]int64{}, deny
}

// text names all that was asked but listings, such as "HEAD 2, GET 1".
func (c *counting) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []string
	for _, kind := range []string{askedHead, askedAttributes, askedVersions, askedGet} {
		if n := c.asked[kind]; n > 0 {
			all = append(all, fmt.Sprintf("%s %d", kind, n))
		}
	}
	return strings.Join(all, ", ")
}

// requests returns what was counted as a report counts it.
func (c *counting) requests() verify.Requests {
	c.mu.Lock()
	defer c.mu.Unlock()
	return verify.Requests{Head: c.asked[askedHead], Attributes: c.asked[askedAttributes], Versions: c.asked[askedVersions], Get: c.asked[askedGet]}
}

// The rights that roles lack in practice.

// noDecrypt is a role that may not use the KMS key: what is stored of content is not told.
func noDecrypt(kind string, r *http.Request) bool {
	return kind == askedHead && r.Header.Get("X-Amz-Checksum-Mode") != "" || kind == askedGet || kind == askedAttributes
}

// noAttributes is a role with s3:GetObject alone.
func noAttributes(kind string, _ *http.Request) bool {
	return kind == askedAttributes || kind == askedVersions
}

// onlyList is a role that may list, and no more.
func onlyList(kind string, _ *http.Request) bool { return kind != askedList }
