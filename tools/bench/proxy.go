package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// proxy stands before a server, counts, and makes it as far away as wanted.
type proxy struct {
	endpoint string
	delay    atomic.Int64 // nanoseconds before each request is passed on
	web      *http.Server

	mu    sync.Mutex
	count counts
}

// counts is what went through a proxy.
type counts struct {
	list, head, get, other int64
	bytes                  int64 // of answers
}

func (c counts) String() string {
	return fmt.Sprintf("%d | %d | %d | %d | %.1f", c.list, c.head, c.get, c.other, float64(c.bytes)/1e6)
}

func (c counts) all() int64 { return c.list + c.head + c.get + c.other }

func newProxy(ctx context.Context, server string) (*proxy, error) {
	target, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{endpoint: "http://" + l.Addr().String()}
	forward := &httputil.ReverseProxy{
		Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // it is signed
		},
		ModifyResponse: func(r *http.Response) error {
			r.Body = &countedBody{r.Body, p}
			return nil
		},
	}
	p.web = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.see(r)
		if d := p.delay.Load(); d > 0 {
			time.Sleep(time.Duration(d))
		}
		forward.ServeHTTP(w, r)
	})}
	go func() { _ = p.web.Serve(l) }()
	return p, nil
}

func (p *proxy) see(r *http.Request) {
	_, key, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	query := r.URL.Query()
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case r.Method == http.MethodHead && key != "":
		p.count.head++
	case r.Method != http.MethodGet:
		p.count.other++
	case key != "":
		p.count.get++
	case query.Get("list-type") == "2" || len(query) == 0 || query.Has("prefix") || query.Has("max-keys") || query.Has("marker"):
		p.count.list++
	default:
		p.count.other++
	}
}

// taken returns what was counted since it was called last.
func (p *proxy) taken() counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.count
	p.count = counts{}
	return c
}

func (p *proxy) close() error {
	if err := p.web.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

type countedBody struct {
	io.ReadCloser
	p *proxy
}

func (b *countedBody) Read(buffer []byte) (int, error) {
	n, err := b.ReadCloser.Read(buffer)
	b.p.mu.Lock()
	b.p.count.bytes += int64(n)
	b.p.mu.Unlock()
	return n, err
}
