// Package machine is the test of the program on a machine: the real binary under a
// real kernel with udev, with USB drives that are plugged in and pulled out. It is
// the only place for what a host without spare drives cannot show: links in
// /dev/disk/by-id, partitions that the kernel reads itself, volumes made by dm-crypt,
// drives that leave in the middle of a write.
//
// The machine is emulated by QEMU without the help of the processor, and runs
// Debian's kernel. Kernel and udev are fetched as packages and unpacked, never
// installed; the other programs are this host's, with their libraries. Only `make
// test-vm` starts it. Where QEMU or the packages cannot be had, the suite says so and
// is skipped.
//
// Rejected: one script for the guest with all checks in it (a check that fails must
// not hide the next, and its text belongs beside what it expects); a shared folder
// (its locks and renames are not those of a disk).
//
// Beside the tests the package holds the words in which host and guest talk. guest is
// the init of the machine. Neither knows what is tested.
package machine
