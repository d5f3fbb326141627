// Package chain keeps reports in a folder, each naming the bytes of the one before it,
// and checks such a folder without network or state.
//
// A report is called <date>-<n>.json, its page the same with .html. The first report
// names none. What the chain proves: no report but the last was changed, taken away or
// put in between since the next one was written. The last one is held only by a digest
// that somebody keeps elsewhere.
//
// It must not know: backups, the journal, what wrote the reports.
package chain
