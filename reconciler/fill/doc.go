// Package fill brings a drive in line with the baseline of a run: what is there already
// stays, the rest is copied, and the drive says of itself what it holds.
//
// The order of steps is that of what may be lost. The old content of a file is moved aside
// before the new one takes its name; an object is in the ledger on the drive only once its
// bytes are on the medium; the bundle on the drive and the baseline at the station are
// written when all objects are there; then the record says that the copy has ended. A kill
// between any two of them is gone on with: the ledger and the bundle say what is there, and
// each file is looked at before it is believed. So do ledgers of copies that were not ended,
// since their spec was edited or the drive was full.
//
// Nothing that was on the drive is removed before a person or the spec says so: it is moved
// to a directory of the run, but for what a proof has found to be a copy of nothing. Neither
// is it removed before what takes its place is on the medium.
//
// It must not know: how bytes are fetched (providers/pull), how a device is mounted
// (device), when a copy is due or allowed (reconciler).
package fill
