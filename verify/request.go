package verify

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/cargomedia/s3export/verify/digest"
)

// Request is one verification.
type Request struct {
	Tree Tree
	// Source answers what the listing leaves open; nil verifies against the
	// population alone.
	Source     Source
	Population Population
	// LoadEnded is when the load ended, on the service's clock; zero when that is not
	// known, and then no object counts as newer.
	LoadEnded time.Time
	// Log is what the service's log says; nil: there is none. With one, the population
	// must be good for two walks.
	Log *LoadLog
	// Download reads originals whose content nothing else proves; nil: never.
	Download Downloader
	Accept   []Acceptance
	Draw     Draw
	Layout   Layout
	About    About
	Runtime  Runtime
}

// Seed is 128 bits that decide a draw.
type Seed [16]byte

// String returns the seed as 32 hex digits.
func (s Seed) String() string { return hex.EncodeToString(s[:]) }

// MarshalText returns String.
func (s Seed) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads 32 hex digits.
func (s *Seed) UnmarshalText(text []byte) error {
	if len(text) != 2*len(s) {
		return problem("reading the seed", fmt.Sprintf("%q has not 32 hex digits", text), "copy the seed from the report")
	}
	if _, err := hex.Decode(s[:], text); err != nil {
		return &Error{Op: "reading the seed", Err: err, Remedy: "copy the seed from the report"}
	}
	return nil
}

// Layout says which files of a drive are no copies of objects.
type Layout struct {
	// Own are paths, each with what is below it, that belong to the file system or to
	// us. They are ignored where no object has that path.
	Own []string
	// Recovery is the directory where the service puts files that it cannot name;
	// they are counted. Empty: there is none.
	Recovery string
}

// DefaultLayout is that of a drive that AWS Import/Export Disk has loaded with the
// default recovery directory, or that we have filled.
func DefaultLayout() Layout {
	return Layout{Own: []string{"lost+found", "SIGNATURE", ".s3export"}, Recovery: "EXPORT-RECOVERY"}
}

// About is what the report says of itself, passed through.
type About struct {
	Subject Subject
	// Medium names the disk that the copy is on, so that a clone of its file system is
	// noticed: what was noted of another one is not believed. It is not in the report.
	Medium  string
	Attempt int       // of this run of the backup, from 1
	Earlier []Attempt // all before it
}

// Runtime is how the work is done. Only Now is needed.
type Runtime struct {
	// Workers read and hash at the same time; 0 means 8. One reads the drive strictly in
	// its own order: right where it has to seek.
	Workers  int
	Now      func() time.Time
	Progress Progress
	Sink     Sink
	// Notes let the next run go on where this one is interrupted; nil: it begins anew.
	Notes *Notes
	// Pace is asked before each read of so many bytes, and may wait; nil: full speed.
	Pace func(ctx context.Context, bytes int) error
	// Temp is the directory of temporary files, which are needed from some 10,000 objects
	// on. Empty: the system's.
	Temp string
	// SHA256 is computed of every file that is read, and is in its Finding.
	SHA256 bool
}

// extra is what is computed of every file.
func (r *Request) extra() []digest.Wanted {
	if r.Runtime.SHA256 {
		return []digest.Wanted{{Algorithm: digest.SHA256}}
	}
	return nil
}

const defaultWorkers = 8

func (r *Request) check() error {
	const op = "starting the verification"
	switch {
	case r.Tree == nil || r.Population.Objects == nil || r.Runtime.Now == nil:
		return problem(op, "tree, population or clock is missing", "report this as a defect")
	case r.Population.Known != LiveListing && r.Population.Known != StartBaseline && r.Population.Known != ClosedBaseline:
		return problem(op, fmt.Sprintf("population %q", r.Population.Known), "report this as a defect")
	}
	if err := r.Draw.check(); err != nil {
		return err
	}
	for i := range r.Accept {
		if err := r.Accept[i].check(); err != nil {
			return &Error{Op: op, Err: err, Remedy: "accept only what can never be proven: unverifiable, changedAfterExport, missingOnSource or missingOnDevice"}
		}
	}
	if r.Runtime.Workers <= 0 {
		r.Runtime.Workers = defaultWorkers
	}
	if r.About.Subject.FileSystem = r.Tree.FileSystem(); r.About.Subject.FileSystem == "" {
		r.Runtime.Notes = nil // it could not be told from the next one at its place
	}
	ranges, err := cleanRanges(r.Population.Ranges)
	r.Population.Ranges = ranges
	return err
}
