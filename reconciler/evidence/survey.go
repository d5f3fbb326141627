package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// Buckets tells of buckets as a whole. It changes nothing.
type Buckets interface {
	// BucketRegion returns where the bucket is.
	BucketRegion(ctx context.Context, bucket string) (string, error)
	// CanWrite proves that objects below the prefix may be written.
	CanWrite(ctx context.Context, bucket, prefix string) error
}

// Scout looks at sources and keeps nothing, for those who only plan.
type Scout struct {
	Journal  *journal.Store // the baseline of the copy before is read there
	Source   verify.Source
	Buckets  Buckets
	Progress verify.Progress // nil: nobody is told
}

// Survey implements reconciler.Surveyor.
func (s Scout) Survey(ctx context.Context, d specs.Document, before []reconciler.PriorCopy) (fact reconciler.BaselineFact, err error) {
	if len(before) == 0 {
		return s.survey(ctx, d, io.Discard)
	}
	temp, err := os.CreateTemp("", "s3export-survey-")
	if err != nil {
		return fact, &reconciler.FileError{Op: "making", Path: os.TempDir(), Err: err, Remedy: "make room there, or set TMPDIR"}
	}
	defer func() { _, _ = temp.Close(), os.Remove(temp.Name()) }()
	if fact, err = s.survey(ctx, d, temp); err != nil {
		return fact, err
	}
	fact.Survey.Drift, err = drift(ctx, s.Journal, d, before, temp.Name())
	return fact, err
}

// survey writes the baseline to w.
func (s Scout) survey(ctx context.Context, d specs.Document, w io.Writer) (reconciler.BaselineFact, error) {
	buckets, err := s.buckets(ctx, d)
	if err != nil {
		return reconciler.BaselineFact{}, err
	}
	summary, survey, err := verify.TakeBaseline(ctx, s.Source, Ranges(d), w, s.Progress)
	if err != nil {
		return reconciler.BaselineFact{}, err
	}
	return reconciler.BaselineFact{
		Digest: summary.Digest, Objects: summary.Objects, Bytes: summary.Bytes,
		Survey: &reconciler.Survey{Survey: survey, Buckets: buckets},
	}, nil
}

// buckets looks at each bucket of the load once, and at that of the service's log.
func (s Scout) buckets(ctx context.Context, d specs.Document) ([]reconciler.BucketSeen, error) {
	var all []reconciler.BucketSeen
	seen := map[string]bool{}
	for _, r := range d.Ranges() {
		if seen[r.Bucket] {
			continue
		}
		seen[r.Bucket] = true
		b, err := s.bucket(ctx, r.Bucket, func() error { return nil })
		if err != nil {
			return nil, fmt.Errorf("looking at bucket %q: %w", r.Bucket, err)
		}
		all = append(all, b)
	}
	if d.Manifest == nil || d.Manifest.LogBucket == "" {
		return all, nil
	}
	log := d.Manifest.LogBucket
	b, err := s.bucket(ctx, log, func() error { return s.Buckets.CanWrite(ctx, log, d.Manifest.LogPrefix) })
	if err != nil {
		return nil, fmt.Errorf("looking at the log bucket %q: %w", log, err)
	}
	b.Log = true
	return append(all, b), nil
}

// bucket returns what is known of a bucket. What only a person can mend is a
// problem of the bucket; the rest is an error, and worth another try.
func (s Scout) bucket(ctx context.Context, name string, also func() error) (reconciler.BucketSeen, error) {
	b := reconciler.BucketSeen{Name: name}
	region, err := s.Buckets.BucketRegion(ctx, name)
	if err == nil {
		b.Region = region
		err = also()
	}
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || e.Kind != providers.NotFound && e.Kind != providers.Denied {
		return b, err
	}
	b.Problem, b.Remedy = fmt.Sprintf("bucket %q cannot be used: %v", name, e), e.Remedy
	return b, nil
}

// Survey implements reconciler.Surveyor: the listing is kept as the baseline.
func (k *Keeper) Survey(ctx context.Context, d specs.Document, before []reconciler.PriorCopy) (reconciler.BaselineFact, error) {
	var fact reconciler.BaselineFact
	scout := Scout{Source: k.Source, Buckets: k.Buckets, Progress: k.Progress}
	file := startFile(d)
	err := journal.WriteFile(k.path(d, file), func(w io.Writer) (err error) {
		fact, err = scout.survey(ctx, d, w)
		return err
	})
	fact.At, fact.File = k.Clock(), file
	if err == nil && len(before) > 0 {
		fact.Survey.Drift, err = drift(ctx, k.Journal, d, before, k.path(d, file))
	}
	return fact, err
}
