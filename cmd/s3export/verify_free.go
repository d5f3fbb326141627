package main

import (
	"cmp"
	"context"
	"errors"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

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

// forFree refuses what makes no sense without a backup.
func (f verifyFlags) forFree(args []string) error {
	switch {
	case len(args) > 0 || len(f.names) > 0:
		return usage(errors.New("name a backup, or --bucket with --root, --image or --device, not both"))
	case f.bucket == "":
		return usage(errors.New("--root, --image and --device need --bucket"))
	case f.copies() != 1:
		return usage(errors.New("--bucket needs one of --root, --image and --device"))
	case f.root != "" && f.passwordFrom+f.container != "":
		return usage(errors.New("--password-from and --container go with --image and --device: what is mounted is decrypted already"))
	case f.against != "":
		return usage(errors.New("--against goes with a NAME: without a backup there is no baseline"))
	case f.restart && f.report == "":
		return usage(errors.New("--restart goes with a NAME or --report: without them nothing is kept to go on from"))
	}
	return f.words()
}

// verifyAnything compares a folder, an image or a disk with a bucket.
func (a *app) verifyAnything(ctx context.Context, f verifyFlags, args []string) error {
	f.bucket = cmp.Or(f.bucket, a.getenv("S3EXPORT_BUCKET"), a.config.Bucket)
	f.region = cmp.Or(f.region, a.getenv("S3EXPORT_REGION"), a.config.Region)
	f.profile = cmp.Or(f.profile, a.getenv("S3EXPORT_PROFILE"), a.config.Profile)
	f.server = cmp.Or(f.server, a.getenv("S3EXPORT_S3_ENDPOINT"), a.config.S3Endpoint)
	if err := f.forFree(args); err != nil {
		return err
	}
	ctx, cancel := f.timed(ctx)
	defer cancel()
	request, release, err := a.freeRequest(ctx, f, []verify.Range{{Bucket: f.bucket, Prefix: f.prefix, Directory: f.target}})
	if err != nil {
		return err
	}
	defer release()
	closeTree, err := a.openCopy(ctx, f, &request)
	if err != nil {
		return err
	}
	defer closeTree()
	request.Runtime.Workers = a.workers(a.path(cmp.Or(f.root, f.image, f.device)))
	if f.dryRun {
		return a.foresee(ctx, request, f.prices)
	}
	return a.prove(ctx, request, f)
}

// prove verifies, shows the report, and keeps it where that was asked for.
func (a *app) prove(ctx context.Context, request verify.Request, f verifyFlags) error {
	kept, err := a.keepResults(ctx, &request, f)
	if err != nil {
		return err
	}
	defer kept.close()
	giveWay()
	progress := a.newProgress("verify")
	request.Runtime.Progress = progress
	report, err := verify.Run(ctx, request)
	progress.end()
	if err != nil && report.Stopped == "" {
		return a.stopped(ctx, err)
	}
	if err != nil {
		a.say("verify: %v", err)
	}
	if err := kept.finish(report); err != nil {
		return err
	}
	if kept.lists.stdout { // which is theirs
		a.stdout = a.stderr
	}
	return a.showReport(report)
}

// freeRequest is a verification of what needs no spec.
func (a *app) freeRequest(ctx context.Context, f verifyFlags, ranges []verify.Range) (verify.Request, func(), error) {
	draw, err := freeDraw(f.sample, f.seed)
	if err != nil {
		return verify.Request{}, nil, err
	}
	pace, err := a.pace(f.bandwidth)
	if err != nil {
		return verify.Request{}, nil, err
	}
	cfg, err := a.awsConfig(ctx, f.region, f.profile)
	if err != nil {
		return verify.Request{}, nil, err
	}
	client, err := s3.New(s3.Options{Credentials: cfg.Credentials, Region: cfg.Region, Endpoint: f.server, HTTPClient: cfg.HTTPClient})
	if err != nil {
		return verify.Request{}, nil, err
	}
	source, release, err := a.testified(ctx, client, f)
	if err != nil {
		return verify.Request{}, nil, err
	}
	population, err := verify.Live(source, ranges)
	if err != nil {
		release()
		return verify.Request{}, nil, err
	}
	request := verify.Request{
		Source: source, Population: population, Layout: verify.DefaultLayout(), Draw: draw,
		About:   verify.About{Subject: subject(), Attempt: 1},
		Runtime: verify.Runtime{Now: a.now, Pace: pace},
	}
	request.About.Subject.Device = cmp.Or(f.root, f.image, f.device)
	if specs.Download(f.download) == specs.DownloadIfNeeded {
		request.Download = bucketSource{client}
	}
	return request, release, nil
}

// openCopy opens the folder, the image or the disk for a request.
func (a *app) openCopy(ctx context.Context, f verifyFlags, request *verify.Request) (closeTree func(), err error) {
	if f.root != "" {
		request.About.Medium = evidence.Medium(a.disks().Below(a.path(f.root)))
		request.Tree, closeTree, err = a.rootTree(ctx, a.path(f.root))
		return closeTree, err
	}
	disk, err := a.disks().Resolve(ctx, a.path(cmp.Or(f.image, f.device)))
	if err != nil {
		return nil, err
	}
	key, err := a.keyFrom(ctx, f)
	if err != nil {
		return nil, err
	}
	v, err := a.disks().Open(ctx, disk.Selector(), key)
	if err != nil {
		return nil, err
	}
	if disk.Identity.Kind == device.Block { // whose path is another one after the next boot
		request.About.Subject.Device = disk.Identity.Name()
	}
	request.Tree, request.About.Medium = evidence.Tree(v), evidence.Medium(disk.Identity)
	return func() { _ = v.Close() }, nil
}
