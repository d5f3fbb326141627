package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

// deepArchive moves the object into a tier of Intelligent-Tiering, as months do.
func deepArchive(ctx context.Context, p *prover) []string {
	GinkgoHelper()
	Expect(p.control.Archive(ctx, simulator.Archiving{Bucket: p.bucket, Key: "k", Status: store.DeepArchiveAccess})).To(Succeed())
	return nil
}

var _ = Describe("proving over HTTP", func() {
	prove := func(ctx context.Context, row proofRow, equal, other string) {
		newProver(ctx).prove(ctx, row, equal, other)
	}

	DescribeTable("the part sizes of uploaders", prove,
		Entry("8 MiB: AWS CLI, boto3, CRT", proofRow{size: 16*mebi + 1, how: upload{bucket: before, parts: even(8*mebi, 3)}},
			"match Equal multipartMD5 legacy etag; HEAD 1",
			"differ ContentDiffers multipartMD5 legacy etag; HEAD 2, ATTRIBUTES 1, VERSIONS 1"),
		Entry("5 MiB: managers of the SDKs, rclone", proofRow{size: 10*mebi + 1, how: upload{bucket: before, parts: even(5*mebi, 3)}},
			"match Equal multipartMD5 legacy etag",
			"differ ContentDiffers multipartMD5 legacy etag; HEAD 2, ATTRIBUTES 1, VERSIONS 1"),
		Entry("5 MiB, where no other size is likely", proofRow{size: 15 * mebi, how: upload{bucket: before, parts: even(5*mebi, 3)}},
			"match Equal multipartMD5 legacy etag",
			"differ ContentDiffers multipartMD5 legacy etag; HEAD 2, ATTRIBUTES 1, VERSIONS 1"),
		Entry("16 MiB: console, minio-go, restic", proofRow{size: 16*mebi + 1, how: upload{bucket: before, parts: even(16*mebi, 2)}},
			"match Equal multipartMD5 legacy etag; HEAD 1",
			"differ ContentDiffers multipartMD5 legacy etag; HEAD 1, ATTRIBUTES 1, VERSIONS 1"),
		Entry("15 MiB: s3cmd", proofRow{size: 15*mebi + 1, how: upload{bucket: before, parts: even(15*mebi, 2)}},
			"match Equal multipartMD5 legacy etag; HEAD 1",
			"differ ContentDiffers multipartMD5 legacy etag; HEAD 1, ATTRIBUTES 1, VERSIONS 1"),
		Entry("17,179,870 bytes: console", proofRow{size: 17_179_871, how: upload{bucket: before, parts: even(17_179_870, 2)}},
			"match Equal multipartMD5 legacy etag; HEAD 1",
			"differ ContentDiffers multipartMD5 legacy etag; HEAD 1, ATTRIBUTES 1, VERSIONS 1"),
		Entry("10,000,000 bytes", proofRow{size: 10_000_001, how: upload{bucket: before, parts: even(10_000_000, 2)}},
			"match Equal multipartMD5 legacy etag; HEAD 1",
			"differ ContentDiffers multipartMD5 legacy etag; HEAD 1, ATTRIBUTES 1, VERSIONS 1"),
		Entry("an odd size", proofRow{size: 10*mebi + 9, how: upload{bucket: before, parts: even(5*mebi+3, 3)}},
			"match Equal multipartMD5 legacy etag; HEAD 1",
			"differ ContentDiffers multipartMD5 legacy etag; HEAD 2, ATTRIBUTES 1, VERSIONS 1"),
	)

	DescribeTable("archived objects", prove,
		Entry("Flexible Retrieval", proofRow{size: 999, how: upload{class: types.StorageClassGlacier}},
			"match Equal md5 legacy etag",
			"differ ContentDiffers crc64nvme errorDetecting stored; HEAD 1, VERSIONS 1"),
		Entry("Deep Archive", proofRow{size: 999, how: upload{class: types.StorageClassDeepArchive}},
			"match Equal md5 legacy etag",
			"differ ContentDiffers crc64nvme errorDetecting stored; HEAD 1, VERSIONS 1"),
		Entry("Deep Archive under KMS", proofRow{size: 999, how: upload{bucket: kms, algorithm: types.ChecksumAlgorithmSha256, class: types.StorageClassDeepArchive}},
			"match Equal sha256 cryptographic stored; HEAD 1",
			"differ ContentDiffers sha256 cryptographic stored; HEAD 1, VERSIONS 1"),
		Entry("Instant Retrieval", proofRow{size: 999, how: upload{class: types.StorageClassGlacierIr}},
			"match Equal md5 legacy etag",
			"differ ContentDiffers crc64nvme errorDetecting stored; HEAD 1, VERSIONS 1"),
		Entry("parts in Flexible Retrieval", proofRow{size: 10*mebi + 1, how: upload{bucket: before, parts: even(5*mebi, 3), class: types.StorageClassGlacier}},
			"match Equal multipartMD5 legacy etag",
			"differ ContentDiffers multipartMD5 legacy etag; HEAD 2, ATTRIBUTES 1, VERSIONS 1"),
		Entry("an archive tier of Intelligent-Tiering", proofRow{size: 999, how: upload{class: types.StorageClassIntelligentTiering}, flags: deepArchive},
			"match Equal md5 legacy etag",
			"differ ContentDiffers crc64nvme errorDetecting stored; HEAD 1, VERSIONS 1"),
	)
})
