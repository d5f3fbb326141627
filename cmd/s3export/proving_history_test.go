package main

import (
	"bytes"
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/verify"
)

// history is what an object and its copy go through.
type history struct {
	*prover
	baseline  []byte // of a load that has begun; nil: compared with the live bucket
	loadEnded time.Time
}

func (h *history) put(ctx context.Context, key, text string) {
	GinkgoHelper()
	h.prover.put(ctx, upload{bucket: h.bucket}, key, []byte(text))
}

func (h *history) remove(ctx context.Context, key string) {
	GinkgoHelper()
	_, err := h.DeleteObject(ctx, &awss3.DeleteObjectInput{Bucket: &h.bucket, Key: &key})
	Expect(err).NotTo(HaveOccurred())
}

func (h *history) source() bucketSource {
	GinkgoHelper()
	client, err := s3.New(s3.Options{Credentials: credentials.NewStaticCredentialsProvider(plantedAccess, plantedKey, ""), Region: "us-east-1", Endpoint: h.endpoint})
	Expect(err).NotTo(HaveOccurred())
	return bucketSource{client}
}

func (h *history) ranges() []verify.Range { return []verify.Range{{Bucket: h.bucket}} }

// load takes the baseline, as a load does that begins and ends now.
func (h *history) load(ctx context.Context) {
	GinkgoHelper()
	var start, closed bytes.Buffer
	_, _, err := verify.TakeBaseline(ctx, h.source(), h.ranges(), &start, nil)
	Expect(err).NotTo(HaveOccurred())
	now, err := verify.Live(h.source(), h.ranges())
	Expect(err).NotTo(HaveOccurred())
	_, err = verify.CloseBaseline(ctx, &start, now, &closed, nil)
	Expect(err).NotTo(HaveOccurred())
	h.baseline = closed.Bytes()
}

// prove compares the copy with the baseline and with the bucket.
func (h *history) prove(ctx context.Context) string {
	GinkgoHelper()
	src := h.source()
	p, err := verify.Live(src, h.ranges())
	Expect(err).NotTo(HaveOccurred())
	if h.baseline != nil {
		b, err := verify.OpenBaseline(bytes.NewReader(h.baseline))
		Expect(err).NotTo(HaveOccurred())
		p, err = verify.AgainstBoth(b.Population(), src)
		Expect(err).NotTo(HaveOccurred())
	}
	tree, err := verify.OpenDirTree(h.dir, verify.DirOptions{})
	Expect(err).NotTo(HaveOccurred())
	defer func() { _ = tree.Close() }()
	h.begin(nil)
	report, err := verify.Run(ctx, verify.Request{Tree: tree, Source: src, Population: p, LoadEnded: h.loadEnded, Draw: verify.Draw{All: true}, Runtime: verify.Runtime{Now: time.Now}})
	Expect(err).NotTo(HaveOccurred())
	return h.found(report)
}

