package main

import (
	"fmt"

	"github.com/cargomedia/s3export/verify"
)

// assertions are what the old tool counted: one that a thing exists on both sides,
// and, if it does, one that its content is the same.
type assertions struct{ run, failed int64 }

// String is the old tool's closing line.
func (n assertions) String() string {
	return fmt.Sprintf("Assertions run: %d, succeeded: %d, failed: %d", n.run, n.run-n.failed, n.failed)
}

// assertionsOf derives them from a report. Existence is asserted of each object of
// the population, of each file that no object is known for, and of each directory
// that could not be listed; it fails for what is missing on either side, and for
// what was not found under its name. Content is asserted of each object that is
// there and was decided: the sample, or all, and every one whose size alone
// differs. It fails for what differs and for what could not be compared. A file
// that belongs to no range is neither.
func assertionsOf(r verify.Report) assertions {
	n := assertions{run: r.Totals.Objects}
	for _, t := range r.Tallies {
		switch existence(t.Outcome, t.Reason) {
		case exists:
			n.run += t.Files
			if t.Outcome != verify.Match {
				n.failed += t.Files
			}
		case missing:
			n.failed += t.Files
		case unknown: // not counted in the population either
			n.run += t.Files
			n.failed += t.Files
		case ignored:
		}
	}
	for _, f := range r.Findings { // a directory is no object, but stands in the tally of those below it
		if f.Outcome == verify.Failure && f.Reason == verify.DirectoryError && f.Key == "" {
			n.run++
		}
	}
	return n
}

type existing int

const (
	exists  existing = iota // on both sides, and its content was decided
	missing                 // an object that is not there, or nobody knows
	unknown                 // a file without an object
	ignored
)

func existence(o verify.Outcome, r verify.Reason) existing {
	switch o {
	case verify.MissingOnDevice:
		return missing
	case verify.MissingOnSource:
		if r == verify.NotListed {
			return unknown
		}
		return missing // listed, and gone when it was asked for
	case verify.Extra:
		return ignored
	case verify.Match, verify.Differ, verify.ChangedAfterExport, verify.Unverifiable, verify.Failure:
	}
	switch r {
	case verify.Renamed, verify.NameTaken, verify.DirectoryError, verify.CreatedDuringLoad, verify.DeletedDuringLoad:
		return missing
	default:
		return exists
	}
}
