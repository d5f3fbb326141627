package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// verifyFlags are the flags of verify.
type verifyFlags struct {
	files
	root, image, device     string
	passwordFrom, container string
	bucket, prefix, target  string
	region, profile, server string
	sample, seed, report    string
}

func (a *app) verifyCommand() *cobra.Command {
	var f verifyFlags
	c := &cobra.Command{
		Use:   "verify NAME… | verify --root DIR --bucket B | verify --image FILE --bucket B | verify --device DISK --bucket B",
		Short: "Prove that a drive, an image or a folder holds what S3 holds",
		Long: `With a NAME: takes a new proof of the backup's drive against its baseline,
whatever the last proof said, and keeps the report.

With --root, --image or --device and --bucket: compares any folder, image or disk with
any bucket, without spec, state or, but for disks, root. Presence and size of every
object are always compared; the content of a sample, or of all with --sample all. An
image or disk may be encrypted (TrueCrypt, VeraCrypt, LUKS, or a container file in it):
--password-from says where its password is.

Exit codes: 0 passed, 5 failed, 6 incomplete (something could not be compared),
1 error, 2 usage.`,
		Example:           "  s3export verify photos-a\n  s3export verify --root /mnt/photos --bucket photos --sample all",
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			if f.bucket != "" || f.root != "" || f.image != "" || f.device != "" {
				return a.verifyAnything(c.Context(), f, args)
			}
			docs, err := a.named(c.Context(), args, f.files)
			if err != nil {
				return err
			}
			return a.verifyBackups(c.Context(), docs, f)
		},
	}
	f.flags(c)
	c.Flags().StringVar(&f.root, "root", "", "folder that holds the copy")
	c.Flags().StringVar(&f.image, "image", "", "image file that holds the copy")
	c.Flags().StringVar(&f.device, "device", "", "disk that holds the copy, such as /dev/sdb or a link in /dev/disk/by-id")
	c.Flags().StringVar(&f.passwordFrom, "password-from", "", "where the password of an encrypted copy is: env:NAME, file:PATH, credential:NAME, or - to be asked (--image and --device)")
	c.Flags().StringVar(&f.container, "container", "", "name of the file at the root that holds the copy, where several may be it (--image and --device)")
	c.Flags().StringVar(&f.bucket, "bucket", "", "bucket that holds the originals")
	c.Flags().StringVar(&f.prefix, "prefix", "", "only keys that begin with this")
	c.Flags().StringVar(&f.target, "target-directory", "", "directory of the copy below the root")
	c.Flags().StringVar(&f.region, "region", "", "region of the bucket (default: AWS's own configuration)")
	c.Flags().StringVar(&f.profile, "profile", "", "profile of AWS's own configuration")
	c.Flags().StringVar(&f.server, "s3-endpoint", "", "URL of another S3 server")
	c.Flags().StringVar(&f.sample, "sample", "", "what to compare by content: a number of files, 5%, 50GiB, all, rolling (with NAME), or confidence=99%,maxBad=0.1% (default 100)")
	c.Flags().StringVar(&f.seed, "seed", "", "repeat the draw of an earlier report (32 hex digits)")
	c.Flags().StringVar(&f.report, "report", "", "keep the report in this directory (without NAME)")
	a.outputFlag(c, "table", "json", "yaml")
	return c
}

// copies counts the places that are named.
func (f verifyFlags) copies() int {
	n := 0
	for _, place := range []string{f.root, f.image, f.device} {
		if place != "" {
			n++
		}
	}
	return n
}

// verifyBackups takes a new proof of each backup.
func (a *app) verifyBackups(ctx context.Context, docs []specs.Document, f verifyFlags) error {
	if _, err := parseSeed(f.seed); err != nil {
		return err
	}
	for i := range docs {
		if err := resample(&docs[i], f.sample, f.seed); err != nil {
			return err
		}
	}
	return a.reconcileAll(ctx, docs, reconciler.Limits{Reverify: true, Seed: f.seed})
}

// verifyAnything compares a folder or an image with a bucket.
func (a *app) verifyAnything(ctx context.Context, f verifyFlags, args []string) error {
	f.bucket = cmp.Or(f.bucket, a.getenv("S3EXPORT_BUCKET"), a.config.Bucket)
	f.region = cmp.Or(f.region, a.getenv("S3EXPORT_REGION"), a.config.Region)
	f.profile = cmp.Or(f.profile, a.getenv("S3EXPORT_PROFILE"), a.config.Profile)
	f.server = cmp.Or(f.server, a.getenv("S3EXPORT_S3_ENDPOINT"), a.config.S3Endpoint)
	switch {
	case len(args) > 0 || len(f.names) > 0:
		return usage(errors.New("name a backup, or --bucket with --root, --image or --device, not both"))
	case f.bucket == "":
		return usage(errors.New("--root, --image and --device need --bucket"))
	case f.copies() != 1:
		return usage(errors.New("--bucket needs one of --root, --image and --device"))
	case f.root != "" && f.passwordFrom+f.container != "":
		return usage(errors.New("--password-from and --container go with --image and --device: what is mounted is decrypted already"))
	}
	request, err := a.freeRequest(ctx, f, []verify.Range{{Bucket: f.bucket, Prefix: f.prefix, Directory: f.target}})
	if err != nil {
		return err
	}
	tree, closeTree, err := a.tree(ctx, f)
	if err != nil {
		return err
	}
	defer closeTree()
	progress := a.newProgress("verify")
	request.Tree, request.Runtime.Progress = tree, progress
	report, err := verify.Run(ctx, request)
	progress.end()
	if err != nil {
		return a.stopped(ctx, err)
	}
	return a.showReport(report, f.report)
}

