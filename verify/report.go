package verify

import (
	"cmp"
	"time"
)

// Report is the result of a verification. What can be derived (counts, verdict,
// sentence) is a method, so that it cannot disagree with the findings.
type Report struct {
	Format       string    `json:"format"`
	Subject      Subject   `json:"subject"`
	Attempt      int       `json:"attempt,omitempty"` // of this run of the backup, from 1
	Earlier      []Attempt `json:"earlier,omitempty"` // all attempts before it
	Started      time.Time `json:"started"`
	Ended        time.Time `json:"ended"`
	Against      Knowledge `json:"against"` // where the population comes from
	Ranges       []Range   `json:"ranges"`
	LoadEnded    time.Time `json:"loadEnded,omitzero"`
	Seed         Seed      `json:"seed"`
	Reproduction bool      `json:"reproduction,omitempty"` // a person chose the seed
	Sample       Sample    `json:"sample"`
	Totals       Totals    `json:"totals"`
	// Tallies count every finding, also matches and those that are not in Findings.
	Tallies []Tally `json:"tallies"`
	// Findings are all that are no match, up to 100,000, in the order of paths.
	Findings []Finding `json:"findings"`
	Omitted  int64     `json:"omitted,omitempty"` // findings beyond these
	// Accepted are the acceptances that were in force, with how many findings each took.
	Accepted []Acceptance `json:"accepted,omitempty"`
	// Stopped says why the run ended before its end; then Totals.Pending objects were
	// not come to.
	Stopped  Stop      `json:"stopped,omitempty"`
	Requests Requests  `json:"requests"`
	Drive    *DriveMap `json:"drive,omitempty"`
	Speed    *Speed    `json:"speed,omitempty"`
	// Before is the report that was kept before this one; together they are a chain.
	Before *Link `json:"before,omitempty"`
}

// Stop is why a run has ended before its end.
type Stop string

// The stops.
const (
	StopTime   Stop = "maxDuration"    // as it was asked to
	StopDevice Stop = "deviceVanished" // the drive has left
)

// Requests counts what the source was asked.
type Requests struct {
	List       int64 `json:"list,omitempty"` // pages of listings, where the source tells
	Head       int64 `json:"head,omitempty"`
	Attributes int64 `json:"attributes,omitempty"`
	Versions   int64 `json:"versions,omitempty"`
	Get        int64 `json:"get,omitempty"`
	Downloaded int64 `json:"downloaded,omitempty"` // bytes of originals
}

// Link names a kept report by its bytes.
type Link struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // of the file, in hex
}

// reportFormat names the contract of the JSON; a change that a reader must know of
// gets a new number.
const reportFormat = "s3export-report/v1"

// Subject says what was verified and by whom, in words that are passed through.
type Subject struct {
	Tool           string `json:"tool"` // name, version and revision
	Host           string `json:"host,omitempty"`
	User           string `json:"user,omitempty"`
	Backup         string `json:"backup,omitempty"`
	Run            string `json:"run,omitempty"`
	Job            string `json:"job,omitempty"`
	Device         string `json:"device,omitempty"`     // identity, not a path
	FileSystem     string `json:"fileSystem,omitempty"` // its type and UUID, or what else tells it from another
	SpecDigest     string `json:"specDigest,omitempty"`
	BaselineDigest string `json:"baselineDigest,omitempty"`
	LogDigest      string `json:"logDigest,omitempty"` // SHA-256 of the service's log, where there is one
}

// Attempt is an earlier verification of the same run.
type Attempt struct {
	Number  int       `json:"number"`
	Seed    Seed      `json:"seed"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`
	Verdict Verdict   `json:"verdict,omitempty"` // empty: it was interrupted
}

// Sample says what was compared by content. The counts are zero when All.
type Sample struct {
	All    bool  `json:"all,omitempty"`
	Wanted int64 `json:"wanted,omitempty"` // zero where Asked decides it object by object
	// Asked is what was asked for, in the words of a spec, such as 5%; empty for all and
	// for a number, which is Wanted.
	Asked string `json:"asked,omitempty"`
	// Confidence that was asked for, as a part of 1; 0 is that of the constant.
	Confidence float64 `json:"confidence,omitempty"`
	Rolling    *Turn   `json:"rolling,omitempty"`   // what a rolling sample has covered
	Drawn      int64   `json:"drawn,omitempty"`     // fewer than Wanted in a small population
	Bad        int64   `json:"bad,omitempty"`       // of these, differing or missing
	Undecided  int64   `json:"undecided,omitempty"` // of these, neither good nor bad
	// Objects lists the sample in the order of paths, up to 10,000.
	Objects []Sampled `json:"objects,omitempty"`
}