var _ = DescribeTable("proving over HTTP what has changed since", func(ctx context.Context, bucket string, happens func(context.Context, *history), want string) {
	h := &history{prover: newProver(ctx)}
	h.bucket = bucket
	happens(ctx, h)
	Expect(h.prove(ctx)).To(Equal(want))
},
	Entry("nothing", current, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.load(ctx)
		h.copy("k", []byte("old"))
	}, "match Equal md5 legacy etag"),
	Entry("overwritten", current, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.load(ctx)
		h.put(ctx, "k", "new")
		h.copy("k", []byte("old"))
	}, "match ChangedSince md5 legacy etag"),
	Entry("overwritten, and the drive rots", current, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.load(ctx)
		h.put(ctx, "k", "new")
		h.copy("k", []byte("olE"))
	}, "unverifiable ChangedSince md5 legacy etag; HEAD 2, VERSIONS 1"),
	Entry("overwritten, and the drive has the new one", current, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.load(ctx)
		h.put(ctx, "k", "new")
		h.copy("k", []byte("new"))
	}, "match NewVersion md5 legacy etag; HEAD 1, VERSIONS 1"),
	Entry("deleted", current, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.load(ctx)
		h.remove(ctx, "k")
		h.copy("k", []byte("old"))
	}, "match DeletedSince md5 legacy etag"),
	Entry("deleted, under KMS", kms, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.load(ctx)
		h.remove(ctx, "k")
		h.copy("k", []byte("old"))
	}, "unverifiable DeletedSince md5 legacy etag; HEAD 1, VERSIONS 1"),
	Entry("an older version on the drive", versioned, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.put(ctx, "k", "new")
		h.copy("k", []byte("old"))
	}, "match OldVersion md5 legacy etag; HEAD 1, VERSIONS 1"),
	Entry("an older version of another size", versioned, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.put(ctx, "k", "newer")
		h.copy("k", []byte("old"))
	}, "match OldVersion md5 legacy etag; VERSIONS 1"),
	Entry("an older version that rots", versioned, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.put(ctx, "k", "new")
		h.copy("k", []byte("olE"))
	}, "differ ContentDiffers crc64nvme errorDetecting stored; HEAD 2, VERSIONS 1"),
	Entry("an older version under KMS", versioned, func(ctx context.Context, h *history) {
		h.prover.put(ctx, upload{bucket: h.bucket, encryption: types.ServerSideEncryptionAwsKms}, "k", []byte("old"))
		h.put(ctx, "k", "new")
		h.copy("k", []byte("old"))
	}, "match OldVersion crc64nvme errorDetecting stored; HEAD 2, VERSIONS 1"),
	Entry("versions since a load, the drive has the one between", versioned, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "oldest")
		h.put(ctx, "k", "old")
		h.load(ctx)
		h.put(ctx, "k", "new")
		h.copy("k", []byte("oldest"))
	}, "match OldVersion md5 legacy etag; VERSIONS 1"),
	Entry("an empty file behind a delete marker", versioned, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.load(ctx)
		h.remove(ctx, "k")
		h.copy("k", nil)
	}, "differ SizeDiffers size exact; VERSIONS 1"),
	Entry("a delete marker since a load", versioned, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.load(ctx)
		h.remove(ctx, "k")
		h.copy("k", []byte("old"))
	}, "match DeletedSince md5 legacy etag"),
	Entry("a delete marker, no baseline", versioned, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.remove(ctx, "k")
		h.put(ctx, "other", "other")
		h.copy("k", []byte("old"))
		h.copy("other", []byte("other"))
	}, "match Equal md5 legacy etag + missingOnSource NotListed"),
	Entry("newer than the load, no baseline, no versions", current, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "new")
		h.loadEnded = time.Now().Add(-time.Hour)
		h.copy("k", []byte("old"))
	}, "changedAfterExport NewerThanLoad crc64nvme errorDetecting stored; HEAD 1, VERSIONS 1"),
	Entry("older than the load", current, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "new")
		h.loadEnded = time.Now().Add(time.Hour)
		h.copy("k", []byte("old"))
	}, "differ ContentDiffers crc64nvme errorDetecting stored; HEAD 1, VERSIONS 1"),
	Entry("a file that S3 never had", current, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.load(ctx)
		h.copy("k", []byte("old"))
		h.copy("surplus", []byte("surplus"))
	}, "match Equal md5 legacy etag + extra Unknown"),
	Entry("an object that the drive lacks", current, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.put(ctx, "lost", "lost")
		h.load(ctx)
		h.copy("k", []byte("old"))
	}, "match Equal md5 legacy etag + missingOnDevice NotThere"),
	Entry("an archived object that the drive lacks", current, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.prover.put(ctx, upload{bucket: h.bucket, class: types.StorageClassDeepArchive}, "cold", []byte("cold"))
		h.load(ctx)
		h.copy("k", []byte("old"))
	}, "match Equal md5 legacy etag + missingOnDevice Archived"),
	Entry("a directory marker", current, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.put(ctx, "folder/", "")
		h.copy("k", []byte("old"))
	}, "match Equal md5 legacy etag"),
	Entry("an object newer than the load that the drive lacks", current, func(ctx context.Context, h *history) {
		h.put(ctx, "k", "old")
		h.loadEnded = time.Now().Add(-time.Hour)
		h.put(ctx, "new", "new")
		h.copy("k", []byte("old"))
	}, "match Equal md5 legacy etag"),
)
