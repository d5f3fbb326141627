package s3_test

import (
	"context"
	"io"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
)

var _ = Describe("Fetch", func() {
	headers := []string{
		"ETag", `"abc"`, "Last-Modified", "Wed, 27 May 2015 18:58:21 GMT", "X-Amz-Version-Id", "v1", "X-Amz-Server-Side-Encryption", "aws:kms",
		"X-Amz-Storage-Class", "STANDARD_IA", "Content-Type", "text/plain", "Cache-Control", "no-store", "Content-Disposition", "inline",
		"Content-Encoding", "gzip", "Content-Language", "de", "Expires", "never", "X-Amz-Meta-Camera", "M6",
		"X-Amz-Checksum-Crc32", "AAAAAA==", "X-Amz-Checksum-Type", "FULL_OBJECT",
	}

	It("tells what the object is while it is read", func(ctx context.Context) {
		s := play(answer(200, "hello", headers...))
		got, err := s.client().Fetch(ctx, "photos", "k", s3.GetOptions{IfMatch: "abc", Checksums: true})
		Expect(err).NotTo(HaveOccurred())
		content, err := io.ReadAll(got.Body)
		Expect(err).NotTo(HaveOccurred(), "the checksum is the caller's to compare")
		Expect(string(content)).To(Equal("hello"))
		got.Body = nil
		Expect(got).To(Equal(s3.Fetched{
			Size: 5, ETag: "abc", VersionID: "v1", LastModified: time.Date(2015, 5, 27, 18, 58, 21, 0, time.UTC), Encryption: "aws:kms", StorageClass: "STANDARD_IA",
			Attributes: providers.CopiedAttributes{
				ContentType: "text/plain", CacheControl: "no-store", ContentDisposition: "inline", ContentEncoding: "gzip", ContentLanguage: "de",
				Expires: "never", Metadata: map[string]string{"camera": "M6"},
			},
			Checksums: []s3.Checksum{{Algorithm: "CRC32", Type: s3.FullObject, Value: "AAAAAA=="}},
		}))
		Expect(s.asked[0].Header.Get("X-Amz-Checksum-Mode")).To(Equal("ENABLED"))
	})

	It("knows the whole size from a range, and asks for no checksum unless told to", func(ctx context.Context) {
		s := play(answer(206, "ell", "Content-Range", "bytes 1-3/5", "ETag", `"abc"`))
		got, err := s.client().Fetch(ctx, "photos", "k", s3.GetOptions{Offset: 1, Length: 3})
		Expect(err).NotTo(HaveOccurred())
		Expect(got.Body.Close()).To(Succeed())
		Expect(got.Size).To(BeEquivalentTo(5))
		Expect(got.Attributes.Metadata).To(BeNil())
		Expect(s.asked[0].Header.Get("X-Amz-Checksum-Mode")).To(BeEmpty())
	})

	It("tells the same of a look", func(ctx context.Context) {
		h, err := play(answer(200, "", headers...)).client().Head(ctx, "photos", "k", s3.HeadOptions{})
		Expect(err).NotTo(HaveOccurred())
		Expect(h.Attributes.Expires).To(Equal("never"))
		Expect(h.Attributes.Metadata).To(Equal(map[string]string{"camera": "M6"}))
	})
})
