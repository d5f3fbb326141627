package pull_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/pull"
	"github.com/cargomedia/s3export/providers/simulator"
)

const mib = 1 << 20

var _ = Describe("Copy", func() {
	It("copies all kinds of objects, in order and proven", func(ctx context.Context) {
		w := newWorld(ctx, simulator.Bucket{})
		all := map[string][]byte{"empty": {}, "dir/one": []byte("hello"), "dir/two": random(2, 100_000), "z/large": random(3, 20*mib+77)}
		for key, content := range all {
			w.put(ctx, key, content)
		}
		for i := range 600 {
			key := fmt.Sprintf("many/%04d", i)
			all[key] = random(uint64(i), i*7)
			w.put(ctx, key, all[key])
		}
		a, b, c := random(4, 5*mib), random(5, 5*mib), random(6, 12345)
		w.upload(ctx, "multi/even", "", a, b, c)
		all["multi/even"] = bytes.Join([][]byte{a, b, c}, nil)
		w.upload(ctx, "multi/uneven", "", a, bytes.Join([][]byte{b, c}, nil), a, c)
		all["multi/uneven"] = bytes.Join([][]byte{a, b, c, a, c}, nil)
		w.upload(ctx, "multi/small", "", a, c)
		all["multi/small"] = bytes.Join([][]byte{a, c}, nil)
		w.upload(ctx, "multi/single", "", c)
		all["multi/single"] = c

		l := &ledger{dir: w.dir}
		sum, err := pull.New(pull.Options{Client: w.client()}).Copy(ctx, w.root, each(w.items(ctx)), l.keep)
		Expect(err).NotTo(HaveOccurred())
		w.check(l, all)
		Expect(sum.Objects).To(BeEquivalentTo(len(all)))
		Expect(sum.Bytes).To(Equal(sum.Fetched))
		for _, kept := range l.kept {
			Expect(kept.Proven).To(BeElementOf("MD5", "MULTIPART-MD5"), kept.Key)
		}
		Expect(l.of("multi/even").Attributes.PartSizes).To(Equal([]int64{5 * mib}))
		Expect(l.of("multi/even").Attributes.ContentType).To(Equal("video/mp4"))
		Expect(l.of("multi/small").Attributes.PartSizes).To(Equal([]int64{5 * mib}))
		Expect(l.of("multi/single").Attributes.PartSizes).To(Equal([]int64{12345}))
		Expect(l.of("multi/uneven").Attributes.PartSizes).To(Equal([]int64{5 * mib, 5*mib + 12345, 5 * mib, 12345}))
	})

	DescribeTable("proves by a checksum what has no MD5", func(ctx context.Context, algorithm types.ChecksumAlgorithm, single string, multi string) {
		w := newWorld(ctx, simulator.Bucket{Encryption: "aws:kms"})
		small, large, part := random(1, 1000), random(2, 9*mib), random(3, 5*mib)
		for key, content := range map[string][]byte{"a": small, "b": large} {
			_, err := w.writer.PutObject(ctx, &service.PutObjectInput{
				Bucket: aws.String(bucket), Key: aws.String(key), Body: bytes.NewReader(content), ChecksumAlgorithm: algorithm,
			})
			Expect(err).NotTo(HaveOccurred())
		}
		w.upload(ctx, "c", algorithm, part, part, small)
		w.upload(ctx, "d", algorithm, part, small)
		l := &ledger{dir: w.dir}
		_, err := pull.New(pull.Options{Client: w.client()}).Copy(ctx, w.root, each(w.items(ctx)), l.keep)
		Expect(err).NotTo(HaveOccurred())
		w.check(l, map[string][]byte{"a": small, "b": large, "c": bytes.Join([][]byte{part, part, small}, nil), "d": bytes.Join([][]byte{part, small}, nil)})
		for key, want := range map[string]string{"a": single, "b": single, "c": multi, "d": multi} {
			Expect(l.of(key).Proven).To(Equal(want), key)
		}
	},
		Entry("CRC64NVME", types.ChecksumAlgorithmCrc64nvme, "CRC64NVME", "CRC64NVME"),
		Entry("CRC32C", types.ChecksumAlgorithmCrc32c, "CRC32C", "CRC32C"),
		Entry("CRC32", types.ChecksumAlgorithmCrc32, "CRC32", "CRC32"),
		Entry("SHA1", types.ChecksumAlgorithmSha1, "SHA1", "SHA1"),
		Entry("SHA256", types.ChecksumAlgorithmSha256, "SHA256", "SHA256"),
	)

	It("says of what it had nothing to compare with", func(ctx context.Context) {
		w := newWorld(ctx, simulator.Bucket{Encryption: "aws:kms", Checksum: "none"})
		all := map[string][]byte{"large": random(1, 9*mib), "small": random(2, 1000)}
		for key, content := range all {
			w.put(ctx, key, content)
		}
		l := &ledger{dir: w.dir}
		_, err := pull.New(pull.Options{Client: w.client()}).Copy(ctx, w.root, each(w.items(ctx)), l.keep)
		Expect(err).NotTo(HaveOccurred())
		w.check(l, all)
		for key := range all {
			Expect(l.of(key).Proven).To(BeEmpty(), key)
		}
	})

	It("copies nothing", func(ctx context.Context) {
		w := newWorld(ctx, simulator.Bucket{})
		l := &ledger{dir: w.dir}
		_, err := pull.New(pull.Options{Client: w.client()}).Copy(ctx, w.root, each(nil), l.keep)
		Expect(err).NotTo(HaveOccurred())
		w.check(l, nil)
	})
})
