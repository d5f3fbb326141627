// Package s3 is the one S3 client: listings, looks at single objects, and small
// downloads, in types of its own over the SDK's service/s3.
//
// Decisions:
//
//   - Listings ask for encoding-type=url, because XML cannot carry every key, and
//     are checked to be in the byte order of keys: verification merges them with a
//     sorted walk, so a server that sorts otherwise would make objects appear
//     missing.
//   - A look at an object asks for part 1, which tells the part size of a multipart
//     upload, and is guarded by the ETag that the listing showed.
//   - Nothing is repeated beyond the SDK's own bounded attempts; everything here
//     only reads. The right to write is proved by a write that must be refused.
//   - That write carries a Content-MD5 and a SHA-256 in its signature, and neither is
//     the body's. S3, MinIO, Ceph and their like compare both when the body is there,
//     which is after the rights were looked at. If-Match with an ETag that no object
//     has is no second lock: S3 wants the right to read for it, which who writes a
//     log need not have, and a server that compares no digest knows no condition on
//     writes either. If-None-Match stops nothing where there is no object. So what
//     such a server has written is removed again.
//   - Responses of AWS are checked against their checksums by the SDK; at an
//     endpoint of one's own only where the protocol requires it, because older
//     servers send checksums that are none of the body's.
//
// Sources: Amazon S3 API Reference (ListObjectsV2, HeadObject, GetObject,
// PutObject, HeadBucket, GetBucketLocation).
//
// It must not know: jobs, disks, verification.
package s3
