package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/providers/restore"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/verify"
)

// restoreFlags are the flags of restore.
type restoreFlags struct {
	copyFlags
	to                        string
	include                   []string
	bucket                    string
	region, profile, server   string
	bandwidth                 string
	concurrency               int
	dryRun, overwrite, unsure bool
}

func (a *app) restoreCommand() *cobra.Command {
	var f restoreFlags
	c := &cobra.Command{
		Use:   "restore NAME --to DIR|s3://BUCKET/PREFIX | restore --root DIR|--image FILE|--device DISK --to …",
		Short: "Put objects of a copy back, into a bucket or a directory",
		Long: `Puts the objects of a copy back. What they were is taken from the drive (/.s3export),
or for a NAME from its record: keys, checksums, part sizes, headers and metadata.

Into a bucket: the key is PREFIX/ and the original key. Objects get the part sizes that
they had, so that their ETags are what they were, and their headers and user metadata.
Into a directory: below the names that ranges have on the drive, with the key as path.
Where no file can have the name of a key, it gets the name that it has on the drive.

Each file is compared with the SHA-256 that the copy has of it before it is sent, or
before it gets its name. What does not fit is not restored, and named. What is there
already is compared and never written over, unless --allow-overwrite says so. Where it
was interrupted it goes on: run the same command again.

--include takes a key or s3://bucket/key, with * for any text without /, ** for any text
and ? for one character.

Exit codes: 0 all is there, 5 a file of the copy is corrupt, 4 a person is needed (other
content is there, nothing proves a file, or the flags mean no object), 1 error, 2 usage.`,
		Example:           "  s3export restore photos-a --to /srv/photos --include '2019/**'\n  s3export restore --root /mnt/drive --to s3://photos-again --bucket photos",
		Args:              atMostOne("the name of a backup"),
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			return a.restore(c.Context(), f, args)
		},
	}
	f.declare(c)
	a.outputFlag(c, "table", "json", "yaml")
	return c
}

func (f *restoreFlags) declare(c *cobra.Command) {
	f.copyFlags.declare(c)
	c.Flags().StringVar(&f.to, "to", "", "where to: a directory, or s3://BUCKET/PREFIX")
	c.Flags().StringArrayVar(&f.include, "include", nil, "only keys like this, such as '2019/**' or 's3://photos/*.jpg'; may be repeated")
	c.Flags().StringVar(&f.bucket, "bucket", "", "only what was in this bucket")
	c.Flags().StringVar(&f.region, "region", "", "region of the bucket (default: AWS's own configuration)")
	c.Flags().StringVar(&f.profile, "profile", "", "profile of AWS's own configuration")
	c.Flags().StringVar(&f.server, "s3-endpoint", "", "URL of another S3 server")
	c.Flags().StringVar(&f.bandwidth, "bandwidth", "", "send or write at most so much a second, such as 50MB")
	c.Flags().IntVar(&f.concurrency, "concurrency", 0, "how many requests, or files, may be under way at once, 1 to 64 (default 8; into a directory, 1 from a disk that turns)")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "say what would be restored; reads no file, and writes nothing")
	c.Flags().BoolVar(&f.overwrite, "allow-overwrite", false, "write over other content that is there")
	c.Flags().BoolVar(&f.unsure, "allow-unproven", false, "restore also what no checksum proves")
}

const (
	defaultRequests = 8
	maxRequests     = 64
)

func (f *restoreFlags) check() error {
	switch {
	case f.to == "":
		return usage(errors.New("--to says where to: a directory, or s3://BUCKET/PREFIX"))
	case f.concurrency < 0 || f.concurrency > maxRequests:
		return usage(fmt.Errorf("--concurrency takes 1 to %d", maxRequests))
	case !f.isBucket() && f.region+f.profile+f.server != "":
		return usage(errors.New("--region, --profile and --s3-endpoint go with --to s3://BUCKET/PREFIX"))
	}
	return nil
}

func (f *restoreFlags) isBucket() bool { return strings.HasPrefix(f.to, "s3://") }

