package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/restore"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
	"github.com/cargomedia/s3export/verify/digest"
)

// filledDrive is a drive that we have filled: objects of the buckets current and versioned,
// and what it says of them.
type filledDrive struct {
	*prover
	lines  []verify.Expected
	ranges []verify.Range
}

func newFilledDrive(ctx context.Context) *filledDrive {
	GinkgoHelper()
	d := &filledDrive{prover: newProver(ctx), ranges: []verify.Range{
		{Bucket: current, Directory: current, Naming: verify.Encoded}, {Bucket: versioned, Directory: versioned, Naming: verify.Encoded},
	}}
	five := 5 << 20
	d.object(ctx, current, "2019/a.jpg", "current/2019/a.jpg", noise("a", 2000), nil)
	d.object(ctx, current, "2019/sub/b.jpg", "current/2019/sub/b.jpg", noise("b", 2*five+7), []int{five, five, 7})
	d.object(ctx, current, "2020/c.txt", "current/2020/c.txt", nil, nil)
	d.object(ctx, current, "line\nbreak", "current/line%0Abreak", []byte("text"), nil)
	d.object(ctx, versioned, "2019/a.jpg", "versioned/2019/a.jpg", noise("v", 100), nil)
	d.describe(ctx)
	return d
}

// object makes one and copies it.
func (d *filledDrive) object(ctx context.Context, bucket, key, path string, content []byte, parts []int) {
	GinkgoHelper()
	how := upload{bucket: bucket, parts: parts}
	if parts == nil {
		_, err := d.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(content), ContentType: aws.String("image/jpeg"), Metadata: map[string]string{"by": "us"}})
		Expect(err).NotTo(HaveOccurred())
	} else {
		d.put(ctx, how, key, content)
	}
	head, err := d.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
	Expect(err).NotTo(HaveOccurred())
	d.copy(path, content)
	sum := sha256.Sum256(content)
	e := verify.Expected{Path: path, Seen: verify.AtBoth, Object: verify.Object{
		Bucket: bucket, Key: key, Size: int64(len(content)), ETag: strings.Trim(*head.ETag, `"`), LastModified: head.LastModified.UTC(),
		Known: &verify.Known{Algorithm: digest.SHA256, Sum: sum[:], Witness: verify.WitnessCopied},
	}, Attributes: &verify.Attributes{ContentType: aws.ToString(head.ContentType), Metadata: head.Metadata}}
	if parts != nil {
		e.Attributes.PartSize = int64(parts[0])
	}
	d.lines = append(d.lines, e)
}

// describe writes what the drive says of itself.
func (d *filledDrive) describe(ctx context.Context) {
	GinkgoHelper()
	lines := func(yield func(verify.Expected, error) bool) {
		for _, e := range d.lines {
			if !yield(e, nil) {
				return
			}
		}
	}
	root, err := os.OpenRoot(d.dir)
	Expect(err).NotTo(HaveOccurred())
	defer func() { _ = root.Close() }()
	Expect(root.MkdirAll(bundle.Dir, 0o755)).To(Succeed())
	_, err = bundle.Write(ctx, root, bundle.Description{Backup: "photos", Run: "1"}, d.ranges, iter.Seq2[verify.Expected, error](lines))
	Expect(err).NotTo(HaveOccurred())
}

// says runs a command line, and returns its exit code and what it printed.
func (d *filledDrive) says(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(ctx, environment{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" },
		now: time.Now, dir: d.dir, width: func() int { return 80 },
	}, args)
	return code, out.String(), errs.String()
}

// restored runs restore from the drive's folder with -o json.
func (d *filledDrive) restored(ctx context.Context, flags ...string) (restoreView, int) {
	GinkgoHelper()
	code, out, errs := d.says(ctx, append([]string{"restore", "--root", d.dir, "-o", "json"}, flags...)...)
	var v restoreView
	Expect(json.Unmarshal([]byte(out), &v)).To(Succeed(), out+errs)
	Expect(v.ExitCode).To(Equal(code), errs)
	return v, code
}

