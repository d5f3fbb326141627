// Package delivery writes into a bucket what S3 delivers there by itself: an
// Inventory, and the completion report of a Batch Operations job that computes
// checksums. Both describe another bucket as it is at the time of the order; real
// ones come a day, or hours, later and are only eventually consistent.
//
// # Inventory
//
// As CSV with gzip, below destinationPrefix/bucket/id/:
//
//	2026-11-02T12-00Z/manifest.json      the files, and the order of the columns
//	2026-11-02T12-00Z/manifest.checksum  hex of the MD5 of manifest.json
//	data/<uuid>.csv.gz                   no header, every field in quotes, not sorted
//	hive/dt=2026-11-02-12-00/symlink.txt the files again, for Apache Hive
//
// Keys are encoded as in a form, with the slash left alone. Of the optional fields
// those about locks, replication, ACLs, owners and expiry are empty.
//
// # Checksums
//
// Below destinationPrefix/job-<uuid>/:
//
//	manifest.json            the results, and ReportSchema
//	manifest.json.md5        hex of the MD5 of manifest.json
//	results/<40 hex>.csv     one for the tasks that succeeded, one for those that failed
//
// The examples of the User Guide have HTTPStatusCode before ErrorCode in the rows,
// and the other way round in ReportSchema; so has this. The checksum is JSON in
// ResultMessage, with "=" written as \u003d. Objects that only a key of the
// customer's opens fail.
//
// Sources: "Locating your inventory list" and "Amazon S3 Inventory list" of the
// Amazon S3 User Guide; "Examples: S3 Batch Operations completion reports" of the
// same.
//
// It must not know: HTTP, S3's protocol, jobs, the warehouse.
package delivery
