// Package warehouse plays what AWS does with a parcel: it receives the device of
// a job, checks its SIGNATURE, formats it, carries out the manifest's operations,
// writes the log, and sends the device back.
//
// # The journey
//
// Ship → Received → Loading → Loaded → Returned, on the simulator's clock, with
// the times of a Schedule between them. An image file is renamed to
// "<path>.at-aws" beside itself while it is away, so that its owner does not have
// it; a block device stays where it is. The load is really done when the clock
// comes to its end. A device that cannot be loaded (no SIGNATURE, a wrong one, no
// readable file system, a manifest that is not played) goes back unprocessed, and
// the job's progress code says why. So does the device of a job that was canceled
// or has expired on the way, and one that Abort names. A parcel that is lost never
// arrives, so its job expires.
//
// # The load
//
// The objects of each operation are written in key order below its directory into
// a staging directory; ext4 is made from it with a UUID of AWS's own and the label
// AWS-<JOBID>; those bytes replace the content of the device's partition, whose
// table stays. Files have the time of their object. What is played:
//
//   - A key that a path cannot hold byte for byte goes to the recovery directory:
//     not UTF-8, an empty component (a//b, /a), a component . or .. or of more than
//     255 bytes, a file where a directory is or the other way round, a name taken.
//     NUL is removed from names, as AWS removes what the file system cannot hold.
//   - a/ is an empty directory, whatever the object holds.
//   - Archived objects that were not restored, and those that only a key of the
//     customer's opens (SSE-C), are failed lines of the log.
//   - The first object that does not fit ends the load; nothing smaller is squeezed
//     in. Its line has the status 507 and the code DeviceFull (ours).
//   - With trueCryptPassword all that lies in <JOBID>.tc, a TrueCrypt 7 container (AES,
//     SHA-512) with an ext4, which fills the ext4 of the device. NTFS is not played, and
//     says so.
//
// # The log
//
// Tab separated with a header, as the package's log.go says. GetStatus's
// ErrorCount is the number of lines whose code is not OK.
//
// Sources: AWS Import/Export Developer Guide ("Export Manifest File Options",
// "Export Key Mapping", "Export Log Reports").
//
// It must not know: HTTP, S3's protocol, the control API.
package warehouse
