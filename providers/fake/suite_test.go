package fake_test

import (
	"context"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/conformance"
	"github.com/cargomedia/s3export/providers/fake"
)

func TestFake(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "fake")
}

var _ = Describe("the fake of a service that ships", func() {
	conformance.Jobs(conformance.Harness{
		Bucket: "photos", LogBucket: "photos-logs", PageSize: 3,
		New: func(context.Context) (conformance.Service, conformance.Controls) {
			s := fake.New(fake.Options{Traits: fake.Shipping(), Secret: "key"})
			return s, conformance.Controls{
				LoseCreate: func(context.Context) { s.LoseNext("CreateJob") },
				Start:      func(_ context.Context, id providers.JobID) { Expect(s.Start(id)).To(Succeed()) },
				Expire:     func(_ context.Context, id providers.JobID) { Expect(s.Expire(id)).To(Succeed()) },
				Advance:    func(_ context.Context, by time.Duration) { s.Advance(by) },
			}
		},
	})
})
