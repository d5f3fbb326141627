package store

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// The limits of a multipart upload.
// Source: "Amazon S3 multipart upload limits" of the Amazon S3 User Guide.
const (
	MinPartSize = 5 << 20 // bytes; the last part may be smaller
	MaxParts    = 10000
)

// Upload describes a multipart upload that is under way.
type Upload struct {
	ID, Key      string
	Initiated    time.Time
	Algorithm    string       // of its checksum; "" for none
	ChecksumType ChecksumType // "" when Algorithm is
	Attributes
}

type upload struct {
	Upload
	parts map[int]part
}

type part struct {
	Part
	md5  string
	data *memory
}

// CreateUpload starts a multipart upload and fills in its id, its time and its
// encryption.
func (s *Store) CreateUpload(bucket string, u Upload) (Upload, error) {
	b, err := s.bucket(bucket)
	if err != nil {
		return Upload{}, err
	}
	u.Encryption = b.encryption(u.Encryption)
	u.Initiated = s.time()
	u.Metadata, u.Headers = maps.Clone(u.Metadata), maps.Clone(u.Headers)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.serial++
	u.ID = fmt.Sprintf("%08d%s", b.serial, opaque(bucket, u.Key, fmt.Sprint(b.serial)))
	b.uploads[u.ID] = &upload{Upload: u, parts: map[int]part{}}
	return u, nil
}

// Upload describes an upload, or returns ErrNoSuchUpload.
func (s *Store) Upload(bucket, key, id string) (Upload, error) {
	b, err := s.bucket(bucket)
	if err != nil {
		return Upload{}, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	u, err := b.upload(key, id)
	if err != nil {
		return Upload{}, err
	}
	return u.Upload, nil
}

// upload is called under the bucket's lock.
func (b *bucket) upload(key, id string) (*upload, error) {
	u := b.uploads[id]
	if u == nil || u.Key != key {
		return nil, fmt.Errorf("%q: %w", id, ErrNoSuchUpload)
	}
	return u, nil
}

// PutPart reads body to its end and keeps it as a part, replacing one of that
// number. Of the options only Size and Checksum count.
func (s *Store) PutPart(bucket string, u Upload, number int, body io.Reader, o PutOptions) (Part, error) {
	b, err := s.bucket(bucket)
	if err != nil {
		return Part{}, err
	}
	hashes := newPartHasher(0)
	data, err := readMemory(io.TeeReader(body, hashes), o.Size)
	if err != nil {
		return Part{}, err
	}
	hashes.flush()
	p := part{md5: hashes.etags[0], data: data}
	p.Part = Part{Number: number, Size: data.size(), LastModified: s.time()}
	p.ETag, err = b.etag(Object{Key: u.Key, Attributes: u.Attributes}, []string{p.md5})
	if err != nil {
		return Part{}, err
	}
	if o.Checksum != nil {
		p.Checksum = o.Checksum()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	live, err := b.upload(u.Key, u.ID)
	if err != nil {
		return Part{}, err
	}
	live.parts[number] = p
	return p.Part, nil
}

// AbortUpload forgets an upload and its parts.
func (s *Store) AbortUpload(bucket, key, id string) error {
	b, err := s.bucket(bucket)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.upload(key, id); err != nil {
		return err
	}
	delete(b.uploads, id)
	return nil
}

// Parts returns the parts of an upload by number.
func (s *Store) Parts(bucket, key, id string) ([]Part, error) {
	b, err := s.bucket(bucket)
	if err != nil {
		return nil, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	u, err := b.upload(key, id)
	if err != nil {
		return nil, err
	}
	parts := make([]Part, 0, len(u.parts))
	for _, p := range u.parts {
		parts = append(parts, p.Part)
	}
	slices.SortFunc(parts, func(a, b Part) int { return a.Number - b.Number })
	return parts, nil
}

// Uploads returns the uploads under way by key, then by time.
func (s *Store) Uploads(bucket string) ([]Upload, error) {
	b, err := s.bucket(bucket)
	if err != nil {
		return nil, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	uploads := make([]Upload, 0, len(b.uploads))
	for _, u := range b.uploads {
		uploads = append(uploads, u.Upload)
	}
	slices.SortFunc(uploads, func(a, b Upload) int {
		if n := strings.Compare(a.Key, b.Key); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
	return uploads, nil
}
