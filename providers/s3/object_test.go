package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
)

var _ = Describe("Head", func() {
	It("asks for part 1 of the listed state", func(ctx context.Context) {
		s := play(answer(206, "", "ETag", `"abc-3"`, "Content-Length", "8388608", "X-Amz-Mp-Parts-Count", "3", "Content-Range", "bytes 0-8388607/20971520",
			"X-Amz-Server-Side-Encryption", "AES256", "Last-Modified", "Wed, 27 May 2015 18:58:21 GMT"))
		h, err := s.client().Head(ctx, "photos", "a/ü b", s3.HeadOptions{IfMatch: "abc-3", Part: 1})
		Expect(err).NotTo(HaveOccurred())
		Expect(h).To(Equal(s3.Head{
			Size: 20 << 20, Parts: 3, PartSize: 8 << 20, Encryption: "AES256", ETag: "abc-3",
			LastModified: time.Date(2015, 5, 27, 18, 58, 21, 0, time.UTC),
		}))
		Expect(s.asked[0].Method + " " + s.asked[0].URL.Path).To(Equal("HEAD /photos/a/ü b"))
		Expect(s.asked[0].URL.Query().Get("partNumber")).To(Equal("1"))
		Expect(s.asked[0].Header.Get("If-Match")).To(Equal(`"abc-3"`))
	})

	It("asks again without a part where an empty object has none", func(ctx context.Context) {
		s := play(answer(416, ""), answer(200, "", "ETag", `"d41d8cd98f00b204e9800998ecf8427e"`))
		h, err := s.client().Head(ctx, "photos", "empty", s3.HeadOptions{Part: 1})
		Expect(err).NotTo(HaveOccurred())
		Expect(h.ETag).To(Equal("d41d8cd98f00b204e9800998ecf8427e"))
		Expect(s.asked[1].URL.Query().Has("partNumber")).To(BeFalse())
		Expect(s.asked[1].Header.Get("If-Match")).To(BeEmpty())
	})

	It("tells an object that is gone from one that has changed", func(ctx context.Context) {
		_, gone := play(answer(404, "")).client().Head(ctx, "photos", "k", s3.HeadOptions{IfMatch: "e", Part: 1})
		_, changed := play(answer(412, "")).client().Head(ctx, "photos", "k", s3.HeadOptions{IfMatch: "e", Part: 1})
		Expect(errors.Is(gone, s3.ErrGone)).To(BeTrue())
		Expect(errors.Is(gone, s3.ErrChanged)).To(BeFalse())
		Expect(errors.Is(changed, s3.ErrChanged)).To(BeTrue())
		Expect(errors.Is(changed, s3.ErrGone)).To(BeFalse())
		Expect(errorOf(gone).Kind).To(Equal(providers.NotFound))
		Expect(errorOf(changed).At).To(Equal(time.Date(2015, 5, 27, 18, 58, 30, 0, time.UTC)))
		Expect(errorOf(changed).RequestID).To(Equal("req-1"))
	})

	It("finds out that only the customer has the key", func(ctx context.Context) {
		s := play(answer(400, ""), refuse(400, "InvalidRequest"))
		h, err := s.client().Head(ctx, "photos", "k", s3.HeadOptions{IfMatch: "e", Part: 1})
		Expect(err).NotTo(HaveOccurred())
		Expect(h).To(Equal(s3.Head{Encryption: s3.CustomerKey}))
		Expect(s.asked[1].Header.Get("If-Match")).To(Equal(`"e"`))
	})

	It("does not take another object than was asked for for one of the customer's", func(ctx context.Context) {
		_, err := play(answer(400, ""), refuse(412, "PreconditionFailed")).client().Head(ctx, "photos", "k", s3.HeadOptions{IfMatch: "e"})
		Expect(err).To(MatchError(s3.ErrChanged))
	})

	It("takes weak ETags, as some servers have them", func(ctx context.Context) {
		h, err := play(answer(200, "", "ETag", `W/"abc"`)).client().Head(ctx, "photos", "k", s3.HeadOptions{IfMatch: "abc"})
		Expect(err).NotTo(HaveOccurred())
		Expect(h.ETag).To(Equal("abc"))
	})

	It("does not take every 400 for that", func(ctx context.Context) {
		_, err := play(answer(400, ""), refuse(400, "ExpiredToken")).client().Head(ctx, "photos", "k", s3.HeadOptions{IfMatch: "e", Part: 1})
		Expect(err).To(HaveOccurred())
	})
})

