package reconciler

import (
	"time"

	"github.com/cargomedia/s3export/specs"
)

// Ranges is the digest of what a document's load selects.
func Ranges(d specs.Document) string { return rangesOf(d) }

// PapersDigest is the digest of what the papers of a run are made from.
func PapersDigest(d specs.Document, run Run) string { return papersOf(d, run) }

// Current is the document with the run that is worked at.
func Current(d specs.Document, seen Snapshot) specs.Document {
	return renewed(d, seen.Record.ongoing(d), seen)
}

// Judged is what the first error of a step means for the backup.
func Judged(err error) Outcome { return judge(err, 1).outcome(time.Time{}) }
