// Package s3 speaks the Amazon S3 REST protocol, path style, over a store: the
// part of it that a stock AWS CLI or SDK needs to list, read, write, copy and
// delete objects, multipart uploads and checksums included. What it does not do it
// refuses with S3's own NotImplemented; what clients merely probe (ACLs,
// versioning, policies) it answers as a new bucket without versions would.
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