// freeRequest is a verification of what needs no spec.
func (a *app) freeRequest(ctx context.Context, f verifyFlags, ranges []verify.Range) (verify.Request, error) {
	draw, err := freeDraw(f.sample, f.seed)
	if err != nil {
		return verify.Request{}, err
	}
	cfg, err := a.awsConfig(ctx, f.region, f.profile)
	if err != nil {
		return verify.Request{}, err
	}
	client, err := s3.New(s3.Options{Credentials: cfg.Credentials, Region: cfg.Region, Endpoint: f.server, HTTPClient: cfg.HTTPClient})
	if err != nil {
		return verify.Request{}, err
	}
	source := bucketSource{client}
	population, err := verify.Live(source, ranges)
	if err != nil {
		return verify.Request{}, err
	}
	return verify.Request{
		Source: source, Population: population, Layout: verify.DefaultLayout(),
		Draw:    draw,
		About:   verify.About{Subject: subject(), Attempt: 1},
		Runtime: verify.Runtime{Now: a.now, Workers: a.old.forks},
	}, nil
}

// tree opens the folder or image.
func (a *app) tree(ctx context.Context, f verifyFlags) (verify.Tree, func(), error) {
	if f.root != "" {
		t, err := verify.OpenDirTree(a.path(f.root))
		if p, ok := errors.AsType[*os.PathError](err); ok {
			return nil, nil, fail(exitError, "RootUnreadable", fmt.Sprintf("--root %q: %v", a.path(f.root), p.Err), "correct the path; mount the drive there first")
		}
		if err != nil {
			return nil, nil, err
		}
		return t, func() { _ = t.Close() }, nil
	}
	disk, err := a.disks().Resolve(ctx, a.path(cmp.Or(f.image, f.device)))
	if err != nil {
		return nil, nil, err
	}
	key, err := a.keyFrom(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	v, err := a.disks().Open(ctx, disk.Selector(), key)
	if err != nil {
		return nil, nil, err
	}
	return evidence.Tree(v), func() { _ = v.Close() }, nil
}

// showReport prints the report and keeps it where it was asked for.
func (a *app) showReport(report verify.Report, dir string) error {
	if dir != "" {
		path, err := freeName(a.path(dir), report.Ended.Format("2006-01-02"))
		if err != nil {
			return err
		}
		if err := journal.WriteFile(path, report.Encode); err != nil {
			return err
		}
		a.say("report: %s", path)
	}
	code := verdictCode(report.Verdict())
	if a.output == "json" || a.output == "yaml" {
		if err := encode(a.stdout, a.output, report); err != nil {
			return err
		}
		return exit(code)
	}
	textReport(a.out(code), report)
	return exit(code)
}

// shownFindings is how many findings a terminal gets; the report has them all.
const shownFindings = 20

func textReport(w io.Writer, r verify.Report) {
	for i, f := range r.Findings {
		if i == shownFindings {
			_, _ = fmt.Fprintf(w, "… and %d more, all in the report (-o json or --report DIR)\n", int64(len(r.Findings))-shownFindings+r.Omitted)
			break
		}
		_, _ = fmt.Fprintln(w, findingText(f))
	}
	_, _ = fmt.Fprintf(w, "verification %s: %s\n", verdictWord(r.Verdict()), r.Sentence())
}

func verdictWord(v verify.Verdict) string {
	switch v {
	case verify.Pass:
		return "passed"
	case verify.Fail:
		return "FAILED"
	case verify.Incomplete:
		return "incomplete"
	}
	return string(v)
}

// freeName returns the first name that is not taken: reports are never
// overwritten.
func freeName(dir, day string) (string, error) {
	for n := 1; n < 10_000; n++ {
		path := filepath.Join(dir, fmt.Sprintf("%s-%d.json", day, n))
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			return path, nil
		}
	}
	return "", fail(exitError, "TooManyReports", "10,000 reports of one day are in "+dir, "name another directory")
}

func subject() verify.Subject {
	s := verify.Subject{Tool: buildInfo().String()}
	s.Host, _ = os.Hostname()
	if u, err := user.Current(); err == nil {
		s.User = u.Username
	}
	return s
}
