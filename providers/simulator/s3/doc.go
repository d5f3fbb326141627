// Package s3 speaks the Amazon S3 REST protocol, path style, over a store: the
// part of it that a stock AWS CLI or SDK needs to list, read, write, copy and
// delete objects and their versions, with multipart uploads, checksums, keys of the
// customer's, and archived classes that must be restored. What it does not do it
// refuses with S3's own NotImplemented; what clients merely probe (ACLs, policies)
// it answers as a new bucket would.
//
// # Checksums
//
// What a client declares is checked and kept; an object without gets a CRC64NVME
// over all of it, as S3 has done since December 2024, unless its bucket was made
// with NoChecksum. XXHASH64, XXHASH3 and XXHASH128 are refused by name.
//
// # Versions and archives
//
// Version ids are 32 characters that mean nothing to a client. A restore takes the
// longest time that S3 documents as typical for its tier, on the service's clock.
//
// Requests are routed on the decoded path as it came, never through
// http.ServeMux: keys such as "a/../b" and "a//b" are different objects to S3.
// Bodies are streams; a request holds what it has to check, not what it carries.
//
// Texts and codes follow "Error responses" of the Amazon S3 API Reference, the
// protocol that reference and its model in botocore.
//
// It must not know: jobs, the warehouse, faults.
package s3
