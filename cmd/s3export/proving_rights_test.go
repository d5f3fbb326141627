package main

import (
	"context"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/delivery"
	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/verify/chain"
)

// batch has a report of Batch Operations made and used.
func batch(algorithm string) func(context.Context, *prover) []string {
	return func(ctx context.Context, p *prover) []string {
		GinkgoHelper()
		d, err := p.control.Checksums(ctx, delivery.Checksums{Selection: delivery.Selection{Bucket: p.bucket, Destination: delivered}, Algorithm: algorithm, Type: store.FullObject})
		Expect(err).NotTo(HaveOccurred())
		return []string{"--checksums", "s3://" + d.Bucket + "/" + d.Manifest}
	}
}

// inventory has an S3 Inventory delivered and used.
func inventory(ctx context.Context, p *prover) []string {
	GinkgoHelper()
	d, err := p.control.Inventory(ctx, delivery.Inventory{Selection: delivery.Selection{Bucket: p.bucket, Destination: delivered}})
	Expect(err).NotTo(HaveOccurred())
	return []string{"--inventory", "s3://" + d.Bucket + "/" + d.Manifest}
}

func download(context.Context, *prover) []string { return []string{"--download", "IfNeeded"} }

// faulty has the simulator spoil requests for objects.
func faulty(rule simulator.Rule) func(context.Context, *prover) []string {
	return func(ctx context.Context, p *prover) []string {
		GinkgoHelper()
		rule.Service, rule.Path = simulator.S3, "/"+p.bucket+"/k"
		Expect(p.control.SetFaults(ctx, simulator.Faults{Rules: []simulator.Rule{rule}})).To(Succeed())
		return nil
	}
}

