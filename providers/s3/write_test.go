package s3_test

import (
	"context"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
)

var _ = Describe("CanWrite", func() {
	It("asks for an empty object with a wrong digest and an impossible condition, once", func(ctx context.Context) {
		s := play(refuse(400, "BadDigest"))
		Expect(s.client().CanWrite(ctx, "photos", "logs/ü ")).To(Succeed())
		Expect(s.asked).To(HaveLen(1))
		r := s.asked[0]
		Expect(r.Method + " " + r.URL.Path).To(Equal("PUT /photos/logs/ü s3export-probe"))
		Expect(r.ContentLength).To(BeZero())
		Expect(r.TransferEncoding).To(BeEmpty())
		Expect(r.Header.Get("Content-Md5")).To(Equal("AAAAAAAAAAAAAAAAAAAAAA=="))
		Expect(r.Header.Get("If-Match")).To(Equal(`"s3export-no-object-has-this-etag"`))
		for name := range r.Header {
			Expect(name).NotTo(HavePrefix("X-Amz-Checksum"))
		}
		Expect(r.Header).NotTo(HaveKey("X-Amz-Trailer"))
	})

	DescribeTable("takes for a proof", func(ctx context.Context, refusal http.HandlerFunc) {
		s := play(refusal)
		Expect(s.client().CanWrite(ctx, "photos", "logs/")).To(Succeed())
		Expect(s.asked).To(HaveLen(1))
	},
		Entry("the digest", refuse(400, "BadDigest")),
		Entry("the condition", refuse(412, "PreconditionFailed")),
		Entry("that there is no such object", refuse(404, "NoSuchKey")),
	)

	DescribeTable("takes for no proof", func(ctx context.Context, refusal http.HandlerFunc, kind providers.ErrorKind, remedy string) {
		s := play(refusal)
		e := errorOf(s.client().CanWrite(ctx, "photos", "logs/"))
		Expect(e.Kind).To(Equal(kind))
		Expect(e.Op).To(Equal("PutObject"))
		Expect(e.Remedy).To(ContainSubstring(remedy))
		Expect(s.asked).To(HaveLen(1))
	},
		Entry("no rights", refuse(403, "AccessDenied"), providers.Denied, "s3:PutObject and s3:GetObject on photos/*"),
		Entry("no bucket", refuse(404, "NoSuchBucket"), providers.NotFound, `create bucket "photos"`),
		Entry("an unknown key", refuse(403, "InvalidAccessKeyId"), providers.Denied, "check the AWS credentials"),
		Entry("another bad request", refuse(400, "InvalidDigest"), providers.Unexpected, "look up the code"),
		Entry("another region", refuse(301, "PermanentRedirect", "X-Amz-Bucket-Region", "us-west-2"), providers.Invalid, "us-west-2"),
		Entry("a server that stores it", answer(200, ""), providers.Unexpected, "delete the empty object"),
	)
})
