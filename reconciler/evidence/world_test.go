package evidence_test

import (
	"context"
	"errors"
	"io"

	"github.com/cargomedia/s3export/verify"
)

// places are buckets, by name; each may be refused.
type places map[string]error

func (p places) BucketRegion(_ context.Context, bucket string) (string, error) {
	return "us-east-1", p[bucket]
}

func (p places) CanWrite(_ context.Context, bucket, prefix string) error {
	return p["write "+bucket+"/"+prefix]
}

// labels gives one object, and counts how often it was asked for.
type labels struct {
	text string
	err  error
}

func (l *labels) Get(_ context.Context, _, _ string, w io.Writer, _ int64) error {
	if l.err != nil {
		return l.err
	}
	_, err := io.WriteString(w, l.text)
	return err
}

// broken is a source that cannot be listed.
type broken struct{}

func (broken) List(context.Context, verify.Range, func(verify.Object) error) error {
	return errors.New("no such bucket")
}

func (broken) Head(context.Context, verify.Object, verify.Ask) (verify.Head, error) {
	return verify.Head{}, nil
}

func (broken) Parts(context.Context, verify.Object) ([]verify.Part, error) { return nil, nil }

func (broken) Versions(context.Context, verify.Object) ([]verify.Object, error) { return nil, nil }
