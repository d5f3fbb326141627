package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/verify"
)

// The buckets of a prover. Before December 2024 S3 kept no checksum of what came
// without one; since then it takes CRC64NVME.
const (
	current   = "current"
	before    = "before-2024"
	kms       = "kms"
	dsse      = "dsse"
	versioned = "versioned"
	delivered = "delivered"
)

// prover is an S3 server with those buckets, all that is needed to write into them, and
// `s3export verify` of this process before it.
type prover struct {
	uploader
	*counting
	control  *simulator.Control // nil: the server is no simulator
	bucket   string             // of the object under test
	endpoint string
	dir      string // that copies lie below
}

func newProver(ctx context.Context) *prover {
	GinkgoHelper()
	server, err := simulator.Start(context.WithoutCancel(ctx), simulator.Options{WorkDir: GinkgoT().TempDir(), Now: time.Now,
		AccessKeyID: plantedAccess, SecretAccessKey: plantedKey})
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(server.Close)
	p := proverOf(server.Endpoint())
	p.control = simulator.NewControl(server.Endpoint())
	for _, b := range []simulator.Bucket{{Name: current}, {Name: before, Checksum: "none"}, {Name: kms, Encryption: "aws:kms", Checksum: "none"},
		{Name: dsse, Encryption: "aws:kms:dsse", Checksum: "none"}, {Name: versioned, Versioning: "Enabled"}, {Name: delivered}} {
		Expect(p.control.CreateBucket(ctx, b)).To(Succeed())
	}
	return p
}

func proverOf(endpoint string) *prover {
	GinkgoHelper()
	c, own := counted(endpoint)
	p := &prover{uploader: newUploader(endpoint, "us-east-1", plantedAccess, plantedKey), counting: c, endpoint: own, dir: GinkgoT().TempDir()}
	for name, value := range map[string]string{ // which the SDK reads itself
		"AWS_ACCESS_KEY_ID": plantedAccess, "AWS_SECRET_ACCESS_KEY": plantedKey, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_PROFILE": "", "AWS_SESSION_TOKEN": "",
	} {
		GinkgoT().Setenv(name, value)
	}
	return p
}

// copy writes a file of the copy.
func (p *prover) copy(key string, content []byte) {
	GinkgoHelper()
	path := filepath.Join(p.dir, filepath.FromSlash(key))
	Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
	Expect(os.WriteFile(path, content, 0o600)).To(Succeed())
}

// verify runs the command on all of the copy, and returns its report and exit code.
func (p *prover) verify(ctx context.Context, bucket string, flags ...string) (verify.Report, int) {
	GinkgoHelper()
	return p.command(ctx, append([]string{"--root", p.dir, "--bucket", bucket, "--sample", "all"}, flags...)...)
}

func (p *prover) command(ctx context.Context, flags ...string) (verify.Report, int) {
	GinkgoHelper()
	code, out, errs := p.typed(ctx, flags...)
	report, err := verify.DecodeReport(strings.NewReader(out))
	Expect(err).NotTo(HaveOccurred(), out+errs)
	Expect(code).To(Equal(verdictCode(report.Verdict())), errs)
	return report, code
}

// typed runs the command.
func (p *prover) typed(ctx context.Context, flags ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(ctx, environment{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" },
		now: time.Now, dir: p.dir, width: func() int { return 80 },
	}, append([]string{"verify", "--region", "us-east-1", "--s3-endpoint", p.endpoint, "-o", "json"}, flags...))
	return code, out.String(), errs.String()
}

// found writes what a report says of its objects, and what was asked for it, such as
// "match Equal md5 legacy etag; HEAD 1". Findings of a kind are counted where they are
// several.
func (p *prover) found(r verify.Report) string {
	var all []string
	for _, t := range r.Tallies {
		text := string(t.Outcome) + " " + string(t.Reason)
		for _, word := range []string{string(t.Method), string(t.Class), string(t.Witness)} {
			if word != "" {
				text += " " + word
			}
		}
		if t.Files > 1 {
			text = fmt.Sprintf("%d %s", t.Files, text)
		}
		all = append(all, text)
	}
	text := strings.Join(all, " + ")
	if asked := p.text(); asked != "" {
		text += "; " + asked
	}
	return text
}

// noise is content of a size, the same for each seed.
func noise(seed string, size int) []byte {
	body := make([]byte, size)
	_, _ = rand.NewChaCha8(sha256.Sum256([]byte(seed))).Read(body) // it never fails
	return body
}

// flipped returns content with one bit turned over.
func flipped(content []byte, at int) []byte {
	other := bytes.Clone(content)
	other[at] ^= 1 << (at % 8)
	return other
}

// prove makes an object as a row says and compares an equal file and one of another bit.
func (p *prover) prove(ctx context.Context, row proofRow, equal, other string) {
	GinkgoHelper()
	row.how.bucket = cmp.Or(row.how.bucket, current)
	p.bucket = row.how.bucket
	body := noise("k", row.size)
	p.put(ctx, row.how, "k", body)
	var flags []string
	if row.flags != nil {
		flags = row.flags(ctx, p)
	}
	p.copy("k", body)
	Expect(p.once(ctx, row, flags)).To(Equal(equal), "an equal file")
	if row.size == 0 {
		Expect(other).To(BeEmpty(), "nothing has no bits")
		return
	}
	p.copy("k", flipped(body, row.size/2))
	Expect(p.once(ctx, row, flags)).To(Equal(other), "a file with a bit turned over")
}

// proofRow is one row of a table of objects.
type proofRow struct {
	how   upload
	size  int
	deny  func(string, *http.Request) bool
	flags func(context.Context, *prover) []string
	asked bool // more is sent than what the report counts
}

func (p *prover) once(ctx context.Context, row proofRow, flags []string) string {
	GinkgoHelper()
	p.begin(row.deny)
	report, _ := p.verify(ctx, row.how.bucket, flags...)
	told := report.Requests
	told.Downloaded, told.List = 0, 0
	if !row.asked {
		Expect(told).To(Equal(p.requests()), "what the report says was asked")
	}
	return p.found(report)
}
