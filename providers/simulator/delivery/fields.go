package delivery

import (
	"strconv"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// optionalFields are those that a configuration may ask for, in the order of their
// columns. Source: InventoryOptionalField in the S3 model of botocore 1.43.11.
func optionalFields() []string {
	return []string{
		"Size", "LastModifiedDate", "ETag", "StorageClass", "IsMultipartUploaded", "ReplicationStatus", "EncryptionStatus",
		"ObjectLockRetainUntilDate", "ObjectLockMode", "ObjectLockLegalHoldStatus", "IntelligentTieringAccessTier",
		"BucketKeyStatus", "ChecksumAlgorithm", "ObjectAccessControlList", "ObjectOwner", "LifecycleExpirationDate",
	}
}

// column returns the value of a field. A delete marker has but an id and a time.
func column(field, bucket string, v store.Version) string {
	switch field {
	case "Bucket":
		return bucket
	case "Key":
		return encodedKey(v.Key)
	case "VersionId":
		if v.VersionID == store.NullVersion {
			return ""
		}
		return v.VersionID
	case "IsLatest":
		return strconv.FormatBool(v.IsLatest)
	case "IsDeleteMarker":
		return strconv.FormatBool(v.IsMarker)
	case "LastModifiedDate":
		return v.LastModified.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	if v.IsMarker {
		return ""
	}
	return objectColumn(field, v.Object)
}

func objectColumn(field string, o store.Object) string {
	switch field {
	case "Size":
		return strconv.FormatInt(o.Size, 10)
	case "ETag":
		return o.ETag
	case "StorageClass":
		if o.StorageClass == "" {
			return "STANDARD"
		}
		return o.StorageClass
	case "IsMultipartUploaded":
		return strconv.FormatBool(o.PartSizes != nil)
	case "EncryptionStatus":
		return encryptionStatus(o.Encryption)
	case "IntelligentTieringAccessTier":
		return accessTier(o)
	case "BucketKeyStatus":
		return "DISABLED"
	case "ChecksumAlgorithm":
		return o.Checksum.Algorithm
	}
	return "" // what nothing here has
}

func encryptionStatus(encryption string) string {
	switch encryption {
	case store.EncryptionS3:
		return "SSE-S3"
	case store.EncryptionKMS:
		return "SSE-KMS"
	case store.EncryptionDSSE:
		return "DSSE-KMS"
	case store.EncryptionCustomer:
		return "SSE-C"
	}
	return "NOT-SSE"
}

func accessTier(o store.Object) string {
	switch {
	case o.StorageClass != "INTELLIGENT_TIERING":
		return ""
	case o.Archive != nil:
		return o.Archive.Status
	}
	return "FREQUENT"
}
