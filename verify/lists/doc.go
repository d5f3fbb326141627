// Package lists writes what other tools read: rclone's combined list, a list of paths
// for each outcome, and SHA256SUMS.
//
// A Set is a verify.Sink: the results of a run come in the order of paths, and each
// line is one Write, so that several lists can share a writer and nothing is kept in
// memory. Who makes the writers buffers them, and puts the files in their place when
// the run has ended.
//
// It must not know: where files are, what flags name them.
package lists
