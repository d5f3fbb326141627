// Package journal keeps records as files that a tired person can read:
//
//	<dir>/backups/<name>/record.json       the record
//	<dir>/backups/<name>/lock              the lock and its holder
//	<dir>/backups/<name>/runs/<run>/…      baselines, reports, paperwork
//
// A file is replaced as a whole: written beside its place, fsynced, renamed, and
// the directory fsynced, so that a kill or a full disk at any point leaves the old
// file or the new one. Readers need no lock.
//
// It must not know: what a record means.
package journal
