// Package restore puts the objects of a copy back: into a bucket or a directory.
//
// Decisions:
//
//   - A file is read twice on its way to a bucket: once to compare it with the checksum
//     that the copy has of it, and once to send it. So nothing rotten leaves the drive,
//     and the MD5 and SHA-256 of each request are known before its first byte, for the
//     server to compare. The second reading costs less than sending does.
//   - An object gets the part sizes that it had. Its ETag, a sum over the MD5s of the
//     parts, is then the one that it had, and whatever has kept it finds it unchanged.
//     Where nobody has noted them they are looked for among the usual ones.
//   - The answer's ETag is compared with what was sent. Where a server has other ETags
//     (SSE-KMS, some imitations of S3) its own comparison of MD5 and SHA-256 has to do,
//     or the object is read back.
//   - What is there is never written over unless that was asked for. Equal content counts
//     as restored already: running the same again is how an interrupted restore goes on.
//   - What no checksum proves is not restored by itself: that somebody gets a file that may
//     be rotten has to be a decision.
//   - In a directory a file is complete under its name or not there: it is written under
//     another one, synced and renamed. Keys that no file can have keep the name that they
//     have on the drive.
//
// It must not know: drives, baselines, how keys are encoded.
package restore
