package providers_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
)

var _ = Describe("Cause", func() {
	get := func(client *http.Client, url string) error {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
		Expect(err).NotTo(HaveOccurred())
		response, err := client.Do(r)
		if err == nil {
			_ = response.Body.Close()
		}
		return fmt.Errorf("request send failed, %w", err)
	}

	It("says of a port where nobody listens that the connection was refused", func() {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		Expect(err).NotTo(HaveOccurred())
		Expect(l.Close()).To(Succeed())
		Expect(providers.Cause(get(http.DefaultClient, "http://"+l.Addr().String()))).To(Equal("connection refused"))
	})

	It("says of a host that does not exist which one it is", func() {
		err := &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "s3.example", Server: "192.0.2.1:53", IsNotFound: true}}
		Expect(providers.Cause(err)).To(Equal("looking up s3.example: no such host"))
	})

	It("says of a server that nobody vouches for what is wrong with its certificate", func() {
		server := httptest.NewTLSServer(http.NotFoundHandler())
		DeferCleanup(server.Close)
		Expect(providers.Cause(get(&http.Client{}, server.URL))).To(Equal("x509: certificate signed by unknown authority"))
	})

	It("says of a server that is silent that the time is over", func() {
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
		DeferCleanup(server.Close)
		Expect(providers.Cause(get(&http.Client{Timeout: time.Millisecond}, server.URL))).To(Equal("timed out"))
	})

	It("leaves other errors as they are", func() {
		Expect(providers.Cause(errors.New("unexpected EOF"))).To(Equal("unexpected EOF"))
	})
})
