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
//     only reads. The right to write is proved by a write that S3 must refuse for
//     two reasons at once: see CanWrite.
//   - Responses of AWS are checked against their checksums by the SDK; at an
//     endpoint of one's own only where the protocol requires it, because older
//     servers send checksums that are none of the body's.
//
// Sources: Amazon S3 API Reference (ListObjectsV2, HeadObject, GetObject,
// PutObject, HeadBucket, GetBucketLocation).
//
// It must not know: jobs, disks, verification.
package s3
