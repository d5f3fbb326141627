// Package jobs plays AWS Import/Export over HTTP: all six operations of API
// version 2010-06-01, as the service answered them.
//
// A Service holds the jobs in memory, newest last. It checks requests and
// manifests and answers with AWS's codes; what happens to a parcel is decided
// elsewhere (package warehouse) and written into a job with Change. Time comes in
// through Options.Now; a job that has not arrived within Lifetime is expired
// whenever it is looked at.
//
// Where AWS documents nothing, this package does what the simulator promises:
//
//   - ValidateOnly answers JobType and WarningMessage alone.
//   - The SIGNATURE is that of the 2009 edition, base64(HMAC-SHA1(secret, job id,
//     "\n", manifest with LF line ends)), with a secret of the simulator's own. So
//     UpdateJob changes it, and GetStatus gives the new one.
//   - A canceled or expired job answers GetStatus with a normal status, or with
//     CanceledJobIdException or ExpiredJobIdException when StatusOfEnded says so.
//   - Fifty jobs can be created per account and UTC day, canceled ones included.
//   - One label for several jobs is in the log bucket of the first by id and has its
//     name, as in the guide's sample; the order of the request is no matter.
//   - AwsShippingAddress, which clients of before the labels read, is a made-up one.
//     ArtifactList is there and empty.
//   - An unknown or incomplete address is InvalidAddress; all other missing
//     fields of a manifest are MissingManifestField and are named all at once.
//
// A manifest carries passwords: it is kept as a secret.Value, answered to its
// owner by GetStatus as AWS does, and never logged.
//
// Sources: AWS Import/Export API Reference and Developer Guide; the service model
// of botocore (importexport-2010-06-01).
//
// It must not know: disks, S3's protocol, the control API.
package jobs
