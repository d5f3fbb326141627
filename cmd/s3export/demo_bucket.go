package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// The demo's buckets.
const (
	demoBucket = "photos"
	demoLogs   = "photos-logs"
)

// demoPart is the part size of the demo's large objects, the smallest that S3
// allows.
const demoPart = 5 << 20

// fillDemo puts a few hundred objects into the demo's bucket: small ones, awkward
// names, and two in several parts.
func fillDemo(s *store.Store) error {
	for _, bucket := range []string{demoBucket, demoLogs} {
		if err := s.CreateBucket(bucket, store.BucketOptions{}); err != nil {
			return err
		}
	}
	for i := range 280 {
		key := fmt.Sprintf("2026/%02d/img-%04d.jpg", i%12+1, i)
		if err := putDemo(s, key, content(key, 500+i*37)); err != nil {
			return err
		}
	}
	for _, key := range []string{
		"2026/notes/a b+c%20d.txt", "2026/notes/Zürich – Ελλάδα.txt", "2026/notes/quote\"and'.txt",
		"2026/notes-old.txt", "2026/notes/deep/er/and/deeper.txt", "2026/notes/back\\slash.txt", "2026/notes/line\nbreak.txt",
	} {
		if err := putDemo(s, key, content(key, 1200)); err != nil {
			return err
		}
	}
	if err := putDemo(s, "2026/empty.txt", nil); err != nil {
		return err
	}
	for _, key := range []string{"2026/video/holiday.mov", "2026/video/party.mov"} {
		if err := putDemoParts(s, key, 2*demoPart+123_456, demoPart); err != nil {
			return err
		}
	}
	return nil
}

func putDemo(s *store.Store, key string, data []byte) error {
	_, err := s.Put(demoBucket, key, bytes.NewReader(data), store.PutOptions{})
	return err
}

func putDemoParts(s *store.Store, key string, size, part int) error {
	u, err := s.CreateUpload(demoBucket, store.Upload{Key: key})
	if err != nil {
		return err
	}
	var parts []store.Part
	data := content(key, size)
	for n := 1; len(data) > 0; n++ {
		length := min(len(data), part)
		p, err := s.PutPart(demoBucket, u, n, bytes.NewReader(data[:length]), store.PutOptions{})
		if err != nil {
			return err
		}
		parts = append(parts, p)
		data = data[length:]
	}
	_, err = s.CompleteUpload(demoBucket, u, parts, store.PutOptions{})
	return err
}

// content is reproducible noise: the same key has the same bytes in each demo.
func content(key string, size int) []byte {
	data := make([]byte, 0, size+sha256.Size)
	for block := sha256.Sum256([]byte(key)); len(data) < size; block = sha256.Sum256(block[:]) {
		data = append(data, block[:]...)
	}
	return data[:size]
}
