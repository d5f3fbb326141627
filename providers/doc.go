// Package providers is the vocabulary of jobs at a service that fills drives:
// what a job is, which states it has, what can go wrong, and the traits in which
// services differ.
//
// Each service is translated by a package of its own (importexport); fake is an
// in-memory service and conformance the suite that all of them pass; s3 is the
// one S3 client; pull copies objects onto a drive; simulator is the other side of
// the wire. The interfaces that use this vocabulary are declared by their consumer,
// package reconciler.
//
// It must not know: disks, spec files, what to do next. It imports specs/manifest
// and specs/secret, because the text of a manifest has one redacting type and an
// address one shape.
package providers
