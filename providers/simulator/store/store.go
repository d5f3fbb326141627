package store

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const defaultRegion = "us-east-1"

// Store is a set of buckets. All methods may be called at the same time.
type Store struct {
	now func() time.Time

	mu      sync.RWMutex
	buckets map[string]*bucket
}

type bucket struct {
	info BucketInfo

	// versioned is set once the bucket has, or had, versions.
	versioned atomic.Bool

	mu      sync.RWMutex
	objects index // the newest versions that are objects
	marked  index // the newest versions that are delete markers
	uploads map[string]*upload
	serial  int // of uploads and versions
}

// entry is a version of an object. Object and content are not changed after it was
// put into an index.
type entry struct {
	object  Object
	content content // nil for a delete marker
	older   *entry  // under the bucket's lock
}

// New returns an empty store; now is the time of the service.
func New(now func() time.Time) *Store {
	return &Store{now: now, buckets: map[string]*bucket{}}
}

// CreateBucket makes a bucket. The name must be one that S3 takes, else
// ErrBucketName; a bucket that is there already is ErrBucketExists.
func (s *Store) CreateBucket(name string, o BucketOptions) error {
	if !isBucketName(name) {
		return fmt.Errorf("%q: %w", name, ErrBucketName)
	}
	if o.Region == "" {
		o.Region = defaultRegion
	}
	if o.Encryption == "" {
		o.Encryption = EncryptionS3
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[name] != nil {
		return fmt.Errorf("%q: %w", name, ErrBucketExists)
	}
	b := &bucket{
		info:    BucketInfo{Name: name, Created: s.time(), BucketOptions: o},
		uploads: map[string]*upload{},
	}
	b.versioned.Store(o.Versioning != Unversioned)
	s.buckets[name] = b
	return nil
}

// isBucketName holds the rules for general purpose buckets.
// Source: "General purpose bucket naming rules" of the Amazon S3 User Guide.
func isBucketName(name string) bool {
	label := regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	address := regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$`)
	if len(name) < 3 || len(name) > 63 || address.MatchString(name) || strings.HasPrefix(name, "xn--") {
		return false
	}
	for part := range strings.SplitSeq(name, ".") {
		if !label.MatchString(part) {
			return false
		}
	}
	return true
}

// DeleteBucket removes a bucket without objects and delete markers, else
// ErrBucketNotEmpty. Uploads under way go with it.
func (s *Store) DeleteBucket(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[name]
	if b == nil {
		return noBucket(name)
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.objects.size+b.marked.size > 0 {
		return fmt.Errorf("%q: %w", name, ErrBucketNotEmpty)
	}
	delete(s.buckets, name)
	return nil
}

// HasBucket reports whether the bucket exists.
func (s *Store) HasBucket(name string) bool {
	_, err := s.bucket(name)
	return err == nil
}

// Bucket describes a bucket, or returns ErrNoSuchBucket.
func (s *Store) Bucket(name string) (BucketInfo, error) {
	b, err := s.bucket(name)
	if err != nil {
		return BucketInfo{}, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.info, nil
}

// SetEncryption changes what objects written from now on get when they do not ask
// for an encryption; those that are there stay as they are. Of the options only
// those of the encryption count.
func (s *Store) SetEncryption(name string, o BucketOptions) error {
	b, err := s.bucket(name)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.info.Encryption, b.info.KMSKeyID, b.info.BucketKey = o.Encryption, o.KMSKeyID, o.BucketKey
	return nil
}

// Buckets returns all buckets by name.
func (s *Store) Buckets() []BucketInfo {
	s.mu.RLock()
	defer s.mu.RUnlock()
	infos := make([]BucketInfo, 0, len(s.buckets))
	for _, b := range s.buckets {
		b.mu.RLock()
		infos = append(infos, b.info)
		b.mu.RUnlock()
	}
	slices.SortFunc(infos, func(a, b BucketInfo) int { return strings.Compare(a.Name, b.Name) })
	return infos
}

func (b *bucket) add(e *entry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.install(e)
}

func (s *Store) bucket(name string) (*bucket, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if b := s.buckets[name]; b != nil {
		return b, nil
	}
	return nil, noBucket(name)
}

func noBucket(name string) error { return fmt.Errorf("%q: %w", name, ErrNoSuchBucket) }

// time is the service's time in the resolution that S3 keeps.
func (s *Store) time() time.Time { return s.now().UTC().Truncate(time.Second) }
