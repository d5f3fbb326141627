package store

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
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

	mu      sync.RWMutex
	objects index
	uploads map[string]*upload
	serial  int // of uploads
}

// entry is an object in an index. It is not changed after it was put there.
type entry struct {
	bucket  string
	object  Object
	content content
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
	s.buckets[name] = &bucket{
		info:    BucketInfo{Name: name, Created: s.time(), BucketOptions: o},
		uploads: map[string]*upload{},
	}
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

// DeleteBucket removes a bucket without objects, else ErrBucketNotEmpty. Uploads
// under way go with it.
func (s *Store) DeleteBucket(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[name]
	if b == nil {
		return noBucket(name)
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.objects.size > 0 {
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
// for an encryption; those that are there stay as they are.
func (s *Store) SetEncryption(name, encryption string) error {
	b, err := s.bucket(name)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.info.Encryption = encryption
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
	b.objects.set(e)
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