var _ = Describe("Get", func() {
	It("copies the object", func(ctx context.Context) {
		var b bytes.Buffer
		Expect(play(answer(200, "%PDF")).client().Get(ctx, "logs", "label.pdf", &b, 4)).To(Succeed())
		Expect(b.String()).To(Equal("%PDF"))
	})

	It("refuses a longer one before it writes", func(ctx context.Context) {
		var b bytes.Buffer
		e := errorOf(play(answer(200, "12345")).client().Get(ctx, "logs", "k", &b, 4))
		Expect(e.Message).To(ContainSubstring("longer than 4 bytes"))
		Expect(b.Len()).To(BeZero())
	})

	It("says when the answer breaks off", func(ctx context.Context) {
		var b bytes.Buffer
		e := errorOf(play(answer(200, "12345", "Content-Length", "10")).client().Get(ctx, "logs", "k", &b, 100))
		Expect(e.Kind).To(Equal(providers.Transient))
	})

	It("returns the writer's own error", func(ctx context.Context) {
		full := errors.New("disk full")
		err := play(answer(200, "12345")).client().Get(ctx, "logs", "k", refusing{full}, 100)
		Expect(errors.Is(err, full)).To(BeTrue())
		Expect(providers.KindOf(err)).To(Equal(providers.Unexpected))
	})

	It("says that there is none", func(ctx context.Context) {
		err := play(refuse(404, "NoSuchKey")).client().Get(ctx, "logs", "k", &bytes.Buffer{}, 100)
		Expect(errors.Is(err, s3.ErrGone)).To(BeTrue())
	})
})

type refusing struct{ err error }

func (r refusing) Write([]byte) (int, error) { return 0, r.err }

