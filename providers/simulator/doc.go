// Package simulator is AWS on loopback: Import/Export, the core of S3 (path style)
// and a warehouse that fills drives, behind one endpoint, in one process, with a
// clock that can be moved. A stock AWS CLI or SDK can drive it with its endpoint
// and credentials alone.
//
// State is in memory. A process that ends loses its jobs; an image that is away at
// that time stays at "<path>.at-aws" and is renamed by hand.
//
// # The clock
//
// Time is that of Options.Now plus what the control API has added. It stamps the
// Date of every answer, jobs, logs and LastModified. Signatures are not checked for
// age. What falls due while real time passes is carried out before the next request
// is answered.
//
// # The control API
//
// Under /_simulator/, JSON in and out; NewControl is its client. It is not signed:
// the server listens on loopback only, refuses foreign Host headers and takes
// changes as application/json only, so that a web page cannot reach it. Whoever may
// open the port may have the warehouse rename image files and overwrite devices
// with the rights of this process, after it has found the job's SIGNATURE on them.
//
//	GET  /_simulator/state     the clock, jobs, parcels, schedule, faults: State
//	POST /_simulator/ship      {"job": "EX1ID", "device": "/absolute/path.img"} → Parcel
//	POST /_simulator/lose      {"job": "EX1ID"} → Parcel, which never arrives
//	POST /_simulator/advance   {"by": "72h"} or {"job": "EX1ID", "to": STAGE} → Advanced
//	     STAGE is received, loading, loaded, returned or expired. All that is due up
//	     to the new time has been carried out when the answer comes. A problem with a
//	     load is an event's "problem"; the job has a failed code then.
//	GET  /_simulator/faults    → Faults
//	PUT  /_simulator/faults    Faults; replaces what was set before; {} ends them
//	GET  /_simulator/schedule  → Schedule
//	PUT  /_simulator/schedule  {"transit": "3d", "wait": "1d", "load": "2d", "back": "3d"}
//	POST /_simulator/buckets   {"name": "photos", "region": "us-east-1", "encryption": "aws:kms",
//	     "versioning": "Enabled", "checksum": "none"}; all but the name may be left out.
//	     "none" is S3 before December 2024: what comes without a checksum has none.
//	POST /_simulator/inventory {"bucket": "photos", "destination": "logs"} → Delivered
//	     S3 Inventory, at once: "id" of the configuration, "prefix" of the keys,
//	     "versions" Current or All, "destinationPrefix", "fields", "rowsPerFile".
//	POST /_simulator/checksums {"bucket": "photos", "destination": "logs", "algorithm": "MD5",
//	     "type": "FULL_OBJECT"} → Delivered
//	     Batch Operations "Compute checksum" and its report, at once; "prefix", "versions"
//	     and "destinationPrefix" as above.
//	POST /_simulator/archive   {"bucket": "photos", "key": "a", "status": "ARCHIVE_ACCESS"}
//	     moves an object of INTELLIGENT_TIERING, as S3 does after months; RestoreObject and
//	     the clock bring it back.
//
// Delivered is {"bucket", "manifest", "objects"}: where manifest.json lies, and how
// many rows there are. Package delivery has the layouts.
//
// Durations are Go's, or whole days as in "3d". Errors are
// {"reason", "message", "remedy"} with a status of 400, 404, 409 or 500.
//
// # Faults
//
// A Rule picks requests by service, operation and number, and delays, throttles,
// fails, refuses or cuts them: resetBefore after the request was read and before
// anything was done, resetAfter when it was carried out and its answer is lost.
// refuse answers with an error of AWS, in the service's own kind of document:
//
//	{"kind": "refuse", "service": "importexport", "operation": "GetShippingLabel", "code": "InvalidAddressException"}
//	{"kind": "refuse", "service": "s3", "operation": "PUT", "path": "/logs/", "code": "AccessDenied"}
//
// Its message and httpStatus are AWS's for the code unless the rule has others; a
// code whose text is not known needs a message.
//
// Codes shows any text in place of a job's codes; Rot spoils files on returned
// drives; aborts has the warehouse send drives back unprocessed, by job id or "*",
// with the progress code that it names; deniedBuckets gives BucketPermission;
// endedStatus chooses how GetStatus answers for canceled and expired jobs.
//
// It must not know: the client side in this module. Only cmd and tests import it.
package simulator
