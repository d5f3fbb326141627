package pull_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// proxy stands between an engine and the simulator. It counts what passes, and spoils it.
type proxy struct {
	*httptest.Server
	passed atomic.Int64 // bytes of bodies
	asked  atomic.Int64 // requests
	// spoil is told of each body that comes back, and returns the one to pass on.
	spoil func(r *http.Request, body io.ReadCloser) io.ReadCloser
	// answer may answer itself; nil or false: the request is passed on.
	answer func(w http.ResponseWriter, r *http.Request) bool
	// seen is told how many bytes have passed.
	seen atomic.Pointer[func(passed int64)]
}

func newProxy(endpoint string) *proxy {
	GinkgoHelper()
	to, err := url.Parse(endpoint)
	Expect(err).NotTo(HaveOccurred())
	p := &proxy{}
	pass := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = to.Scheme, to.Host, r.In.Host
		},
		ModifyResponse: func(r *http.Response) error {
			if p.spoil != nil {
				r.Body = p.spoil(r.Request, r.Body)
			}
			r.Body = &passing{r.Body, p}
			return nil
		},
		ErrorLog:     slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		if p.answer == nil || !p.answer(w, r) {
			pass.ServeHTTP(w, r)
		}
	}))
	DeferCleanup(p.Close)
	return p
}

type passing struct {
	io.ReadCloser
	p *proxy
}

func (b *passing) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	passed := b.p.passed.Add(int64(n))
	if seen := b.p.seen.Load(); seen != nil {
		(*seen)(passed)
	}
	return n, err
}

// flipping changes the byte at a place of a body.
type flipping struct {
	io.ReadCloser
	at int64
}

func (f *flipping) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	if f.at >= 0 && f.at < int64(n) {
		p[f.at] ^= 1
	}
	f.at -= int64(n)
	return n, err
}

// breaking ends a body with an error after some bytes.
type breaking struct {
	io.ReadCloser
	left int
}

func (b *breaking) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
