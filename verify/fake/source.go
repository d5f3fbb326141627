package fake

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cargomedia/s3export/verify"
)

// Source is buckets in memory. Methods are safe for concurrent use.
type Source struct {
	mu      sync.Mutex
	buckets map[string]map[string]Stored
	heads   int
	parts   int
	lists   int // of versions
	headErr error
	versErr error
}

// Stored is an object and what is told of it beyond its listing.
type Stored struct {
	verify.Object
	Head  verify.Head   // of the first part, with the checksums of the whole
	Parts []verify.Part // empty: the service does not tell
	Older []Stored      // versions, the newest first
	sizes []int64       // of the parts
	seals bool
	body  []byte
}

// NewSource returns a source with no bucket.
func NewSource() *Source { return &Source{buckets: map[string]map[string]Stored{}} }

// Option changes an object that is put.
type Option func(*Stored)

// Modified sets LastModified.
func Modified(at time.Time) Option { return func(o *Stored) { o.LastModified = at } }

// Class sets the storage class.
func Class(name string) Option { return func(o *Stored) { o.StorageClass = name } }

// Encrypted makes the ETag one that is no MD5, as SSE-KMS and SSE-C do.
func Encrypted(by string) Option {
	return func(o *Stored) {
		sum := md5.Sum([]byte(by + o.ETag))
		_, parts, multipart := strings.Cut(o.ETag, "-")
		o.ETag, o.Head.Encryption = hex.EncodeToString(sum[:]), by
		if multipart {
			o.ETag += "-" + parts
		}
	}
}

// Tagged sets the ETag.
func Tagged(etag string) Option { return func(o *Stored) { o.ETag = etag } }

// Headed sets what HEAD tells.
func Headed(h verify.Head) Option { return func(o *Stored) { o.Head = h } }

// Put stores an object in one upload.
func (s *Source) Put(bucket, key string, content []byte, options ...Option) {
	sum := md5.Sum(content)
	s.store(Stored{
		Object: verify.Object{Bucket: bucket, Key: key, Size: int64(len(content)), ETag: hex.EncodeToString(sum[:])},
		Head:   verify.Head{PartSize: int64(len(content))},
		body:   content,
	}, options)
}

// PutParts stores an object in a multipart upload.
func (s *Source) PutParts(bucket, key string, parts [][]byte, options ...Option) {
	all := md5.New()
	var size int64
	var sizes []int64
	for _, p := range parts {
		sizes = append(sizes, int64(len(p)))
		sum := md5.Sum(p)
		all.Write(sum[:])
		size += int64(len(p))
	}
	s.store(Stored{
		Object: verify.Object{Bucket: bucket, Key: key, Size: size,
			ETag: fmt.Sprintf("%x-%d", all.Sum(nil), len(parts))},
		Head: verify.Head{Parts: len(parts), PartSize: int64(len(parts[0]))},
		body: bytes.Join(parts, nil), sizes: sizes,
	}, options)
}

func (s *Source) store(o Stored, options []Option) {
	for _, option := range options {
		option(&o)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[o.Bucket] == nil {
		s.buckets[o.Bucket] = map[string]Stored{}
	}
	s.buckets[o.Bucket][o.Key] = o
}

// Keeps stores checksums with an object; it says so in listings.
func Keeps(checksums ...verify.Checksum) Option {
	return func(o *Stored) {
		o.Head.Checksums = checksums
		o.Stored, o.Composite = checksums[0].Algorithm, checksums[0].Composite
	}
}

// Seals denies the checksums that are kept, as a role without kms:Decrypt is.
func Seals() Option { return func(o *Stored) { o.seals = true } }

// TellsFirstPart makes the service silent about the sizes of the other parts.
func TellsFirstPart() Option { return func(o *Stored) { o.sizes = nil } }

// Tells lets the service tell of the parts.
func Tells(parts ...verify.Part) Option { return func(o *Stored) { o.Parts = parts } }

// Versioned gives an object a version, and what was there before it as older ones.
func Versioned(id string, older ...Stored) Option {
	return func(o *Stored) { o.VersionID, o.Older = id, older }
}

// Delete removes an object.
func (s *Source) Delete(bucket, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.buckets[bucket], key)
}

// FailHeads makes every Head return err; nil ends that.
func (s *Source) FailHeads(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.headErr = err
}

// FailVersions makes every Versions return err; nil ends that.
func (s *Source) FailVersions(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.versErr = err
}

// Heads returns how often Head was called.
func (s *Source) Heads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heads
}

// PartRequests returns how often Parts was called.
func (s *Source) PartRequests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parts
}

// List implements verify.Source.
func (s *Source) List(ctx context.Context, r verify.Range, yield func(verify.Object) error) error {
	for _, o := range s.selected(r) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := yield(o); err != nil {
			return err
		}
	}
	return nil
}

func (s *Source) selected(r verify.Range) []verify.Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []verify.Object
	for _, key := range slices.Sorted(maps.Keys(s.buckets[r.Bucket])) {
		if strings.HasPrefix(key, r.Prefix) && key > r.After && (r.Through == "" || key <= r.Through) {
			out = append(out, s.buckets[r.Bucket][key].Object)
		}
	}
	return out
}

// Head implements verify.Source.
func (s *Source) Head(_ context.Context, o verify.Object, a verify.Ask) (verify.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heads++
	if s.headErr != nil {
		return verify.Head{}, s.headErr
	}
	stored, err := s.find(o)
	if err != nil {
		return verify.Head{}, err
	}
	if stored.seals && a.Checksums {
		return verify.Head{}, fmt.Errorf("looking at %q: %w", o.Key, verify.ErrDenied)
	}
	h := stored.Head
	switch {
	case a.Part == 0:
		h.Parts, h.PartSize = 0, 0
	case a.Part > 1 && a.Part > len(stored.sizes):
		return verify.Head{}, fmt.Errorf("looking at part %d of %q: %w", a.Part, o.Key, verify.ErrNotSupported)
	case a.Part > 1:
		h.PartSize = stored.sizes[a.Part-1]
	}
	if !a.Checksums {
		h.Checksums = nil
	}
	return h, nil
}

// find returns the state of an object that is asked about.
func (s *Source) find(o verify.Object) (Stored, error) {
	stored, ok := s.buckets[o.Bucket][o.Key]
	if o.VersionID != "" {
		for _, v := range append([]Stored{stored}, stored.Older...) {
			if v.VersionID == o.VersionID {
				return v, nil
			}
		}
	}
	switch {
	case !ok:
		return Stored{}, fmt.Errorf("looking at %q: %w", o.Key, verify.ErrGone)
	case stored.ETag != o.ETag:
		return Stored{}, fmt.Errorf("looking at %q: %w", o.Key, verify.ErrChanged)
	}
	return stored, nil
}

// Parts implements verify.Source.
func (s *Source) Parts(_ context.Context, o verify.Object) ([]verify.Part, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts++
	stored, err := s.find(o)
	return stored.Parts, err
}

// Versions implements verify.Source.
func (s *Source) Versions(_ context.Context, o verify.Object) ([]verify.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lists++
	if s.versErr != nil {
		return nil, s.versErr
	}
	stored, ok := s.buckets[o.Bucket][o.Key]
	if !ok {
		return nil, nil
	}
	all := []verify.Object{stored.Object}
	all[0].Current = true
	for _, v := range stored.Older {
		all = append(all, v.Object)
	}
	return all, nil
}

// Download implements verify.Downloader.
func (s *Source) Download(_ context.Context, o verify.Object, offset int64) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stored, err := s.find(o)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(stored.body[offset:])), nil
}
