package importexport

import (
	"time"

	"context"

	"github.com/aws/aws-sdk-go-v2/credentials"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
)

var _ = Describe("the label's URL", func() {
	DescribeTable("names bucket and key", func(url, bucket, key string) {
		gotBucket, gotKey := labelObject(url)
		Expect([]string{gotBucket, gotKey}).To(Equal([]string{bucket, key}))
	},
		Entry(nil, "https://s3.amazonaws.com/logs/shipping-label-EX1ID.pdf", "logs", "shipping-label-EX1ID.pdf"),
		Entry(nil, "https://s3-eu-west-1.amazonaws.com/logs/a/b.pdf", "logs", "a/b.pdf"),
		Entry(nil, "https://s3.eu-west-1.amazonaws.com/logs/a%20b+c.pdf", "logs", "a b+c.pdf"),
		Entry(nil, "https://s3.dualstack.us-west-2.amazonaws.com/logs/l.pdf", "logs", "l.pdf"),
		Entry(nil, "https://logs.s3.amazonaws.com/l.pdf", "logs", "l.pdf"),
		Entry(nil, "https://my.logs.s3.eu-west-1.amazonaws.com/p/l.pdf", "my.logs", "p/l.pdf"),
		Entry(nil, "https://logs.s3-ap-southeast-1.amazonaws.com/l.pdf?X-Amz-Signature=1", "logs", "l.pdf"),
		Entry(nil, "https://logs.s3.dualstack.us-west-2.amazonaws.com/l.pdf", "logs", "l.pdf"),
		Entry(nil, "https://s3-logs.s3.amazonaws.com/l.pdf", "s3-logs", "l.pdf"),
		Entry(nil, "https://logs.s3.cn-north-1.amazonaws.com.cn/l.pdf", "logs", "l.pdf"),
		Entry(nil, "http://127.0.0.1:9000/logs/l.pdf", "logs", "l.pdf"),
		Entry(nil, "http://logs.example.com/bucket/l.pdf", "bucket", "l.pdf"),
		Entry(nil, "http://127.0.0.1:9000/logs", "", ""),
		Entry(nil, "https://logs.s3.amazonaws.com/", "", ""),
		Entry(nil, "http://host//l.pdf", "", ""),
		Entry(nil, "logs/l.pdf", "", ""),
		Entry(nil, "", "", ""),
		Entry(nil, "ftp://s3.amazonaws.com/logs/l.pdf", "", ""),
	)

	It("is kept without a signature", func(ctx context.Context) {
		s := play(text(200, "<GetShippingLabelResponse><GetShippingLabelResult><ShippingLabelURL>https://s3.amazonaws.com/logs/l.pdf?Signature=abc&amp;Expires=1"+
			"</ShippingLabelURL></GetShippingLabelResult></GetShippingLabelResponse>"))
		l, err := s.client().Label(ctx, []providers.JobID{"EX1ID"}, providers.Address{})
		Expect(err).NotTo(HaveOccurred())
		Expect(l.URL).To(Equal("https://s3.amazonaws.com/logs/l.pdf"))
	})

	It("is missed aloud", func(ctx context.Context) {
		s := play(text(200, "<GetShippingLabelResponse><GetShippingLabelResult/></GetShippingLabelResponse>"))
		_, err := s.client().Label(ctx, []providers.JobID{"EX1ID"}, providers.Address{})
		Expect(errorOf(err).Kind).To(Equal(providers.Unexpected))
	})
})

var _ = Describe("New", func() {
	key := credentials.NewStaticCredentialsProvider(exampleKey, exampleSecret, "")

	DescribeTable("refuses what cannot work", func(o Options) {
		_, err := New(o)
		Expect(errorOf(err).Kind).To(Equal(providers.Invalid))
		Expect(err.Error()).NotTo(ContainSubstring("hunter2"))
	},
		Entry("no credentials", Options{}),
		Entry("no scheme", Options{Credentials: key, Endpoint: "localhost:4000"}),
		Entry("a path", Options{Credentials: key, Endpoint: "http://localhost:4000/x"}),
		Entry("a password", Options{Credentials: key, Endpoint: "http://me:hunter2@localhost:4000"}),
		Entry("another scheme", Options{Credentials: key, Endpoint: "ftp://localhost"}),
		Entry("a page too long", Options{Credentials: key, PageSize: 1001}),
	)

	It("has the traits of a service that loads a drive at its site", func() {
		c, err := New(Options{Credentials: key})
		Expect(err).NotTo(HaveOccurred())
		Expect(c.Traits()).To(Equal(providers.Traits{
			HasJob: true, ShipsDrive: true, SignsVolume: true, HasLabel: true, FormatsDrive: true, Fill: providers.ByService,
			Patience: providers.Patience{
				Lifetime: 720 * time.Hour, Register: 168 * time.Hour, Begin: 336 * time.Hour, Load: 336 * time.Hour, SendBack: 168 * time.Hour, Carrier: "UPS",
			},
		}))
	})
})
