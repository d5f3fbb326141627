package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/verify"
)

// mixKind is a kind of object that a mix has, and whether content of it can be proven
// without a download and, with one.
type mixKind struct {
	how                upload
	empty              bool
	proven, downloaded bool
}

var mixKinds = map[string]mixKind{
	"plain":     {proven: true, downloaded: true},
	"one part":  {how: upload{parts: []int{500}}, proven: true, downloaded: true},
	"empty":     {empty: true, proven: true, downloaded: true},
	"archived":  {how: upload{class: types.StorageClassGlacier}, proven: true, downloaded: true},
	"KMS, CRC":  {how: upload{encryption: types.ServerSideEncryptionAwsKms, algorithm: types.ChecksumAlgorithmCrc32}, proven: true, downloaded: true},
	"KMS, SHA":  {how: upload{encryption: types.ServerSideEncryptionAwsKms, algorithm: types.ChecksumAlgorithmSha256}, proven: true, downloaded: true},
	"KMS":       {how: upload{encryption: types.ServerSideEncryptionAwsKms}, downloaded: true},
	"KMS, part": {how: upload{encryption: types.ServerSideEncryptionAwsKms, parts: []int{500}}, downloaded: true},
	"KMS, cold": {how: upload{encryption: types.ServerSideEncryptionAwsKms, class: types.StorageClassDeepArchive}},
	"SSE-C":     {how: upload{customer: true}},
}

// mixed is an object of a mix.
type mixed struct {
	kind, harm string // harm of its copy: "", flip, cut, missing
}

var roles = map[string]func(string, *http.Request) bool{
	"all": nil, "no kms:Decrypt": noDecrypt, "no attributes": noAttributes, "list only": onlyList,
}

// good reports whether nothing but a match may be said of the object, and whether one must.
func (o mixed) good(download bool, role string) (may, must bool) {
	k := mixKinds[o.kind]
	may = o.harm == "" && (k.proven || download && k.downloaded)
	return may, may && (role == "all" || role == "no attributes")
}

func drawMix(t *rapid.T) map[string]mixed {
	mix := map[string]mixed{}
	for i := range rapid.IntRange(1, 8).Draw(t, "objects") {
		o := mixed{kind: rapid.SampledFrom(slices.Sorted(maps.Keys(mixKinds))).Draw(t, "kind")}
		if rapid.IntRange(0, 9).Draw(t, "harm") == 0 {
			o.harm = rapid.SampledFrom([]string{"flip", "cut", "missing"}).Draw(t, "of")
		}
		if mixKinds[o.kind].empty && o.harm != "missing" {
			o.harm = ""
		}
		mix[fmt.Sprintf("dir-%d/%d", i%2, i)] = o
	}
	return mix
}

// fillMix makes the objects and their copies.
func (p *prover) fillMix(ctx context.Context, bucket string, mix map[string]mixed) {
	for key, o := range mix {
		k := mixKinds[o.kind]
		body := noise(key, 500)
		if k.empty {
			body = nil
		}
		k.how.bucket = bucket
		p.put(ctx, k.how, key, body)
		switch o.harm {
		case "missing":
		case "flip":
			p.copy(key, flipped(body, len(key)))
		case "cut":
			p.copy(key, body[:len(body)-1])
		default:
			p.copy(key, body)
		}
	}
}

var _ = It("never says passed, over HTTP, of a mix of which one object is unproven", func(ctx context.Context) {
	p := newProver(ctx)
	root, n := p.dir, 0
	passed := 0
	rapid.Check(GinkgoTB(), func(t *rapid.T) {
		n++
		bucket := fmt.Sprintf("mix-%d", n)
		Expect(p.control.CreateBucket(ctx, simulator.Bucket{Name: bucket, Checksum: "none"})).To(Succeed())
		p.dir = filepath.Join(root, bucket)
		Expect(os.Mkdir(p.dir, 0o755)).To(Succeed())
		mix := drawMix(t)
		p.fillMix(ctx, bucket, mix)
		role := rapid.SampledFrom(slices.Sorted(maps.Keys(roles))).Draw(t, "role")
		download := rapid.Bool().Draw(t, "download")
		sample := rapid.SampledFrom([]string{"all", "all", "2", "50%"}).Draw(t, "sample")
		flags := []string{"--sample", sample}
		if download {
			flags = append(flags, "--download", "IfNeeded")
		}
		p.begin(roles[role])
		report, code := p.verify(ctx, bucket, flags...)
		if code == exitDone {
			passed++
		}
		expectHonest(t, mix, report, code, sample == "all", func(o mixed) (bool, bool) { return o.good(download, role) })
	})
	Expect(passed).To(BeNumerically(">", 0), "some pass, else nothing was tried")
})

// expectHonest holds a report against what is known of a mix.
func expectHonest(t *rapid.T, mix map[string]mixed, report verify.Report, code int, all bool, good func(mixed) (bool, bool)) {
	must, may := true, true
	for key, o := range mix {
		mayBe, mustBe := good(o)
		must, may = must && mustBe, may && mayBe
		if code == exitDone && (o.harm == "cut" || o.harm == "missing") {
			t.Fatalf("passed, and %s is %s", key, o.harm)
		}
	}
	if all && code == exitDone && !may || all && code != exitDone && must {
		t.Fatalf("exit code %d: may pass %t, must pass %t, of %+v: %s", code, may, must, mix, findings(report))
	}
	for _, s := range report.Sample.Objects {
		if mayBe, _ := good(mix[s.Path]); s.Outcome == verify.Match && !mayBe {
			t.Fatalf("%s, which is %+v, is said to match", s.Path, mix[s.Path])
		}
		if s.Outcome != verify.Match && code == exitDone {
			t.Fatalf("passed, and of the sample %s is %s", s.Path, s.Outcome)
		}
	}
	if code == exitDone && report.Compared() == 0 {
		t.Fatalf("passed, and nothing was compared")
	}
}
