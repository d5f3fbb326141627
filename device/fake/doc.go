// Package fake is disks in memory: a small real implementation of what
// device.Disks does, for tests of those who use it. It passes the suite of
// device/conformance. It decides nothing by itself: what may be erased is asked of
// device.State.Claim, as with real disks.
//
// It counts erases and written bytes of each disk, and calls a hook before and
// after each effect, so that a test can cut a run at every one of them.
//
// It must not know: jobs, backups, policy.
package fake