var _ = Describe("failures", func() {
	DescribeTable("have a kind and a remedy", func(ctx context.Context, status int, code string, kind providers.ErrorKind, remedy string) {
		again := refuse(status, code)
		_, err := list(ctx, play(again, again, again).client(), s3.Query{})
		e := errorOf(err)
		Expect(e.Kind).To(Equal(kind))
		Expect(e.Code).To(Equal(code))
		Expect(e.Remedy).To(ContainSubstring(remedy))
		Expect(e.Message).To(ContainSubstring("photos"))
		Expect(fmt.Sprintf("%+v", e.Err)).NotTo(ContainSubstring("Credential="))
	},
		Entry(nil, 404, "NoSuchBucket", providers.NotFound, "create bucket \"photos\", or correct its name"),
		Entry(nil, 403, "AccessDenied", providers.Denied, "s3:ListBucket"),
		Entry(nil, 403, "InvalidAccessKeyId", providers.Denied, "credentials"),
		Entry(nil, 400, "ExpiredToken", providers.Denied, "credentials"),
		Entry(nil, 403, "RequestTimeTooSkewed", providers.Denied, "clock"),
		Entry(nil, 503, "SlowDown", providers.Throttled, "fewer requests"),
		Entry(nil, 500, "InternalError", providers.Transient, "again"),
		Entry(nil, 301, "PermanentRedirect", providers.Invalid, "region"),
		Entry(nil, 418, "Teapot", providers.Unexpected, "endpoint"),
	)

	It("name the bucket's region", func(ctx context.Context) {
		_, err := list(ctx, play(refuse(301, "PermanentRedirect", "X-Amz-Bucket-Region", "us-west-2")).client(), s3.Query{})
		Expect(errorOf(err).Remedy).To(ContainSubstring("is in us-west-2"))
	})

	It("of a server that is not there are Unreachable", func(ctx context.Context) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		Expect(err).NotTo(HaveOccurred())
		Expect(l.Close()).To(Succeed())
		_, err = list(ctx, clientOf("http://"+l.Addr().String()), s3.Query{})
		e := errorOf(err)
		Expect(e.Kind).To(Equal(providers.Unreachable))
		Expect(e.Remedy).To(ContainSubstring("`s3export simulate`"))
	})

	It("of a connection that breaks are Transient", func(ctx context.Context) {
		_, err := list(ctx, play(reset, reset, reset).client(), s3.Query{})
		Expect(errorOf(err).Kind).To(Equal(providers.Transient))
	})

	It("of an interrupted call are the context's", func(ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		_, err := list(ctx, play(page("", "a")).client(), s3.Query{})
		Expect(errors.Is(err, context.Canceled)).To(BeTrue())
		Expect(errorOf(err).Op).To(Equal("ListObjectsV2"))
	})

	It("of credentials are Denied", func(ctx context.Context) {
		c, err := s3.New(s3.Options{Endpoint: play().URL, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, errors.New("no profile")
		})})
		Expect(err).NotTo(HaveOccurred())
		_, err = list(ctx, c, s3.Query{})
		Expect(errorOf(err).Kind).To(Equal(providers.Denied))
		Expect(err.Error()).To(ContainSubstring("no profile"))
	})

	It("of options say what to write", func() {
		_, err := s3.New(s3.Options{})
		Expect(errorOf(err).Kind).To(Equal(providers.Invalid))
		key := aws.AnonymousCredentials{}
		_, err = s3.New(s3.Options{Credentials: key, Endpoint: "http://me:hunter2@host/"})
		Expect(errorOf(err).Message).NotTo(ContainSubstring("hunter2"))
		_, err = s3.New(s3.Options{Credentials: key, PageSize: 1001})
		Expect(errorOf(err).Remedy).To(ContainSubstring("1000"))
	})
})

var _ = Describe("buckets", func() {
	It("are there, are not, or are somebody else's", func(ctx context.Context) {
		s := play(answer(200, ""), answer(404, ""), answer(301, "", "X-Amz-Bucket-Region", "us-west-2"), answer(403, ""))
		c := s.client()
		for _, want := range []bool{true, false, true} {
			Expect(c.HasBucket(ctx, "photos")).To(Equal(want))
		}
		_, err := c.HasBucket(ctx, "photos")
		Expect(errorOf(err).Kind).To(Equal(providers.Denied))
	})

	DescribeTable("have a region", func(ctx context.Context, want string, answers ...string) {
		s := play()
		for _, a := range answers {
			if region, ok := strings.CutPrefix(a, "header "); ok {
				s.answers = append(s.answers, answer(200, "", "X-Amz-Bucket-Region", region))
			} else if region, ok := strings.CutPrefix(a, "denied "); ok {
				s.answers = append(s.answers, answer(403, "", "X-Amz-Bucket-Region", region))
			} else if a == "silent" {
				s.answers = append(s.answers, answer(200, ""))
			} else {
				s.answers = append(s.answers, answer(200, "<LocationConstraint>"+a+"</LocationConstraint>"))
			}
		}
		Expect(s.client().BucketRegion(ctx, "photos")).To(Equal(want))
	},
		Entry(nil, "eu-west-1", "header eu-west-1"),
		Entry(nil, "us-west-2", "denied us-west-2"),
		Entry(nil, "us-east-1", "silent", ""),
		Entry(nil, "eu-west-1", "silent", "EU"),
		Entry(nil, "ap-southeast-1", "silent", "ap-southeast-1"),
	)
})