var _ = Describe("s3export restore", func() {
	var d *filledDrive
	var again []string
	BeforeEach(func(ctx context.Context) {
		d = newFilledDrive(ctx)
		again = []string{"--to", "s3://" + delivered + "/back", "--region", "us-east-1", "--s3-endpoint", d.endpoint}
	})

	It("puts a bucket back under its ETags, once", func(ctx context.Context) {
		v, code := d.restored(ctx, append(again, "--bucket", current)...)
		Expect(code).To(Equal(exitDone))
		Expect(v.Summary.Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 4}), v.Message)
		Expect(v.Summary.SameETag).To(BeEquivalentTo(4))
		for _, e := range d.lines[:4] {
			h, err := d.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(delivered), Key: aws.String("back/" + e.Key)})
			Expect(err).NotTo(HaveOccurred())
			Expect(strings.Trim(*h.ETag, `"`)).To(Equal(e.ETag))
			Expect(aws.ToString(h.ContentType)).To(Equal(e.Attributes.ContentType))
			Expect(h.Metadata).To(Equal(e.Attributes.Metadata))
		}
		code, out, errs := d.says(ctx, append(append([]string{"restore", "--root", d.dir}, again...), "--bucket", current)...)
		Expect(code).To(Equal(exitDone), errs)
		Expect(out).To(Equal("0 objects restored (0 bytes), 4 there already\n"))
	})

	It("wants one bucket where keys would mix", func(ctx context.Context) {
		code, out, errs := d.says(ctx, append([]string{"restore", "--root", d.dir}, again...)...)
		Expect(code).To(Equal(exitUsage))
		Expect(out).To(BeEmpty())
		Expect(errs).To(ContainSubstring("--bucket"))
	})

	It("restores what is meant into a directory", func(ctx context.Context) {
		to := filepath.Join(GinkgoT().TempDir(), "to")
		v, code := d.restored(ctx, "--to", to, "--dry-run")
		Expect(code).To(Equal(exitDone))
		Expect(v.Summary.Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 5}))
		Expect(to).NotTo(BeADirectory())
		v, code = d.restored(ctx, "--to", to, "--include", "s3://"+current+"/2019/*", "--include", "line*")
		Expect(code).To(Equal(exitDone))
		Expect(v.Summary.Objects).To(Equal(map[restore.Outcome]int64{restore.Restored: 2}), v.Message)
		Expect(os.ReadFile(filepath.Join(to, "current/line\nbreak"))).To(BeEquivalentTo("text"))
		code, out, _ := d.says(ctx, "restore", "--root", d.dir, "--to", to)
		Expect(code).To(Equal(exitDone))
		Expect(out).To(Equal("3 objects restored (10.5 MB), 2 there already; of the restored, 3 compared with the SHA-256 of the copy, 3 written and synced\n"))
		Expect(filepath.Join(to, "versioned/2019/a.jpg")).To(BeARegularFile())
	})

	It("names what is rotten and what is in the way", func(ctx context.Context) {
		to := GinkgoT().TempDir()
		d.copy("current/2019/a.jpg", flipped(noise("a", 2000), 17))
		v, code := d.restored(ctx, "--to", to)
		Expect(code).To(Equal(exitFailed))
		Expect(v.Problems).To(HaveLen(1))
		Expect(v.Problems[0].Outcome).To(Equal(restore.Corrupt))
		Expect(filepath.Join(to, "current/2019/a.jpg")).NotTo(BeAnExistingFile())
		d.copy("current/2019/a.jpg", noise("a", 2000))
		Expect(os.WriteFile(filepath.Join(to, "current/2019/a.jpg"), []byte("another"), 0o600)).To(Succeed())
		code, out, _ := d.says(ctx, "restore", "--root", d.dir, "--to", to)
		Expect(code).To(Equal(exitBlocked))
		Expect(out).To(HavePrefix("conflict  s3://current/2019/a.jpg: "))
		Expect(out).To(ContainSubstring("--allow-overwrite"))
		_, code = d.restored(ctx, "--to", to, "--allow-overwrite")
		Expect(code).To(Equal(exitDone))
	})

	DescribeTable("needs a person where the flags mean nothing of the copy", func(ctx context.Context, flags ...string) {
		v, code := d.restored(ctx, append([]string{"--to", filepath.Join(GinkgoT().TempDir(), "to")}, flags...)...)
		Expect(code).To(Equal(exitBlocked))
		Expect(v.Message).To(ContainSubstring("nothing of the copy is meant"))
		code, out, errs := d.says(ctx, append([]string{"restore", "--root", d.dir, "--to", "x"}, flags...)...)
		Expect(code).To(Equal(exitBlocked), errs)
		Expect(out).To(And(ContainSubstring("nothing of the copy is meant"), ContainSubstring("what to do: "), ContainSubstring("--include")))
	},
		Entry("by a typo", "--include", "2091/**"),
		Entry("by two that shut each other out", "--bucket", versioned, "--include", "2020/**"),
	)

	It("names the bucket that is not there", func(ctx context.Context) {
		code, out, errs := d.says(ctx, "restore", "--root", d.dir, "--to", "s3://nowhere", "--bucket", versioned, "--region", "us-east-1", "--s3-endpoint", d.endpoint)
		Expect(code).To(Equal(exitError))
		Expect(out + errs).To(And(ContainSubstring(`NoSuchBucket: bucket "nowhere"`), ContainSubstring(`create bucket "nowhere"`), Not(ContainSubstring("is meant"))))
	})

	DescribeTable("refuses", func(ctx context.Context, code int, part string, args ...string) {
		got, out, errs := d.says(ctx, append([]string{"restore"}, args...)...)
		Expect(got).To(Equal(code), errs)
		Expect(out).To(BeEmpty())
		Expect(errs).To(And(ContainSubstring(part), ContainSubstring("what to do: ")))
	},
		Entry("no target", exitUsage, "--to", "--root", "."),
		Entry("no copy", exitUsage, "name a backup", "--to", "x"),
		Entry("two copies", exitUsage, "one of", "--root", ".", "--image", "y", "--to", "x"),
		Entry("a folder that is not ours", exitUsage, "does not say what it holds", "--root", "current", "--to", "x"),
		Entry("a bucket that is not in it", exitUsage, "nothing of bucket", "--root", ".", "--to", "x", "--bucket", "other"),
		Entry("a backup that is not known", exitUsage, "never applied", "nobody", "--to", "x"),
		Entry("flags of S3 for a directory", exitUsage, "--region", "--root", ".", "--to", "x", "--region", "y"),
	)
})
