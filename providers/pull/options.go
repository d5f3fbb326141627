package pull

import (
	"context"
	"time"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
)

const (
	defaultConcurrency = 16
	maxConcurrency     = 64
	defaultBackoff     = 500 * time.Millisecond
	defaultStall       = time.Minute
)

// Source is what is asked of S3; *s3.Client is one.
type Source interface {
	Fetch(ctx context.Context, bucket, key string, o s3.GetOptions) (s3.Fetched, error)
	Head(ctx context.Context, bucket, key string, o s3.HeadOptions) (s3.Head, error)
	Attributes(ctx context.Context, bucket, key, versionID, ifMatch string) (s3.Attributes, error)
}

// Options configure an Engine. Only Client is required.
type Options struct {
	Client Source
	// Concurrency is how many requests are under way at once, 1 to 64. Zero: 16. It is
	// lowered for a while when the service asks for fewer.
	Concurrency int
	// Pace is asked before bytes of a body are read, at most 64 KiB at a time, and
	// waits as a limit of bandwidth wants it. Nil: no limit.
	Pace func(ctx context.Context, bytes int) error
	// Replace is told that a regular file stands at a path below the root where an object
	// is about to be put, so that it can be moved aside. What it leaves is overwritten.
	// Nil: overwritten.
	Replace func(path string) error
	// Skip is told of an object that cannot be copied, with the reason: *Error, or what
	// the service said of this object. Nil from it leaves the object out, and it is not
	// told to keep; an error ends the copy. Nil: the reason ends the copy.
	Skip func(item providers.Item, reason error) error
	// Pinned copies objects in the listed state only: one that was replaced or removed since
	// fails, with the kind Replaced. Otherwise it is copied as it is now, or is Gone.
	Pinned bool
	// Progress is told how far the copy is, often and from several goroutines. Nil: nobody.
	Progress func(Progress)
	// Backoff is the pause before an answer that was lost is asked for again; it doubles
	// up to 16 times itself. Zero: 500 milliseconds.
	Backoff time.Duration
	// Stall is how long a body may bring nothing before it is asked for anew. Zero: a minute.
	Stall time.Duration
}

// Progress is how far a copy is.
type Progress struct {
	Objects  int64 // that were told to keep
	Bytes    int64 // of them
	Fetched  int64 // bytes that came over the network
	Requests int64 // for content and for looks; the client's own repeats are not counted
}

// Summary is what a copy came to.
type Summary struct {
	Progress
	Resumed int64 // bytes that were on the drive from an earlier copy
	Changed int   // objects that were replaced after they were listed
	Gone    int   // objects that were removed after they were listed
	Skipped int   // objects that were left out
}

// Engine copies objects onto drives. It is safe for concurrent use on different roots.
type Engine struct{ o Options }

// New returns an Engine. A Concurrency out of range is taken to its nearest end.
func New(o Options) *Engine {
	if o.Concurrency == 0 {
		o.Concurrency = defaultConcurrency
	}
	o.Concurrency = min(max(o.Concurrency, 1), maxConcurrency)
	if o.Pace == nil {
		o.Pace = func(context.Context, int) error { return nil }
	}
	if o.Replace == nil {
		o.Replace = func(string) error { return nil }
	}
	if o.Skip == nil {
		o.Skip = func(_ providers.Item, reason error) error { return reason }
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Backoff <= 0 {
		o.Backoff = defaultBackoff
	}
	if o.Stall <= 0 {
		o.Stall = defaultStall
	}
	return &Engine{o: o}
}
