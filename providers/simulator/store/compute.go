package store

import (
	"errors"
	"fmt"
	"io"
)

// Compute reads an object for a checksum and does not keep it, as Batch Operations
// do: over the whole object with any algorithm, or combined of the parts of a
// multipart object. Any class and encryption will do but EncryptionCustomer, which
// is ErrNeedsKey.
func (s *Store) Compute(p Place, algorithm string, t ChecksumType) (Checksum, error) {
	r, o, err := s.OpenWith(p, "")
	if err != nil {
		return Checksum{}, err
	}
	c, err := compute(r, o, algorithm, t)
	return c, errors.Join(err, r.Close())
}

func compute(r io.Reader, o Object, algorithm string, t ChecksumType) (Checksum, error) {
	if t != Composite || o.PartSizes == nil {
		h := NewHash(algorithm)
		if _, err := io.Copy(h, r); err != nil {
			return Checksum{}, fmt.Errorf("hashing %q: %w", o.Key, err)
		}
		return Checksum{algorithm, encode(h.Sum(nil)), FullObject}, nil
	}
	parts := make([]Part, len(o.PartSizes))
	for i, size := range o.PartSizes {
		h := NewHash(algorithm)
		if _, err := io.CopyN(h, r, size); err != nil {
			return Checksum{}, fmt.Errorf("hashing %q: %w", o.Key, err)
		}
		parts[i].Checksum = Checksum{Algorithm: algorithm, Value: encode(h.Sum(nil))}
	}
	return composite(algorithm, parts)
}
