package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/providers/simulator"
)

var _ = Describe("the client against the simulator", func() {
	var client *s3.Client
	var writer *service.Client
	put := func(ctx context.Context, key, text string) {
		GinkgoHelper()
		_, err := writer.PutObject(ctx, &service.PutObjectInput{Bucket: aws.String("photos"), Key: aws.String(key), Body: strings.NewReader(text)})
		Expect(err).NotTo(HaveOccurred())
	}

	BeforeEach(func(ctx context.Context) {
		server, err := simulator.Start(context.WithoutCancel(ctx), simulator.Options{WorkDir: GinkgoT().TempDir(), Now: time.Now})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(server.Close)
		info := server.Info()
		key := credentials.NewStaticCredentialsProvider(info.AccessKeyID, info.SecretAccessKey, "")
		client, err = s3.New(s3.Options{Credentials: key, Region: info.Region, Endpoint: info.Endpoint, PageSize: 3})
		Expect(err).NotTo(HaveOccurred())
		writer = service.New(service.Options{Credentials: key, Region: info.Region, BaseEndpoint: aws.String(info.Endpoint), UsePathStyle: true})
		Expect(simulator.NewControl(info.Endpoint).CreateBucket(ctx, simulator.Bucket{Name: "photos"})).To(Succeed())
	})

	It("lists awkward keys over several pages, each range as it is asked for", func(ctx context.Context) {
		keys := []string{"A", "a", "a b", "a%2Fb", "a+b", "a-b", "a/", "a/b", "a/ü", "line\nbreak", "z&<>\"'"}
		for _, k := range keys {
			put(ctx, k, "x")
		}
		slices.Sort(keys)
		Expect(list(ctx, client, s3.Query{})).To(Equal(keys))
		Expect(list(ctx, client, s3.Query{Prefix: "a/"})).To(Equal([]string{"a/", "a/b", "a/ü"}))
		Expect(list(ctx, client, s3.Query{After: "a b", Through: "a/b"})).To(Equal([]string{"a%2Fb", "a+b", "a-b", "a/", "a/b"}))
	})

	It("looks at single-part and multipart objects", func(ctx context.Context) {
		put(ctx, "one", "hello")
		h, err := client.Head(ctx, "photos", "one", s3.HeadOptions{IfMatch: "5d41402abc4b2a76b9719d911017c592", Part: 1})
		Expect(err).NotTo(HaveOccurred())
		Expect(h.Parts).To(BeZero())
		Expect(h.PartSize).To(BeEquivalentTo(5))
		put(ctx, "empty", "")
		_, err = client.Head(ctx, "photos", "empty", s3.HeadOptions{Part: 1})
		Expect(err).NotTo(HaveOccurred())
		_, err = client.Head(ctx, "photos", "one", s3.HeadOptions{IfMatch: "00000000000000000000000000000000", Part: 1})
		Expect(errors.Is(err, s3.ErrChanged)).To(BeTrue(), "%v", err)
		_, err = client.Head(ctx, "photos", "none", s3.HeadOptions{Part: 1})
		Expect(errors.Is(err, s3.ErrGone)).To(BeTrue(), "%v", err)

		etag := upload(ctx, writer, "many", 5<<20, 5<<20, 1024)
		h, err = client.Head(ctx, "photos", "many", s3.HeadOptions{IfMatch: etag, Part: 1})
		Expect(err).NotTo(HaveOccurred())
		Expect(h.Parts).To(Equal(3))
		Expect(h.PartSize).To(BeEquivalentTo(5 << 20))
	})

	It("copies objects and looks at buckets", func(ctx context.Context) {
		put(ctx, "label.pdf", "%PDF")
		var b bytes.Buffer
		Expect(client.Get(ctx, "photos", "label.pdf", &b, 100)).To(Succeed())
		Expect(b.String()).To(Equal("%PDF"))
		Expect(client.HasBucket(ctx, "photos")).To(BeTrue())
		Expect(client.HasBucket(ctx, "nowhere")).To(BeFalse())
		Expect(client.BucketRegion(ctx, "photos")).To(Equal("us-east-1"))
	})

	It("proves that a bucket may be written, and changes nothing", func(ctx context.Context) {
		put(ctx, "logs/s3export-probe", "somebody's own")
		before, err := list(ctx, client, s3.Query{})
		Expect(err).NotTo(HaveOccurred())
		Expect(client.CanWrite(ctx, "photos", "logs/")).To(Succeed())
		Expect(client.CanWrite(ctx, "photos", "")).To(Succeed())
		Expect(list(ctx, client, s3.Query{})).To(Equal(before))
		var b bytes.Buffer
		Expect(client.Get(ctx, "photos", "logs/s3export-probe", &b, 100)).To(Succeed())
		Expect(b.String()).To(Equal("somebody's own"))
		Expect(errorOf(client.CanWrite(ctx, "nowhere", "logs/")).Kind).To(Equal(providers.NotFound))
	})
})

// upload makes a multipart object with parts of these sizes and returns its ETag.
func upload(ctx context.Context, c *service.Client, key string, sizes ...int) string {
	GinkgoHelper()
	made, err := c.CreateMultipartUpload(ctx, &service.CreateMultipartUploadInput{Bucket: aws.String("photos"), Key: aws.String(key)})
	Expect(err).NotTo(HaveOccurred())
	var parts []types.CompletedPart
	for i, size := range sizes {
		number := aws.Int32(int32(i) + 1)
		part, err := c.UploadPart(ctx, &service.UploadPartInput{
			Bucket: aws.String("photos"), Key: aws.String(key), UploadId: made.UploadId, PartNumber: number,
			Body: bytes.NewReader(bytes.Repeat([]byte(fmt.Sprint(i)), size)),
		})
		Expect(err).NotTo(HaveOccurred())
		parts = append(parts, types.CompletedPart{ETag: part.ETag, PartNumber: number, ChecksumCRC32: part.ChecksumCRC32})
	}
	done, err := c.CompleteMultipartUpload(ctx, &service.CompleteMultipartUploadInput{
		Bucket: aws.String("photos"), Key: aws.String(key), UploadId: made.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
	Expect(err).NotTo(HaveOccurred())
	return strings.Trim(aws.ToString(done.ETag), `"`)
}
