// Package device is disks: image files and block devices behind one type. It
// finds a disk by identity, says what is on it, and erases only what a Claim
// allows.
//
// A device is an identity, not a path. Inspect looks and never writes. The right
// to erase is a Claim, which only inspection makes and which Format checks again
// under an exclusive lock. Tools of e2fsprogs, and cryptsetup, are run in tool.go and
// nowhere else. Mount has the kernel write files to a finished volume, under the same lock.
//
// A Watcher tells when devices come and go. An error of a device that has left in the
// middle is DeviceVanished, because it says nothing about what is on it.
//
// device/ext4 is our own read-only reader, so that images are read without root;
// device/fake is an in-memory double that passes the same conformance suite.
//
// It must not know: jobs, backups, policy.
package device
