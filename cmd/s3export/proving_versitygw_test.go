package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// newVersitygw starts versitygw where it is installed: a server of other authors, which
// knows S3's checksums.
func newVersitygw(ctx context.Context) *prover {
	GinkgoHelper()
	path, err := exec.LookPath("versitygw")
	if err != nil {
		Skip("versitygw is not on PATH: go install github.com/versity/versitygw/cmd/versitygw@latest")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	Expect(err).NotTo(HaveOccurred())
	address := free.Addr().String()
	Expect(free.Close()).To(Succeed())
	dir := GinkgoT().TempDir()
	for _, name := range []string{"root", "versions", "meta"} {
		Expect(os.Mkdir(filepath.Join(dir, name), 0o755)).To(Succeed())
	}
	c := exec.Command(path, "--keep-alive", "--quiet", "--access", plantedAccess, "--secret", plantedKey, "--port", address,
		"posix", "--sidecar", filepath.Join(dir, "meta"), "--versioning-dir", filepath.Join(dir, "versions"), filepath.Join(dir, "root"))
	Expect(c.Start()).To(Succeed())
	DeferCleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	Eventually(func() error {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			_ = conn.Close()
		}
		return err
	}).WithTimeout(20 * time.Second).Should(Succeed())
	p := proverOf("http://" + address)
	for _, bucket := range []string{current, versioned} {
		_, err := p.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(bucket)})
		Expect(err).NotTo(HaveOccurred())
	}
	_, err = p.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: aws.String(versioned),
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}})
	Expect(err).NotTo(HaveOccurred())
	return p
}

var _ = Describe("proving over HTTP before versitygw", func() {
	sha256, crc32, sha1 := types.ChecksumAlgorithmSha256, types.ChecksumAlgorithmCrc32, types.ChecksumAlgorithmSha1
	uneven := []int{6 * mebi, 5 * mebi, 2 * mebi}
	DescribeTable("objects", func(ctx context.Context, row proofRow, equal, other string) {
		newVersitygw(ctx).prove(ctx, row, equal, other)
	},
		Entry("PUT", proofRow{size: 999},
			"match Equal md5 legacy etag",
			"differ ContentDiffers crc64nvme errorDetecting stored; HEAD 1, VERSIONS 1"),
		Entry("empty", proofRow{},
			"match Equal empty exact", ""),
		Entry("CRC32", proofRow{size: 999, how: upload{algorithm: crc32}},
			"match Equal md5 legacy etag",
			"differ ContentDiffers crc32 errorDetecting stored; HEAD 1, VERSIONS 1"),
		Entry("SHA-1", proofRow{size: 999, how: upload{algorithm: sha1}},
			"match Equal md5 legacy etag",
			"differ ContentDiffers sha1 legacy stored; HEAD 1, VERSIONS 1"),
		Entry("SHA-256", proofRow{size: 999, how: upload{algorithm: sha256}},
			"match Equal md5 legacy etag",
			"differ ContentDiffers sha256 cryptographic stored; HEAD 1, VERSIONS 1"),
		Entry("copied", proofRow{size: 999, how: upload{copied: true}},
			"match Equal md5 legacy etag",
			"differ ContentDiffers crc64nvme errorDetecting stored; HEAD 1, VERSIONS 1"),
		Entry("one part", proofRow{size: 999, how: upload{parts: even(999, 1)}},
			"match Equal multipartMD5 legacy etag",
			"differ ContentDiffers crc64nvme errorDetecting stored; HEAD 1, VERSIONS 1"),
		Entry("multipart", proofRow{size: 10*mebi + 1, how: upload{parts: even(5*mebi, 3)}},
			"match Equal crc64nvme errorDetecting stored; HEAD 1",
			"differ ContentDiffers crc64nvme errorDetecting stored; HEAD 1, ATTRIBUTES 1, VERSIONS 1"),
		Entry("CRC32 of the whole", proofRow{size: 10*mebi + 1, how: upload{parts: even(5*mebi, 3), algorithm: crc32}},
			"match Equal crc32 errorDetecting stored; HEAD 1",
			"differ ContentDiffers crc32 errorDetecting stored; HEAD 1, ATTRIBUTES 1, VERSIONS 1"),
		Entry("CRC32 of parts", proofRow{size: 10*mebi + 1, how: upload{parts: even(5*mebi, 3), algorithm: crc32, composite: true}},
			"match Equal crc32 errorDetecting stored; HEAD 1",
			"differ ContentDiffers crc32 errorDetecting stored; HEAD 3, ATTRIBUTES 1, VERSIONS 1"),
		Entry("SHA-256 of parts", proofRow{size: 10*mebi + 1, how: upload{parts: even(5*mebi, 3), algorithm: sha256, composite: true}},
			"match Equal sha256 cryptographic stored; HEAD 2",
			"differ ContentDiffers sha256 cryptographic stored; HEAD 3, ATTRIBUTES 1, VERSIONS 1"),
		Entry("SHA-256 of odd parts", proofRow{size: 10*mebi + 9, how: upload{parts: even(5*mebi+3, 3), algorithm: sha256, composite: true}},
			"match Equal sha256 cryptographic stored; HEAD 2",
			"differ ContentDiffers sha256 cryptographic stored; HEAD 3, ATTRIBUTES 1, VERSIONS 1"),
		Entry("SHA-256 of uneven parts", proofRow{size: 13 * mebi, how: upload{parts: uneven, algorithm: sha256, composite: true}},
			"match Equal sha256 cryptographic stored; HEAD 3, ATTRIBUTES 1, VERSIONS 1",
			"differ ContentDiffers sha256 cryptographic stored; HEAD 3, ATTRIBUTES 1, VERSIONS 1"),
		Entry("uneven parts", proofRow{size: 13 * mebi, how: upload{parts: uneven}},
			"match Equal crc64nvme errorDetecting stored; HEAD 1",
			"differ ContentDiffers crc64nvme errorDetecting stored; HEAD 1, ATTRIBUTES 1, VERSIONS 1"),
		Entry("a role that may only list", proofRow{size: 999, deny: onlyList},
			"match Equal md5 legacy etag",
			"error SourceError md5 legacy etag; HEAD 2"),
	)

	It("knows an older version", func(ctx context.Context) {
		h := &history{prover: newVersitygw(ctx)}
		h.bucket = versioned
		h.put(ctx, "k", "old")
		h.put(ctx, "k", "new")
		h.copy("k", []byte("old"))
		Expect(h.prove(ctx)).To(Equal("match OldVersion md5 legacy etag; HEAD 1, VERSIONS 1"))
	})
})
