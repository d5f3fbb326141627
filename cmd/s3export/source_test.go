package main

import (
	"context"
	"net/http"
	"net/http/httptest"

	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/verify"
)

var _ = It("does not take an object for the listed one where a server ignores If-Match", func(ctx context.Context) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"new"`)
	}))
	DeferCleanup(server.Close)
	client, err := s3.New(s3.Options{Credentials: credentials.NewStaticCredentialsProvider("A", "B", ""), Region: "us-east-1", Endpoint: server.URL})
	Expect(err).NotTo(HaveOccurred())
	source := bucketSource{client}
	_, err = source.Head(ctx, verify.Object{Bucket: "photos", Key: "k", ETag: "old"}, verify.Ask{})
	Expect(err).To(MatchError(verify.ErrChanged))
	_, err = source.Head(ctx, verify.Object{Bucket: "photos", Key: "k", ETag: "new"}, verify.Ask{})
	Expect(err).NotTo(HaveOccurred())
})
