package simulator

import (
	"context"
	"errors"
	"net/http"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// noChecksum is the Bucket.Checksum of a bucket as it was before December 2024.
const noChecksum = "none"

func (s *service) createBucket(_ context.Context, b Bucket) (Bucket, error) {
	if b.Region == "" {
		b.Region = s.region
	}
	switch {
	case b.Encryption != "" && b.Encryption != store.EncryptionS3 && !isKMS(b.Encryption):
		return b, badRequest("encryption is AES256, aws:kms or aws:kms:dsse", "take one of them")
	case b.Checksum != "" && b.Checksum != store.DefaultAlgorithm && b.Checksum != noChecksum:
		return b, badRequest("checksum is CRC64NVME or none", "take one of them")
	case b.Versioning != store.Unversioned && b.Versioning != store.VersioningEnabled && b.Versioning != store.VersioningSuspended:
		return b, badRequest("versioning is Enabled or Suspended", "take one of them, or leave it out")
	}
	err := s.store.CreateBucket(b.Name, store.BucketOptions{
		Region: b.Region, Encryption: b.Encryption, Versioning: b.Versioning, NoChecksum: b.Checksum == noChecksum,
	})
	switch {
	case errors.Is(err, store.ErrBucketExists):
		return b, &ControlError{"BucketExists", err.Error(), "take another name", http.StatusConflict}
	case err != nil:
		return b, badRequest(err.Error(), "take a name that S3 allows")
	}
	return b, nil
}

func isKMS(encryption string) bool {
	return encryption == store.EncryptionKMS || encryption == store.EncryptionDSSE
}

// archive moves an object to a tier that must be restored.
func (s *service) archive(_ context.Context, r Archiving) (Archiving, error) {
	err := s.store.SetArchiveStatus(store.Place{Bucket: r.Bucket, Key: r.Key, Version: r.Version}, r.Status)
	switch {
	case err == nil:
		return r, nil
	case errors.Is(err, store.ErrNotArchived):
		return r, badRequest(err.Error(), "write the object with the class INTELLIGENT_TIERING")
	case errors.Is(err, store.ErrNoSuchTier):
		return r, badRequest(err.Error(), "take ARCHIVE_ACCESS or DEEP_ARCHIVE_ACCESS")
	}
	return r, &ControlError{"NotFound", err.Error(), "name an object that is there", http.StatusNotFound}
}
