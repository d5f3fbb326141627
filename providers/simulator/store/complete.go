package store

import (
	"fmt"
	"slices"
	"strings"
)

// CompleteUpload makes an object of the parts that the caller names, in ascending
// order, with their ETags and, where they are given, their checksums. The object
// has the time at which the upload was started. Refusals: ErrNoSuchUpload,
// ErrInvalidPart, ErrPartOrder, ErrPartTooSmall, ErrPartChecksum, ErrBadChecksum,
// ErrSize, and those of the
// conditions in o; the upload then stays as it is.
func (s *Store) CompleteUpload(bucket string, u Upload, named []Part, o PutOptions) (Object, error) {
	b, err := s.bucket(bucket)
	if err != nil {
		return Object{}, err
	}
	parts, err := b.choose(u, named)
	if err != nil {
		return Object{}, err
	}
	object, data, err := b.assemble(u, parts, o.Compute)
	if err != nil {
		return Object{}, err
	}
	switch {
	case o.Size > 0 && o.Size != object.Size:
		return Object{}, fmt.Errorf("%q: %w", u.Key, ErrSize)
	case o.Checksum != nil && !sameChecksum(o.Checksum(), object.Checksum):
		return Object{}, fmt.Errorf("%q: %w", u.Key, ErrBadChecksum)
	}
	made, err := b.put(&entry{object: object, content: data}, o)
	if err != nil {
		return Object{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.uploads, u.ID)
	return made, nil
}

// sameChecksum compares what a client names with what was computed; the count of
// parts may be left out.
func sameChecksum(named, computed Checksum) bool {
	sum, _, _ := strings.Cut(computed.Value, "-")
	return named.Algorithm == computed.Algorithm && (named.Value == computed.Value || named.Value == sum)
}

// choose returns the kept parts that are named.
func (b *bucket) choose(u Upload, named []Part) ([]part, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	live, err := b.upload(u.Key, u.ID)
	if err != nil {
		return nil, err
	}
	if !slices.IsSortedFunc(named, func(a, b Part) int { return a.Number - b.Number }) || hasTwins(named) {
		return nil, fmt.Errorf("%q: %w", u.ID, ErrPartOrder)
	}
	parts := make([]part, len(named))
	for i, n := range named {
		p, found := live.parts[n.Number]
		if !found || n.ETag != p.ETag || n.Checksum.Value != "" && n.Checksum.Value != p.Checksum.Value {
			return nil, fmt.Errorf("part %d: %w", n.Number, ErrInvalidPart)
		}
		if u.ChecksumType == Composite && n.Checksum.Value == "" {
			return nil, fmt.Errorf("part %d: %w", n.Number, ErrPartChecksum)
		}
		parts[i] = p
	}
	for _, p := range parts[:max(len(parts)-1, 0)] {
		if p.Size < MinPartSize {
			return nil, fmt.Errorf("part %d: %w", p.Number, ErrPartTooSmall)
		}
	}
	return parts, nil
}

func hasTwins(parts []Part) bool {
	for i := range parts[:max(len(parts)-1, 0)] {
		if parts[i].Number == parts[i+1].Number {
			return true
		}
	}
	return false
}

func (b *bucket) assemble(u Upload, parts []part, compute string) (Object, *memory, error) {
	object := Object{Key: u.Key, LastModified: u.Initiated, PartSizes: []int64{}, Attributes: u.Attributes}
	var md5s []string
	var pieces []*memory
	var described []Part
	var sums []Checksum
	for _, p := range parts {
		object.PartSizes = append(object.PartSizes, p.Size)
		md5s = append(md5s, p.md5)
		pieces = append(pieces, p.data)
		described = append(described, p.Part)
		if u.Algorithm != "" && p.Checksum.Value != "" {
			sums = append(sums, p.Checksum)
		}
	}
	if len(sums) == len(parts) {
		object.PartChecksums = sums
	}
	data := joined(pieces)
	object.Size = data.size()
	var err error
	if object.ETag, err = b.etag(object, md5s); err != nil {
		return Object{}, nil, err
	}
	switch {
	case u.Algorithm == "" && compute != "":
		object.Checksum, err = whole(compute, data)
	case u.Algorithm == "":
	case u.ChecksumType == Composite:
		object.Checksum, err = composite(u.Algorithm, described)
	default:
		object.Checksum, err = whole(u.Algorithm, data)
	}
	return object, data, err
}
