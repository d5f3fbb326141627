// Package s3 is the one S3 client: listings, looks at single objects with all that S3
// stores about their content, and downloads, in types of its own over the SDK's
// service/s3.
//
// Decisions:
//
//   - Listings ask for encoding-type=url, because XML cannot carry every key, and
//     are checked to be in the byte order of keys: verification merges them with a
//     sorted walk, so a server that sorts otherwise would make objects appear
//     missing.
//   - Pages of listings are cut by hand: the SDK's reader takes 20 microseconds a key,
//     ours one. It knows the one way in which S3 and its like write them, and leaves
//     every other document to the SDK, against which it is fuzzed.
//   - Listings of more than two pages are read in ranges, several at once: with 30 ms a
//     page one stream brings 30,000 keys a second and no more. Where a range begins is
//     guessed from the keys seen so far; start-after makes any key a good begin. The
//     price is a request now and then that brings less than a page, at most one for
//     each full page.
//   - A look at an object is guarded by the ETag that the listing showed. Part 1 tells
//     the part size of a multipart upload.
//   - Parts that Attributes returns are whole, or an error: a hole would be taken for a
//     bound. GetObjectAttributes has no If-Match, so the ETag of its answer is compared.
//   - Data files of inventories and reports are streamed and compared with their MD5 at
//     the end; rows before a mismatch do not count. Only CSV is read: a reader of
//     Parquet would double the binary.
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
//   - Fetch asks for stored checksums by the header alone and leaves them to its caller: the
//     SDK would take a body that differs for one that was lost.
//
// Sources: Amazon S3 API Reference (ListObjectsV2, ListObjectVersions, HeadObject,
// GetObject, GetObjectAttributes, PutObject, HeadBucket, GetBucketLocation); Amazon S3
// User Guide (Inventory, Batch Operations).
//
// It must not know: jobs, disks, verification.
package s3
