package s3_test

import (
	"encoding/json"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// answer runs the AWS CLI for its JSON.
func (c awsCLI) answer(args ...string) (a map[string]any) {
	GinkgoHelper()
	out := c.run(append([]string{"--output", "json", "s3api"}, args...)...)
	if out != "" {
		Expect(json.Unmarshal([]byte(out), &a)).To(Succeed(), out)
	}
	return a
}

var _ = It("tells the AWS CLI checksums, attributes, versions and restores", Label("cli"), func() {
	s := start()
	cli := newCLI("aws", s.url)
	file := filepath.Join(GinkgoT().TempDir(), "large.bin")
	write(file, randomBytes(9*mib))
	of := []string{"--bucket", bucket, "--key", "large.bin"}
	with := func(name string, more ...string) []string { return append(append([]string{name}, of...), more...) }

	cli.answer("put-bucket-versioning", "--bucket", bucket, "--versioning-configuration", "Status=Enabled")
	putting("X-Amz-Storage-Class", "GLACIER")(s)
	before := s.version("large.bin", "before")
	cli.run("s3", "cp", "--quiet", "--checksum-algorithm", "SHA256", file, "s3://photos/large.bin")
	o, err := s.store.Head(bucket, "large.bin")
	Expect(err).NotTo(HaveOccurred())
	Expect(o.Checksum.Type).To(Equal(store.Composite))

	Expect(cli.answer(with("head-object", "--checksum-mode", "ENABLED")...)).To(And(
		HaveKeyWithValue("ChecksumSHA256", o.Checksum.Value), HaveKeyWithValue("ChecksumType", "COMPOSITE"),
		HaveKeyWithValue("VersionId", o.VersionID), HaveKeyWithValue("ETag", `"`+o.ETag+`"`), Not(HaveKey("PartsCount"))))
	Expect(cli.answer(with("get-object-attributes", "--object-attributes", "ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize")...)).To(And(
		HaveKeyWithValue("ETag", o.ETag), HaveKeyWithValue("ObjectSize", BeEquivalentTo(9*mib)), HaveKeyWithValue("VersionId", o.VersionID),
		HaveKeyWithValue("Checksum", HaveKeyWithValue("ChecksumSHA256", o.Checksum.Value[:44])),
		HaveKeyWithValue("ObjectParts", And(HaveKeyWithValue("TotalPartsCount", BeEquivalentTo(2)),
			HaveKeyWithValue("Parts", HaveExactElements(HaveKeyWithValue("Size", BeEquivalentTo(8*mib)), HaveKeyWithValue("ChecksumSHA256", o.PartChecksums[1].Value))))),
	))
	cli.run(append([]string{"s3api"}, with("delete-object")...)...)
	// Pages of one: the CLI itself goes on by the markers.
	listed := cli.answer("list-object-versions", "--bucket", bucket, "--prefix", "large", "--page-size", "1")
	Expect(listed["Versions"]).To(HaveExactElements(
		And(HaveKeyWithValue("VersionId", o.VersionID), HaveKeyWithValue("IsLatest", false), HaveKeyWithValue("ChecksumType", "COMPOSITE")),
		And(HaveKeyWithValue("VersionId", before), HaveKeyWithValue("ChecksumAlgorithm", ConsistOf("CRC64NVME")))))
	Expect(listed["DeleteMarkers"]).To(HaveExactElements(HaveKeyWithValue("IsLatest", true)))
	cli.answer("restore-object", "--bucket", bucket, "--key", "k", "--restore-request", "Days=1,GlacierJobParameters={Tier=Bulk}")
	r, _ := s.send("HEAD", "/photos/k", "")
	Expect(r.Header.Get("X-Amz-Restore")).To(Equal(`ongoing-request="true"`))
})