var _ = Describe("proving over HTTP", func() {
	prove := func(ctx context.Context, row proofRow, equal, other string) {
		newProver(ctx).prove(ctx, row, equal, other)
	}
	sha256 := types.ChecksumAlgorithmSha256
	uneven := upload{bucket: before, parts: []int{6 * mebi, 5 * mebi, 2 * mebi}}
	unevenSHA := upload{parts: uneven.parts, algorithm: sha256, composite: true}

	DescribeTable("roles that lack rights, and bad weather", prove,
		Entry("PUT, and a role that may only list", proofRow{size: 999, deny: onlyList},
			"match Equal md5 legacy etag",
			"error SourceError md5 legacy etag; HEAD 2"),
		Entry("KMS, and a role that may only list", proofRow{size: 999, how: upload{bucket: kms, algorithm: sha256}, deny: onlyList},
			"error SourceError md5 legacy etag; HEAD 2",
			"error SourceError md5 legacy etag; HEAD 2"),
		Entry("KMS without kms:Decrypt", proofRow{size: 999, how: upload{bucket: kms, algorithm: sha256}, deny: noDecrypt},
			"unverifiable EncryptedETag; HEAD 2, VERSIONS 1",
			"unverifiable EncryptedETag; HEAD 2, VERSIONS 1"),
		Entry("PUT without kms:Decrypt", proofRow{size: 999, deny: noDecrypt},
			"match Equal md5 legacy etag",
			"differ ContentDiffers md5 legacy etag; HEAD 2, VERSIONS 1"),
		Entry("parts under KMS without kms:Decrypt", proofRow{size: 10*mebi + 1, how: upload{bucket: kms, algorithm: sha256, composite: true, parts: even(5*mebi, 3)}, deny: noDecrypt},
			"unverifiable EncryptedETag; HEAD 2, VERSIONS 1",
			"unverifiable EncryptedETag; HEAD 2, VERSIONS 1"),
		Entry("PUT without versions and attributes", proofRow{size: 999, deny: noAttributes},
			"match Equal md5 legacy etag",
			"differ ContentDiffers crc64nvme errorDetecting stored; HEAD 1, VERSIONS 1"),
		Entry("parts without versions and attributes", proofRow{size: 10*mebi + 1, how: upload{parts: even(5*mebi, 3), algorithm: sha256, composite: true}, deny: noAttributes},
			"match Equal sha256 cryptographic stored; HEAD 2",
			"differ ContentDiffers sha256 cryptographic stored; HEAD 3, ATTRIBUTES 1, VERSIONS 1"),
		Entry("uneven parts without versions and attributes", proofRow{size: 13 * mebi, how: unevenSHA, deny: noAttributes},
			"match Equal sha256 cryptographic stored; HEAD 3, ATTRIBUTES 1, VERSIONS 1",
			"differ ContentDiffers sha256 cryptographic stored; HEAD 3, ATTRIBUTES 1, VERSIONS 1"),
		Entry("HEAD is refused", proofRow{size: 999, how: upload{bucket: kms, algorithm: sha256}, flags: faulty(simulator.Rule{Kind: simulator.Refuse, Operation: "HEAD", Code: "AccessDenied"})},
			"error SourceError md5 legacy etag; HEAD 2",
			"error SourceError md5 legacy etag; HEAD 2"),
		Entry("HEAD is refused once, as without kms:Decrypt", proofRow{size: 999, how: upload{bucket: kms, algorithm: sha256}, flags: faulty(simulator.Rule{Kind: simulator.Refuse, Operation: "HEAD", Code: "AccessDenied", Count: 1})},
			"unverifiable EncryptedETag; HEAD 2, VERSIONS 1",
			"differ ContentDiffers sha256 cryptographic stored; HEAD 1, VERSIONS 1"),
		Entry("the service is busy once", proofRow{size: 999, how: upload{bucket: kms, algorithm: sha256}, asked: true, flags: faulty(simulator.Rule{Kind: simulator.Throttle, Operation: "HEAD", Count: 1})},
			"match Equal sha256 cryptographic stored; HEAD 2",
			"differ ContentDiffers sha256 cryptographic stored; HEAD 1, VERSIONS 1"),
	)

	DescribeTable("what is downloaded where nothing else proves it", prove,
		Entry("PUT", proofRow{size: 999, flags: download},
			"match Equal md5 legacy etag",
			"differ ContentDiffers crc64nvme errorDetecting stored; HEAD 1, VERSIONS 1"),
		Entry("KMS", proofRow{size: 999, how: upload{bucket: kms}, flags: download},
			"match Equal download exact content; HEAD 1, VERSIONS 1, GET 1",
			"differ ContentDiffers download exact content; HEAD 1, VERSIONS 1, GET 1"),
		Entry("parts under KMS", proofRow{size: 10*mebi + 1, how: upload{bucket: kms, parts: even(5*mebi, 3)}, flags: download},
			"match Equal download exact content; HEAD 2, VERSIONS 1, GET 1",
			"differ ContentDiffers download exact content; HEAD 2, VERSIONS 1, GET 1"),
		Entry("SSE-C", proofRow{size: 999, how: upload{customer: true}, flags: download, asked: true},
			"unverifiable EncryptedETag; HEAD 1, VERSIONS 1, GET 2",
			"unverifiable EncryptedETag; HEAD 1, VERSIONS 1, GET 2"),
		Entry("KMS without kms:Decrypt", proofRow{size: 999, how: upload{bucket: kms}, flags: download, deny: noDecrypt},
			"unverifiable EncryptedETag; HEAD 2, VERSIONS 1, GET 1",
			"unverifiable EncryptedETag; HEAD 2, VERSIONS 1, GET 1"),
		Entry("archived under KMS", proofRow{size: 999, how: upload{bucket: kms, class: types.StorageClassGlacier}, flags: download},
			"unverifiable EncryptedETag; HEAD 1, VERSIONS 1, GET 1",
			"unverifiable EncryptedETag; HEAD 1, VERSIONS 1, GET 1"),
		Entry("in Glacier Instant Retrieval under KMS", proofRow{size: 999, how: upload{bucket: kms, class: types.StorageClassGlacierIr}, flags: download},
			"match Equal download exact content; HEAD 1, VERSIONS 1, GET 1",
			"differ ContentDiffers download exact content; HEAD 1, VERSIONS 1, GET 1"),
	)

	DescribeTable("what an inventory and Batch Operations say", prove,
		Entry("inventory, PUT", proofRow{size: 999, flags: inventory, asked: true},
			"match Equal md5 legacy inventory; GET 3",
			"differ ContentDiffers crc64nvme errorDetecting stored; HEAD 1, VERSIONS 1, GET 3"),
		Entry("inventory, PUT before December 2024", proofRow{size: 999, how: upload{bucket: before}, flags: inventory, asked: true},
			"match Equal md5 legacy inventory; GET 3",
			"differ ContentDiffers md5 legacy inventory; HEAD 1, VERSIONS 1, GET 3"),
		Entry("inventory, KMS with SHA-256", proofRow{size: 999, how: upload{bucket: kms, algorithm: sha256}, flags: inventory, asked: true},
			"match Equal sha256 cryptographic stored; HEAD 1, GET 3",
			"differ ContentDiffers sha256 cryptographic stored; HEAD 1, VERSIONS 1, GET 3"),
		Entry("inventory, parts with SHA-256", proofRow{size: 10*mebi + 1, how: upload{algorithm: sha256, composite: true, parts: even(5*mebi, 3)}, flags: inventory, asked: true},
			"match Equal sha256 cryptographic stored; HEAD 2, GET 3",
			"differ ContentDiffers sha256 cryptographic stored; HEAD 2, ATTRIBUTES 1, VERSIONS 1, GET 3"),
		Entry("MD5 by Batch Operations, KMS", proofRow{size: 999, how: upload{bucket: kms}, flags: batch("MD5"), asked: true},
			"match Equal md5 legacy batch; GET 2",
			"differ ContentDiffers md5 legacy batch; VERSIONS 1, GET 2"),
		Entry("SHA-256 by Batch Operations, KMS", proofRow{size: 999, how: upload{bucket: kms}, flags: batch("SHA256"), asked: true},
			"match Equal sha256 cryptographic batch; GET 2",
			"differ ContentDiffers sha256 cryptographic batch; VERSIONS 1, GET 2"),
		Entry("SHA-256 by Batch Operations, PUT", proofRow{size: 999, flags: batch("SHA256"), asked: true},
			"match Equal sha256 cryptographic batch; GET 2",
			"differ ContentDiffers sha256 cryptographic batch; VERSIONS 1, GET 2"),
		Entry("MD5 by Batch Operations, uneven parts", proofRow{size: 13 * mebi, how: uneven, flags: batch("MD5"), asked: true},
			"match Equal md5 legacy batch; GET 2",
			"differ ContentDiffers md5 legacy batch; ATTRIBUTES 1, VERSIONS 1, GET 2"),
		Entry("SHA-256 by Batch Operations, archived", proofRow{size: 999, how: upload{bucket: kms, class: types.StorageClassDeepArchive}, flags: batch("SHA256"), asked: true},
			"match Equal sha256 cryptographic batch; GET 2",
			"differ ContentDiffers sha256 cryptographic batch; VERSIONS 1, GET 2"),
		Entry("CRC64NVME by Batch Operations, parts under KMS", proofRow{size: 10*mebi + 1, how: upload{bucket: kms, parts: even(5*mebi, 3)}, flags: batch("CRC64NVME"), asked: true},
			"match Equal crc64nvme errorDetecting batch; GET 2",
			"differ ContentDiffers crc64nvme errorDetecting batch; ATTRIBUTES 1, VERSIONS 1, GET 2"),
		Entry("SHA-256 by Batch Operations, SSE-C", proofRow{size: 999, how: upload{bucket: before, customer: true}, flags: batch("SHA256"), asked: true},
			"unverifiable EncryptedETag; HEAD 1, VERSIONS 1, GET 3",
			"unverifiable EncryptedETag; HEAD 1, VERSIONS 1, GET 3"),
	)

	DescribeTable("an inventory without what a listing has is refused", func(ctx context.Context, lacks string, fields ...string) {
		p := newProver(ctx)
		p.bucket = current
		d, err := p.control.Inventory(ctx, delivery.Inventory{Selection: delivery.Selection{Bucket: p.bucket, Destination: delivered}, Fields: fields})
		Expect(err).NotTo(HaveOccurred())
		code, _, said := p.typed(ctx, "--root", p.dir, "--bucket", p.bucket, "--inventory", "s3://"+d.Bucket+"/"+d.Manifest)
		Expect(code).To(Equal(exitError))
		Expect(said).To(And(ContainSubstring("InventoryLacksField"), ContainSubstring("has no field "+lacks)))
	},
		Entry(nil, "Size", "ETag", "LastModifiedDate"),
		Entry(nil, "ETag", "Size", "LastModifiedDate"),
	)

	It("is done by one at a time in a report directory", func(ctx context.Context) {
		p := newProver(ctx)
		folder := filepath.Join(p.dir, "reports")
		release, err := journal.LockFile(ctx, filepath.Join(folder, chain.LockName), "")
		Expect(err).NotTo(HaveOccurred())
		code, _, said := p.typed(ctx, "--root", p.dir, "--bucket", current, "--report", folder)
		Expect(code).To(Equal(exitError))
		Expect(said).To(And(ContainSubstring("Locked"), ContainSubstring("is being worked on by process")))
		Expect(release()).To(Succeed())
		code, _, said = p.typed(ctx, "--root", p.dir, "--bucket", current, "--report", folder)
		Expect(said).NotTo(ContainSubstring("Locked"))
		Expect(code).NotTo(Equal(exitError))
	})
})
