package fake

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/cargomedia/s3export/providers"
)

// Writer is where Fill copies to: a volume, or a map in a test.
type Writer interface {
	WriteFile(path string, data []byte) error
}

// Filled says what Fill has copied.
type Filled struct {
	Files int
	Bytes int64
}

// Put stores an object, whose bytes are copied.
func (s *Service) Put(bucket, key string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(bucket, key, data)
}

func (s *Service) put(bucket, key string, data []byte) {
	if s.buckets[bucket] == nil {
		s.buckets[bucket] = map[string][]byte{}
	}
	s.buckets[bucket][key] = bytes.Clone(data)
}

// Object returns an object and whether there is one.
func (s *Service) Object(bucket, key string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := s.buckets[bucket][key]
	return bytes.Clone(data), ok
}

// Fill copies a bucket onto w in key order, each object as directory/key. It is for
// services whose traits say that we fill the drive. A repeat is safe and writes
// everything again; the hooks run around each file.
func (s *Service) Fill(ctx context.Context, bucket, directory string, w Writer) (Filled, error) {
	if err := s.enter(ctx, "Fill", ""); err != nil {
		return Filled{}, err
	}
	if s.traits.Fill != providers.ByUs {
		return Filled{}, refused(providers.Invalid, "Fill", "the service fills the drive itself", "look at its traits first")
	}
	objects, err := s.objects(bucket)
	if err != nil {
		return Filled{}, err
	}
	var done Filled
	for _, key := range slices.Sorted(maps.Keys(objects)) {
		if err := ctx.Err(); err != nil {
			return done, err
		}
		err := s.file(func() error { return w.WriteFile(directory+"/"+key, objects[key]) })
		if err != nil {
			return done, fmt.Errorf("copying %q: %w", key, err)
		}
		done.Files++
		done.Bytes += int64(len(objects[key]))
	}
	return done, nil
}

// file writes one file between the hooks, without the lock: w may be slow or look
// at the service.
func (s *Service) file(write func() error) error {
	s.mu.Lock()
	before, after := s.before, s.after
	s.mu.Unlock()
	if before != nil {
		if err := before("Fill"); err != nil {
			return err
		}
	}
	if err := write(); err != nil {
		return err
	}
	if after != nil {
		return after("Fill")
	}
	return nil
}

func (s *Service) objects(bucket string) (map[string][]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	objects, ok := s.buckets[bucket]
	if !ok {
		return nil, refused(providers.NotFound, "Fill", fmt.Sprintf("no bucket %q", bucket), "create the bucket or correct its name")
	}
	return maps.Clone(objects), nil
}
