package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers/secretsmanager"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/specs"
)

// keyOf is the key to the drive of a run: that of the flags, else that of the spec.
func (a *app) keyOf(ctx context.Context, f copyFlags, d specs.Document, run reconciler.Run) (device.Key, error) {
	if f.passwordFrom != "" {
		return a.keyFrom(ctx, f.place())
	}
	reader := &secretReader{getenv: a.getenv, aws: func(ctx context.Context, name string) (string, error) {
		cfg, err := a.awsConfig(ctx, d.Service().Region, d.Service().Profile)
		if err != nil {
			return "", err
		}
		return secretsmanager.Get(ctx, cfg, name)
	}}
	return evidence.KeyOf(ctx, d, run, reader.read)
}

// digested reads a file to its end and back, and compares its SHA-256.
func digested(f io.ReadSeeker, digest string) error {
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != digest {
		return errors.New("it is not the one that is named")
	}
	_, err := f.Seek(0, io.SeekStart)
	return err
}
