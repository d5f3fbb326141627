package store

import (
	"fmt"
	"io"
	"maps"
)

// Put reads body to its end and writes it as an object, replacing one that is
// there. Nothing is written when body or a condition fails (ErrPrecondition, or
// ErrNoSuchKey when IfMatch finds nothing).
func (s *Store) Put(bucket, key string, body io.Reader, o PutOptions) (Object, error) {
	b, err := s.bucket(bucket)
	if err != nil {
		return Object{}, err
	}
	hashes := newPartHasher(o.PartSize)
	sum, in := NewHash(o.Compute), io.TeeReader(body, hashes)
	if sum != nil {
		in = io.TeeReader(in, sum)
	}
	data, err := readMemory(in, o.Size)
	if err != nil {
		return Object{}, err
	}
	hashes.flush()
	object := Object{Key: key, Size: data.size(), LastModified: s.time(), Attributes: o.Attributes}
	object.Encryption = b.encryption(o.Encryption)
	if o.PartSize > 0 {
		object.PartSizes = hashes.sizes
	}
	if object.ETag, err = b.etag(object, hashes.etags); err != nil {
		return Object{}, err
	}
	if o.Checksum != nil {
		object.Checksum = o.Checksum()
	}
	if sum != nil && object.Checksum.Value == "" {
		object.Checksum = Checksum{o.Compute, encode(sum.Sum(nil)), FullObject}
	}
	return b.put(&entry{object: object, content: data}, o)
}

func (b *bucket) encryption(wanted string) string {
	if wanted != "" {
		return wanted
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.info.Encryption
}

// etag returns the ETag of an object whose parts have these MD5s.
func (b *bucket) etag(o Object, md5s []string) (string, error) {
	if HasOpaqueETag(o.Encryption) {
		sealed := make([]string, len(md5s))
		for i, sum := range md5s {
			sealed[i] = opaque(b.info.Name, o.Key, sum)
		}
		md5s = sealed
	}
	if o.PartSizes == nil {
		return md5s[0], nil
	}
	return multipartETag(md5s)
}

// put shows a finished entry to the world if the conditions hold.
func (b *bucket) put(e *entry, o PutOptions) (Object, error) {
	e.object.Metadata, e.object.Headers = kept(e.object.Metadata), kept(e.object.Headers)
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.objects.get(e.object.Key)
	switch {
	case o.IfAbsent && old != nil:
		return Object{}, fmt.Errorf("%q: %w", e.object.Key, ErrPrecondition)
	case o.IfMatch != "" && old == nil:
		return Object{}, noKey(e.object.Key)
	case o.IfMatch != "":
		current, err := b.describe(old)
		if err != nil {
			return Object{}, err
		}
		if o.IfMatch != "*" && current.ETag != o.IfMatch {
			return Object{}, fmt.Errorf("%q: %w", e.object.Key, ErrPrecondition)
		}
	}
	b.install(e)
	return b.describe(e)
}

// kept returns a copy that nobody changes, and nothing for nothing: most of a
// million objects have neither headers nor metadata.
func kept(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	return maps.Clone(m)
}

// Head describes the newest version of an object, or returns ErrNoSuchBucket or
// ErrNoSuchKey.
func (s *Store) Head(bucket, key string) (Object, error) {
	return s.Find(Place{Bucket: bucket, Key: key})
}

// Find describes a version of an object. Refusals: ErrNoSuchBucket, ErrNoSuchKey,
// ErrNoSuchVersion; with a *MarkerError where there is a delete marker.
func (s *Store) Find(p Place) (Object, error) {
	b, e, err := s.entry(p)
	if err != nil {
		return Object{}, err
	}
	return b.describe(e)
}

// Open returns an object and its bytes as they are now; a later write does not
// change them. The caller closes the reader. One that only the customer's key opens
// is ErrNeedsKey. Archived objects open as well: to refuse them is up to the caller.
func (s *Store) Open(bucket, key string) (io.ReadSeekCloser, Object, error) {
	return s.OpenWith(Place{Bucket: bucket, Key: key}, "")
}

// OpenWith is Open of any version, with the MD5 of a customer's key, which must be
// the object's: else ErrNeedsKey, ErrOtherKey or ErrTakesNoKey.
func (s *Store) OpenWith(p Place, customerKeyMD5 string) (io.ReadSeekCloser, Object, error) {
	b, e, err := s.entry(p)
	if err == nil {
		err = e.object.opens(customerKeyMD5)
	}
	if err != nil {
		return nil, Object{}, err
	}
	o, err := b.describe(e)
	if err != nil {
		return nil, Object{}, err
	}
	r, err := e.content.open()
	return r, o, err
}

// opens checks a key against the one that the object needs, if it needs one.
func (o Object) opens(customerKeyMD5 string) error {
	var err error
	switch needs := o.Encryption == EncryptionCustomer; {
	case !needs && customerKeyMD5 != "":
		err = ErrTakesNoKey
	case needs && customerKeyMD5 == "":
		err = ErrNeedsKey
	case needs && customerKeyMD5 != o.CustomerKeyMD5:
		err = ErrOtherKey
	default:
		return nil
	}
	return fmt.Errorf("%q: %w", o.Key, err)
}

// entry returns the bucket and the entry of a version.
func (s *Store) entry(p Place) (*bucket, *entry, error) {
	b, err := s.bucket(p.Bucket)
	if err != nil {
		return nil, nil, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	e, err := b.find(p)
	return b, e, err
}

// describe returns the object with what it gets only now: a seed file its ETag, one
// from before the bucket had versions its id.
func (b *bucket) describe(e *entry) (Object, error) {
	o := e.object
	if o.VersionID == "" && b.versioned.Load() {
		o.VersionID = NullVersion
	}
	f, seed := e.content.(*file)
	if !seed || o.ETag != "" {
		return o, nil
	}
	md5, err := f.hash()
	if err != nil {
		return Object{}, fmt.Errorf("%q: %w", o.Key, err)
	}
	o.ETag = md5
	if HasOpaqueETag(o.Encryption) {
		o.ETag = opaque(b.info.Name, o.Key, md5)
	}
	return o, nil
}

func noKey(key string) error { return fmt.Errorf("%q: %w", key, ErrNoSuchKey) }
