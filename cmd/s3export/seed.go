package main

import (
	"crypto/rand"

	"github.com/cargomedia/s3export/verify"
)

// parseSeed reads the seed of an earlier report, or draws one.
func parseSeed(text string) (verify.Seed, error) {
	var s verify.Seed
	if text == "" {
		_, err := rand.Read(s[:])
		return s, err
	}
	if err := s.UnmarshalText([]byte(text)); err != nil {
		return s, usage(err)
	}
	return s, nil
}
