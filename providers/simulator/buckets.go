package simulator

import (
	"bytes"
	"slices"
	"sync"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// buckets is S3 as Import/Export sees it: the store, and buckets that are denied
// on purpose.
type buckets struct {
	store *store.Store

	mu     sync.Mutex
	denied []string
}

func (b *buckets) deny(names []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.denied = slices.Clone(names)
}

// BucketRegion implements jobs.Buckets.
func (b *buckets) BucketRegion(bucket string) (string, bool) {
	info, err := b.store.Bucket(bucket)
	return info.Region, err == nil
}

// MayUse implements jobs.Buckets.
func (b *buckets) MayUse(_, bucket string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !slices.Contains(b.denied, bucket)
}

// PutDocument implements jobs.Buckets.
func (b *buckets) PutDocument(bucket, key, contentType string, content []byte) error {
	_, err := b.store.Put(bucket, key, bytes.NewReader(content), store.PutOptions{
		Attributes: store.Attributes{ContentType: contentType},
		Size:       int64(len(content)),
	})
	return err
}
