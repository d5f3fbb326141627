package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// LoadDir makes a bucket of each folder in dir, unless it exists already, and an
// object of each regular file below it; its key is the path. Files are not read:
// their bytes and their MD5 come from disk when they are wanted, so dir has to
// stay as it is. Symbolic links and other special files are left out.
func (s *Store) LoadDir(dir string) error {
	folders, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("loading buckets: %w", err)
	}
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		err := s.CreateBucket(folder.Name(), BucketOptions{})
		if err != nil && !errors.Is(err, ErrBucketExists) {
			return fmt.Errorf("loading bucket from %q: %w", filepath.Join(dir, folder.Name()), err)
		}
		if err := s.loadBucket(folder.Name(), filepath.Join(dir, folder.Name())); err != nil {
			return fmt.Errorf("loading bucket %q: %w", folder.Name(), err)
		}
	}
	return nil
}

func (s *Store) loadBucket(name, root string) error {
	b, err := s.bucket(name)
	if err != nil {
		return err
	}
	now := s.time()
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		key, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		object := Object{Key: filepath.ToSlash(key), Size: info.Size(), LastModified: now}
		if modified := info.ModTime().UTC().Truncate(time.Second); modified.Before(now) {
			object.LastModified = modified
		}
		object.Encryption = b.encryption("")
		b.add(&entry{object: object, content: newFile(path, info)})
		return nil
	})
}
