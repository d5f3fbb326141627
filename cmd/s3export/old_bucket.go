package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/importexport"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/verify"
)

// rangesOf says what a drive should hold. Which bucket say the flags, the variable,
// the configuration, or the job of the drive; what of it says the drive's own spec,
// where it is known, else it is all of it.
func (a *app) rangesOf(ctx context.Context, c driveCopy, f oldVerify, at reach) ([]verify.Range, error) {
	bucket := cmp.Or(f.bucket, a.getenv("S3EXPORT_BUCKET"), a.config.Bucket)
	var ranges []verify.Range
	if c.doc != nil && f.prefix == "" {
		ranges = slices.DeleteFunc(exported(c.doc.Operations()), func(r verify.Range) bool { return bucket != "" && r.Bucket != bucket })
	}
	switch {
	case len(ranges) > 0:
	case bucket != "":
		r := verify.Range{Bucket: bucket, Prefix: f.prefix, Directory: bucket}
		if f.target != nil {
			r.Directory = *f.target
		}
		return []verify.Range{r}, nil
	case c.disk != nil && c.disk.Identity.Serial != "":
		found, id, err := a.exportedTo(ctx, c.disk.Identity.Serial, at)
		if err != nil {
			return nil, err
		}
		if id != "" {
			a.say("the bucket is that of job %s, which was made for this drive", id)
		}
		ranges = found
	}
	if len(ranges) == 0 {
		return nil, fail(exitUsage, "NoBucket", "it is not known which bucket is on this drive", "name it with --bucket or S3EXPORT_BUCKET, or write bucket: NAME into "+configDefault)
	}
	return narrowed(ranges, f)
}

// exported returns the operations of a manifest as verify reads them.
func exported(operations []manifest.Operation) []verify.Range {
	var all []verify.Range
	for _, o := range operations {
		all = append(all, verify.Range{
			Bucket: o.ExportBucket, Prefix: o.Prefix, After: o.BeginMarker, Through: o.EndMarker, Directory: o.Directory(),
		})
	}
	return all
}

// narrowed keeps what the flags ask for. A directory that no operation names is
// where the only one of them went.
func narrowed(ranges []verify.Range, f oldVerify) ([]verify.Range, error) {
	if f.prefix != "" {
		return nil, usage(errors.New("--prefix needs --bucket: the drive's own job says what it exported"))
	}
	if f.target == nil {
		return ranges, nil
	}
	kept := slices.DeleteFunc(slices.Clone(ranges), func(r verify.Range) bool { return strings.Trim(r.Directory, "/") != *f.target })
	switch {
	case len(kept) > 0:
		return kept, nil
	case len(ranges) == 1:
		ranges[0].Directory = *f.target
		return ranges, nil
	}
	return nil, usage(fmt.Errorf("no operation of the drive's job exports to --target-directory %q", *f.target))
}

// mostAsked bounds the jobs that are asked for their drive; each is a request.
const mostAsked = 200

var errAnswered = errors.New("answered") // ends a listing

// exportedTo returns what the newest job for a drive exported, of those that export
// one bucket.
func (a *app) exportedTo(ctx context.Context, serial string, at reach) (ranges []verify.Range, id providers.JobID, err error) {
	client, err := a.jobs(ctx, at)
	if err != nil {
		return nil, "", err
	}
	asked := 0
	err = client.Jobs(ctx, func(j providers.ListedJob) error {
		if j.Canceled || !strings.EqualFold(j.Type, "Export") {
			return nil
		}
		if asked++; asked > mostAsked {
			return errAnswered
		}
		ranges, err = exportedBy(ctx, client, j.ID, serial)
		if len(ranges) > 0 {
			id = j.ID
			return errAnswered
		}
		return err
	})
	if err != nil && !errors.Is(err, errAnswered) {
		return nil, "", err
	}
	return ranges, id, nil
}

// exportedBy returns what a job exported to a drive; nothing for another drive's, or
// for more than one bucket.
func exportedBy(ctx context.Context, client *importexport.Client, id providers.JobID, serial string) ([]verify.Range, error) {
	text, err := client.Manifest(ctx, id)
	switch providers.KindOf(err) {
	case providers.JobCanceled, providers.JobExpired, providers.NotFound:
		return nil, nil
	default:
	}
	if err != nil {
		return nil, err
	}
	m, _, err := manifest.Parse([]byte(text.Reveal()))
	if err != nil || m.DeviceID != serial {
		return nil, nil //nolint:nilerr // a manifest that cannot be read is another tool's
	}
	ranges := exported(m.Operations)
	if slices.ContainsFunc(ranges, func(r verify.Range) bool { return r.Bucket != ranges[0].Bucket }) {
		return nil, nil
	}
	return ranges, nil
}
