// Package reconciler decides what a backup needs next, and does it.
//
//	observe ──► Snapshot ──► Decide ──► Decision ──► execute the head ──► record
//	   ▲                                                                    │
//	   └────────────────────────────────────────────────────────────────────┘
//
// Decide is pure and the only place that knows what comes next: no context, no
// error, no clock, no log. plan, diff, apply and watch share everything up to the
// execution. One step is executed, then the world is looked at again; the rest of
// a plan is a forecast for the reader.
//
// Phases, as facts in the Record of the run:
//
//	New ─FormatVolume─► Prepared ─CreateJob, WriteSignature─► Submitted
//	    ─FetchLabel, MakePaperwork─► Labeled
//	    ─(the parcel's journey)─► Exported ─KeepLog, Verify─► Verified
//	any ─CancelJob─► Canceled
//
// Before each step that cannot be undone an intent is saved and fsynced, after it
// the fact. A run that finds an intent without its fact looks before it acts: for
// our mark at the service, for our partition GUID on the disk, for the report.
//
// It must not know: the AWS SDK, os/exec, fsnotify, YAML, or any provider's name;
// services differ in providers.Traits only. reconciler/journal stores records,
// reconciler/evidence keeps baselines, labels and reports.
package reconciler
