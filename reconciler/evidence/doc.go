// Package evidence keeps what a run leaves behind, in the run's directory:
//
//	baseline.start-….jsonl.gz the source as it was when the job was made
//	baseline.jsonl.gz         the same merged with the listing at the load's end
//	export-log.txt            the service's log, as it was fetched
//	paperwork/…               labels, unless the spec names another place
//	reports/<date>-<n>.json   verifications, never overwritten
//	rolling.json              what rolling samples have covered
//
// It implements reconciler.Evidence: it opens the device, runs package verify and
// writes files atomically. Every step may be repeated after a kill: what is there
// is the result.
//
// It must not know: what comes next, or any service.
package evidence