func (a *app) restore(ctx context.Context, f restoreFlags, args []string) error {
	if err := errors.Join(f.check(), f.copyFlags.check(args)); err != nil {
		return err
	}
	keys, err := f.keys()
	if err != nil {
		return err
	}
	pace, err := a.pace(f.bandwidth)
	if err != nil {
		return err
	}
	held, err := a.holdCopy(ctx, f.copyFlags, args)
	if err != nil {
		return a.stopped(ctx, err)
	}
	defer held.close()
	if err := f.oneBucket(held); err != nil {
		return err
	}
	if f.concurrency == 0 && !f.isBucket() {
		f.concurrency = a.workers(held.path)
	}
	target, closeTarget, err := a.restoreTarget(ctx, f)
	if err != nil {
		return err
	}
	defer closeTarget()
	shown := a.newRestoreReport(f, held)
	progress := a.newProgress("restore")
	giveWay()
	summary, err := restore.Run(ctx, held.items(ctx, keys.match), target, restore.Options{
		Workers: cmp.Or(f.concurrency, defaultRequests), DryRun: f.dryRun, Overwrite: f.overwrite, Unproven: f.unsure, Pace: pace,
		Result: func(r restore.Result) error { return shown.result(progress, r) }, Progress: progress.restored,
	})
	progress.end()
	if err != nil {
		a.say("restore: it ended before its end: %s", restoreSentence(summary, f.dryRun))
		return a.stopped(ctx, err)
	}
	return shown.finish(summary)
}

// keyFilter says which objects are meant.
type keyFilter struct {
	bucket   string // empty: any
	patterns []verify.KeyPattern
}

func (f *restoreFlags) keys() (keyFilter, error) {
	k := keyFilter{bucket: f.bucket}
	for _, text := range f.include {
		p, err := verify.ParseKeys(text)
		if err != nil {
			return k, usage(fmt.Errorf("--include %q: %w", text, err))
		}
		k.patterns = append(k.patterns, p)
	}
	return k, nil
}

func (k keyFilter) match(e *verify.Expected) bool {
	if k.bucket != "" && e.Bucket != k.bucket {
		return false
	}
	for _, p := range k.patterns {
		if p.Match(e.Bucket, e.Key) {
			return true
		}
	}
	return len(k.patterns) == 0
}

// oneBucket refuses what would mix the keys of several buckets.
func (f *restoreFlags) oneBucket(held *heldCopy) error {
	buckets := held.buckets()
	switch {
	case f.bucket != "" && !slices.Contains(buckets, f.bucket):
		return fail(exitUsage, "NoSuchBucket", fmt.Sprintf("nothing of bucket %q is in the copy", f.bucket), "name one of "+strings.Join(buckets, ", "))
	case f.isBucket() && f.bucket == "" && len(buckets) > 1:
		return fail(exitUsage, "SeveralBuckets", fmt.Sprintf("the copy is of %d buckets, whose keys would mix: %s", len(buckets), strings.Join(buckets, ", ")),
			"choose one with --bucket, and give each a prefix or a bucket of its own")
	}
	return nil
}

// restoreTarget opens where it is restored to.
func (a *app) restoreTarget(ctx context.Context, f restoreFlags) (restore.Target, func(), error) {
	if !f.isBucket() {
		return a.restoreDirectory(f)
	}
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(f.to, "s3://"), "/")
	if bucket == "" {
		return nil, nil, usage(fmt.Errorf("--to %q names no bucket: write s3://BUCKET or s3://BUCKET/PREFIX", f.to))
	}
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	cfg, err := a.awsConfig(ctx, cmp.Or(f.region, a.getenv("S3EXPORT_REGION"), a.config.Region), cmp.Or(f.profile, a.getenv("S3EXPORT_PROFILE"), a.config.Profile))
	if err != nil {
		return nil, nil, err
	}
	client, err := s3.New(s3.Options{
		Credentials: cfg.Credentials, Region: cfg.Region, Endpoint: cmp.Or(f.server, a.getenv("S3EXPORT_S3_ENDPOINT"), a.config.S3Endpoint),
		HTTPClient: cfg.HTTPClient, UserAgent: userAgent(),
	})
	if err != nil {
		return nil, nil, err
	}
	return restore.ToBucket(client, bucket, prefix, cmp.Or(f.concurrency, defaultRequests)), func() {}, nil
}

func (a *app) restoreDirectory(f restoreFlags) (restore.Target, func(), error) {
	dir := a.path(f.to)
	d, err := restore.ToDirectory(dir, !f.dryRun)
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return nil, nil, fail(exitError, "TargetUnusable", fmt.Sprintf("--to %q: %v", f.to, p.Err), "correct the path, or check the rights there")
	}
	if err != nil {
		return nil, nil, err
	}
	return d, func() { _ = d.Close() }, nil
}
