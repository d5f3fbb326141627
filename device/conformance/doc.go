// Package conformance is what every set of disks must do, as a suite of specs: the
// real ones on image files, and those of device/fake. A contract that is not
// checked here is not a contract.
//
// It must not know: jobs, backups, policy.
package conformance
