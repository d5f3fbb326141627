package s3_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
)

// broken is content that cannot be read.
type broken struct{ err error }

func (b broken) ReadAt([]byte, int64) (int, error) { return 0, b.err }

var _ = Describe("writing objects", func() {
	const text = "hello world"
	upload := func(content io.ReaderAt) s3.Upload {
		return s3.Upload{Bucket: "photos", Key: "a b", Content: content, Attributes: providers.CopiedAttributes{
			ContentType: "text/plain", Expires: "soon", Metadata: map[string]string{"by": "us"}}}
	}
	piece := func(at, n int64) s3.Piece {
		part := []byte(text[at : at+n])
		return s3.Piece{Offset: at, Size: n, MD5: md5.Sum(part), SHA256: sha256.Sum256(part)}
	}
	made := answer(http.StatusOK, "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>")
	part := func(etag string) http.HandlerFunc { return answer(http.StatusOK, "", "ETag", `"`+etag+`"`) }
	done := answer(http.StatusOK, "<CompleteMultipartUploadResult><ETag>\"e-2\"</ETag></CompleteMultipartUploadResult>")
	gone := answer(http.StatusNoContent, "")

	It("sends one object under the checksums of its bytes, and no other", func(ctx context.Context) {
		var body []byte
		s := play(func(w http.ResponseWriter, r *http.Request) {
			body, _ = io.ReadAll(r.Body)
			w.Header().Set("ETag", `"e1"`)
			w.Header().Set("X-Amz-Server-Side-Encryption", "aws:kms")
		})
		stored, err := s.client().Put(ctx, upload(strings.NewReader(text)), piece(6, 5))
		Expect(err).NotTo(HaveOccurred())
		Expect(stored).To(Equal(s3.Stored{ETag: "e1", Encryption: "aws:kms"}))
		Expect(string(body)).To(Equal("world"))
		h := s.asked[0].Header
		Expect(h.Get("X-Amz-Content-Sha256")).To(Equal(fmt.Sprintf("%x", sha256.Sum256([]byte("world")))))
		Expect(h.Get("Content-Md5")).To(Equal("fXkwN6B2AYZXSwKC8vQ15w=="))
		Expect(h.Get("If-None-Match")).To(Equal("*"))
		Expect([]string{h.Get("Content-Type"), h.Get("Expires"), h.Get("X-Amz-Meta-By")}).To(Equal([]string{"text/plain", "soon", "us"}))
		for name := range h {
			Expect(name).NotTo(HavePrefix("X-Amz-Checksum"))
		}
	})

	DescribeTable("says why it was not written", func(ctx context.Context, status int, code string, cause error, kind providers.ErrorKind) {
		_, err := play(refuse(status, code)).client().Put(ctx, upload(strings.NewReader(text)), piece(0, 5))
		e := errorOf(err)
		Expect(e.Kind).To(Equal(kind))
		if cause != nil {
			Expect(err).To(MatchError(cause))
		}
	},
		Entry("there is one", 412, "PreconditionFailed", s3.ErrExists, providers.Invalid),
		Entry("another one is being written", 409, "ConditionalRequestConflict", s3.ErrExists, providers.Invalid),
		Entry("other bytes", 400, "BadDigest", s3.ErrDigest, providers.Invalid),
		Entry("other bytes, of the signature", 400, "XAmzContentSHA256Mismatch", s3.ErrDigest, providers.Invalid),
		Entry("no right", 403, "AccessDenied", s3.ErrDenied, providers.Denied),
		Entry("no bucket", 404, "NoSuchBucket", nil, providers.NotFound),
	)

	It("does without a condition where a server knows none, unless that is not wanted at all", func(ctx context.Context) {
		s := play(refuse(http.StatusNotImplemented, "NotImplemented"), part("e1"))
		_, err := s.client().Put(ctx, upload(strings.NewReader(text)), piece(0, 5))
		Expect(err).NotTo(HaveOccurred())
		Expect(s.asked[1].Header).NotTo(HaveKey("If-None-Match"))
		s = play(part("e1"))
		u := upload(strings.NewReader(text))
		u.Replace = true
		_, err = s.client().Put(ctx, u, piece(0, 5))
		Expect(err).NotTo(HaveOccurred())
		Expect(s.asked[0].Header).NotTo(HaveKey("If-None-Match"))
	})

	It("tells a drive that cannot be read from a network that is gone", func(ctx context.Context) {
		boom := errors.New("medium error")
		_, err := play(part("e1"), part("e1"), part("e1")).client().Put(ctx, upload(broken{boom}), piece(0, 5))
		Expect(err).To(Equal(boom))
	})

	It("sends parts, and completes them under the condition", func(ctx context.Context) {
		s := play(made, part("p1"), part("p2"), done)
		stored, err := s.client().PutParts(ctx, upload(strings.NewReader(text)), []s3.Piece{piece(0, 6), piece(6, 5)}, 1)
		Expect(err).NotTo(HaveOccurred())
		Expect(stored.ETag).To(Equal("e-2"))
		Expect(s.asked[0].Header.Get("X-Amz-Meta-By")).To(Equal("us"))
		Expect(s.asked[0].Header).NotTo(HaveKey("X-Amz-Checksum-Algorithm"))
		Expect(s.asked[2].URL.Query().Get("partNumber")).To(Equal("2"))
		Expect(s.asked[3].Header.Get("If-None-Match")).To(Equal("*"))
	})

	DescribeTable("gives an upload up that fails", func(ctx context.Context, cause error, answers ...http.HandlerFunc) {
		s := play(append(answers, gone)...)
		_, err := s.client().PutParts(ctx, upload(strings.NewReader(text)), []s3.Piece{piece(0, 6), piece(6, 5)}, 1)
		Expect(err).To(MatchError(cause))
		last := s.asked[len(s.asked)-1]
		Expect(last.Method).To(Equal(http.MethodDelete))
		Expect(last.URL.Query().Get("uploadId")).To(Equal("u1"))
	},
		Entry("at a part", s3.ErrDigest, made, part("p1"), refuse(400, "BadDigest")),
		Entry("at its end", s3.ErrExists, made, part("p1"), part("p2"), refuse(412, "PreconditionFailed")),
	)

	It("gives an upload up when it is told to stop, too", func(ctx context.Context) {
		cut, cancel := context.WithCancel(ctx)
		s := play(made, func(w http.ResponseWriter, _ *http.Request) {
			cancel()
			w.WriteHeader(http.StatusOK)
		}, gone)
		_, err := s.client().PutParts(cut, upload(bytes.NewReader([]byte(text))), []s3.Piece{piece(0, 6), piece(6, 5)}, 1)
		Expect(err).To(MatchError(context.Canceled))
		Eventually(func() string {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.asked[len(s.asked)-1].Method
		}).Should(Equal(http.MethodDelete))
	})
})
