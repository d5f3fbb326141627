package store

import (
	"errors"
	"fmt"
	"io"
	"maps"
)

// CopyOptions are the choices at the copying of an object.
type CopyOptions struct {
	PutOptions
	// Replace takes the attributes of PutOptions instead of the source's. The storage
	// class and the encryption are never the source's.
	Replace bool
	// ETag is what the source must still have, unquoted; "" takes any.
	ETag string
	// Algorithm of the checksum of the copy; "" takes the source's, if it has one, else
	// that of PutOptions.Compute.
	Algorithm string
	// SourceKeyMD5 opens a source that is encrypted with a key of the customer's.
	SourceKeyMD5 string
}

// Copy writes an object again under another name, or its own. The copy is a plain
// object with the ETag of one, whatever the source was, and shares its bytes. The
// version of the place that it is copied to does not count.
func (s *Store) Copy(from, to Place, o CopyOptions) (Object, error) {
	home, source, err := s.entry(from)
	if err == nil {
		err = source.object.opens(o.SourceKeyMD5)
	}
	if err != nil {
		return Object{}, err
	}
	b, err := s.bucket(to.Bucket)
	if err != nil {
		return Object{}, err
	}
	old, err := home.describe(source)
	if err != nil {
		return Object{}, err
	}
	if o.ETag != "" && o.ETag != old.ETag {
		return Object{}, fmt.Errorf("%q: %w", from.Key, ErrPrecondition)
	}
	object := Object{Key: to.Key, Size: old.Size, LastModified: s.time(), Attributes: o.Attributes}
	if !o.Replace {
		object.Headers, object.Metadata = maps.Clone(old.Headers), maps.Clone(old.Metadata)
		object.ContentType = old.ContentType
	}
	object.Encryption = b.encryption(o.Encryption)
	algorithm := o.Algorithm
	if algorithm == "" {
		algorithm = old.Checksum.Algorithm
	}
	if algorithm == "" {
		algorithm = o.Compute
	}
	sum, checksum, err := rehash(source.content, algorithm)
	if err != nil {
		return Object{}, err
	}
	object.Checksum = checksum
	if object.ETag, err = b.etag(object, []string{sum}); err != nil {
		return Object{}, err
	}
	return b.put(&entry{object: object, content: source.content}, o.PutOptions)
}

// rehash reads content once for its MD5 and, where an algorithm is given, its
// checksum.
func rehash(c content, algorithm string) (string, Checksum, error) {
	r, err := c.open()
	if err != nil {
		return "", Checksum{}, err
	}
	hashes := newPartHasher(0)
	out := io.Writer(hashes)
	sum := NewHash(algorithm)
	if sum != nil {
		out = io.MultiWriter(hashes, sum)
	}
	if _, err = io.Copy(out, r); err != nil {
		return "", Checksum{}, errors.Join(err, r.Close())
	}
	hashes.flush()
	if sum == nil {
		return hashes.etags[0], Checksum{}, r.Close()
	}
	return hashes.etags[0], Checksum{algorithm, encode(sum.Sum(nil)), FullObject}, r.Close()
}