// Turn is what a rolling sample has covered.
type Turn struct {
	Seed  Seed      `json:"seed"`  // of the circle, which decides the draw
	Arc   Arc       `json:"arc"`   // of this verification, for Ledger.Cover
	Share float64   `json:"share"` // of the circle, with what was covered before
	Since time.Time `json:"since"` // the oldest of it
}

// Sampled is one object of the sample.
type Sampled struct {
	Path    string  `json:"path"`
	Outcome Outcome `json:"outcome"`
	Method  Method  `json:"method,omitempty"`
}

// Totals count the population and the drive.
type Totals struct {
	Objects   int64 `json:"objects"`           // of the population
	Bytes     int64 `json:"bytes"`             // of the population
	Sized     int64 `json:"sized"`             // of these objects, on the drive with the right size
	Files     int64 `json:"files"`             // on the drive, below the target directories
	Read      int64 `json:"read"`              // bytes read from the drive and hashed
	Markers   int64 `json:"markers"`           // outside the population: directory markers
	Newer     int64 `json:"newer"`             // outside the population: modified after the load, and not on the drive
	Own       int64 `json:"own"`               // ignored files of the file system and of ours
	Recovered int64 `json:"recovered"`         // files in the service's recovery directory
	Pending   int64 `json:"pending,omitempty"` // objects whose content was not come to, see Stopped
}

// Tally counts findings of one kind.
type Tally struct {
	Outcome Outcome `json:"outcome"`
	Reason  Reason  `json:"reason"`
	Method  Method  `json:"method,omitempty"`
	Class   Class   `json:"class,omitempty"`
	Witness Witness `json:"witness,omitempty"`
	// Accepted: a person has accepted these; they do not weigh in the verdict.
	Accepted bool  `json:"accepted,omitempty"`
	Files    int64 `json:"files"`
	Bytes    int64 `json:"bytes"` // on the drive
}

func newReport(r *Request) Report {
	report := Report{
		Format: reportFormat, Subject: r.About.Subject, Attempt: r.About.Attempt, Earlier: r.About.Earlier,
		Started: r.Runtime.Now().UTC(), Against: r.Population.Known, Ranges: r.Population.Ranges,
		LoadEnded: r.LoadEnded.UTC(), Seed: r.Draw.Seed, Reproduction: r.Draw.Reproduction,
		Tallies: []Tally{}, Findings: []Finding{},
	}
	report.Sample = newSample(r.Draw)
	return report
}

func newSample(d Draw) Sample {
	switch {
	case d.All:
		return Sample{All: true}
	case d.Count > 0:
		return Sample{Wanted: d.Count}
	case d.Confidence != nil:
		confidence, _ := d.Confidence.Float64()
		return Sample{Asked: d.amount(), Confidence: confidence}
	}
	return Sample{Asked: d.amount()}
}

// Confidence returns that of BadLimit, as a part of 1.
func (r Report) Confidence() float64 { return cmp.Or(r.Sample.Confidence, Confidence) }

// Count returns how many findings have the outcome.
func (r Report) Count(o Outcome) int64 {
	var n int64
	for _, t := range r.Tallies {
		if t.Outcome == o {
			n += t.Files
		}
	}
	return n
}

// Compared returns how many objects were compared by content, with a result.
func (r Report) Compared() int64 {
	n := r.Count(Match)
	for _, t := range r.Tallies {
		if t.Outcome == Differ && t.Reason == ContentDiffers {
			n += t.Files
		}
	}
	return n
}

// Verdict returns fail over incomplete over pass. Without any content compared it
// is never a pass.
func (r Report) Verdict() Verdict {
	verdict := Pass
	if r.Totals.Objects == 0 || r.Compared() == 0 || r.Stopped != "" {
		verdict = Incomplete
	}
	for _, t := range r.Tallies {
		if t.Accepted {
			continue
		}
		switch t.Outcome.Verdict() {
		case Fail:
			return Fail
		case Incomplete:
			verdict = Incomplete
		case Pass:
		}
	}
	return verdict
}

// Full reports whether the content of every object was compared.
func (r Report) Full() bool {
	return r.Totals.Objects > 0 && r.Compared() == r.Totals.Objects
}
