package specs_test

import (
	"context"
	"math/big"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
)

// pulled is a spec of a copy over the network with a provider, and more of spec.
func pulled(provider string, more ...string) string {
	return "apiVersion: s3export.cargomedia.ch/v1alpha1\nkind: Backup\nmetadata: {name: photos-a}\nspec:\n" +
		"  phase: Labeled\n  provider: {pull: " + provider + "}\n" + strings.Join(more, "")
}

const (
	someSource = "  source: {ranges: [{bucket: photos}]}\n"
	someImage  = "  device: {image: a.img}\n"
	encrypted  = "  device: {image: a.img, encryption: {luks2: {keys: [{name: vault, secret: {file: vault.key}}, {name: escrow, secret: {env: ESCROW}}]}}}\n"
)

func problemsOf(text string) []specs.FieldError {
	GinkgoHelper()
	docs, err := specs.Decode("/etc/specs/a.yaml", []byte(text), specs.Options{})
	if err == nil {
		Expect(docs).To(HaveLen(1))
	}
	return specs.Problems(err)
}

var _ = Describe("a copy over the network", func() {
	It("has its defaults, which enter the digest", func() {
		d := decodeOne(pulled("{}", someSource, someImage))
		Expect(d.Spec.Provider.Pull).To(Equal(&specs.Pull{
			Concurrency: 16, Prune: specs.PruneNever, Replaced: specs.ReplacedKeep,
			Guard: specs.Guard{MaxDeleted: "1%", MaxChanged: "20%"},
		}))
		Expect(d.Spec.Source.Ranges).To(Equal([]specs.Range{{Bucket: "photos", Directory: "photos"}}))
		Expect(d.Manifest).To(BeNil())
		Expect(d.Keys()).To(BeNil())
		Expect(d.SecretSources()).To(BeEmpty())
		aloud := pulled("{concurrency: 16, prune: Never, replaced: Keep, guard: {maxDeleted: 1%, maxChanged: 20%}}",
			"  source: {ranges: [{bucket: photos, directory: photos}]}\n", someImage)
		Expect(decodeOne(aloud).Digest).To(Equal(d.Digest))
		Expect(decodeOne(strings.Replace(aloud, "16", "17", 1)).Digest).NotTo(Equal(d.Digest))
	})

	It("is restored from archives as it is asked for, or by default", func() {
		Expect(decodeOne(pulled("{restore: {}}", someSource, someImage)).Spec.Provider.Pull.Restore).
			To(Equal(&specs.RestoreRequest{Tier: "Standard", Days: 14}))
		Expect(decodeOne(pulled("{restore: {tier: Bulk, days: 365}}", someSource, someImage)).Spec.Provider.Pull.Restore).
			To(Equal(&specs.RestoreRequest{Tier: "Bulk", Days: 365}))
		Expect(decodeOne(pulled("{}", someSource, someImage)).Spec.Provider.Pull.Restore).To(BeNil())
	})

	It("gives no defaults to another provider", func() {
		Expect(decodeOne(minimal()).Spec.Provider).To(Equal(specs.Provider{ImportExport: &specs.ImportExport{Region: "us-east-1"}}))
	})

	It("has keys whose files are found from the spec, and whose values nothing knows", func() {
		d := decodeOne(pulled("{}", someSource, encrypted))
		Expect(d.Keys()).To(Equal([]specs.NamedKey{
			{Name: "vault", Secret: &secret.Source{File: "/etc/specs/vault.key"}}, {Name: "escrow", Secret: &secret.Source{Env: "ESCROW"}},
		}))
		var names []string
		for _, s := range d.SecretSources() {
			names = append(names, s.Name())
		}
		Expect(names).To(Equal([]string{"file:/etc/specs/vault.key", "env:ESCROW"}))
		moved, err := specs.Decode("/srv/a.yaml", []byte(pulled("{}", someSource, encrypted)), specs.Options{})
		Expect(err).NotTo(HaveOccurred())
		Expect(moved[0].Digest).To(Equal(d.Digest))
		Expect(decodeOne(pulled("{}", someSource, strings.Replace(encrypted, "ESCROW", "OTHER", 1))).Digest).NotTo(Equal(d.Digest))
	})

	It("has no manifest to send", func() {
		_, err := decodeOne(pulled("{}", someSource, someImage)).ManifestFor(context.Background(), "x", mark, nil)
		Expect(err).To(HaveOccurred())
	})

	DescribeTable("takes", func(provider string, more ...string) {
		Expect(problemsOf(pulled(provider, append(more, someImage)...))).To(BeEmpty())
	},
		Entry("an AWS region", "{region: eu-central-1, profile: backup}", someSource),
		Entry("the region of another server", "{region: garage, s3Endpoint: http://127.0.0.1:3900}", someSource),
		Entry("the limits", "{concurrency: 64, bandwidth: 1kB, prune: Extra, replaced: Drop, guard: {maxDeleted: 0%, maxChanged: 100%}}", someSource),
		Entry("a bandwidth in bytes", "{concurrency: 1, bandwidth: 1000}", someSource),
		Entry("what is accepted of the source", "{}", someSource, "  preflight: {accept: [ArchivedObjects, CustomerKeys, TooLargeForDrive]}\n"),
		Entry("the paper that is the default", "{}", someSource, "  paperwork: {paper: A4}\n"),
		Entry("a refresh, and a run that is just short enough", "{}", someSource, "  refresh: {maxAge: 1h}\n  run: a-run-of-20-letters-\n"),
		Entry("a proof", "{}", someSource, "  verify: {sample: all, maxAge: 90d, download: IfNeeded, against: both}\n"),
		Entry("ranges of a bucket that overlap in one directory", "{}", "  source: {ranges: [{bucket: photos, prefix: a}, {bucket: photos, after: a, through: b}]}\n"),
		Entry("ranges of a bucket in directories apart", "{}", "  source: {ranges: [{bucket: photos, directory: a/b}, {bucket: photos, directory: a/bc}]}\n"),
		Entry("odd but possible names", "{}", "  source: {ranges: [{bucket: My_old.Bucket, directory: \"ü -/...\"}]}\n"),
		Entry("ranges that meet at a key", "{}", "  source: {ranges: [{bucket: photos, through: m}, {bucket: photos, after: m}]}\n"),
	)

	DescribeTable("warns of ranges that select nothing", func(members, field string) {
		d := decodeOne(pulled("{}", "  source: {ranges: [{bucket: photos, "+members+"}]}\n", someImage))
		Expect(d.Warnings).To(ConsistOf(HaveField("Field", "spec.source.ranges[0]."+field)))
	},
		Entry(nil, "prefix: 2026/, through: 2025/", "through"),
		Entry(nil, "prefix: 2026/, after: 2027/", "after"),
	)
})

var _ = DescribeTable("Guard",
	func(g specs.Guard, deleted, changed *big.Rat, fields ...string) {
		gotDeleted, gotChanged, err := g.Parse()
		var wrong []string
		for _, p := range specs.Problems(err) {
			wrong = append(wrong, p.Field)
		}
		Expect(wrong).To(HaveExactElements(fields))
		if len(fields) == 0 {
			Expect(gotDeleted.Cmp(deleted)).To(BeZero())
			Expect(gotChanged.Cmp(changed)).To(BeZero())
		}
	},
	Entry("not written", specs.Guard{}, big.NewRat(1, 100), big.NewRat(1, 5)),
	Entry("nothing and everything", specs.Guard{MaxDeleted: "0%", MaxChanged: "100%"}, new(big.Rat), big.NewRat(1, 1)),
	Entry("exact", specs.Guard{MaxDeleted: "0.1%", MaxChanged: "33.3%"}, big.NewRat(1, 1000), big.NewRat(333, 1000)),
	Entry("no shares", specs.Guard{MaxDeleted: "5", MaxChanged: "100.1%"}, nil, nil, "maxDeleted", "maxChanged"),
)
