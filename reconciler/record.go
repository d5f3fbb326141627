package reconciler

import (
	"slices"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// RecordVersion is the format version of a Record.
const RecordVersion = 1

// Record is what the journal keeps of one backup. It never holds a manifest, a
// SIGNATURE or a secret.
type Record struct {
	FormatVersion int       `json:"formatVersion"`
	Name          string    `json:"name"`
	SpecFile      string    `json:"specFile,omitempty"` // where the spec was last read from
	SpecDigest    string    `json:"specDigest,omitempty"`
	Generation    int64     `json:"generation"` // raised with each new digest
	SecretNames   []string  `json:"secretNames,omitempty"`
	UpdatedAt     time.Time `json:"updatedAt"`

	Phase      specs.Phase `json:"phase"`
	Hold       *Hold       `json:"hold,omitempty"`
	Trouble    *Trouble    `json:"trouble,omitempty"`
	Conditions []Condition `json:"conditions,omitempty"`
	Runs       []Run       `json:"runs,omitempty"` // oldest first
	Events     []Event     `json:"events,omitempty"`

	// Version is the store's own; Save refuses a record that is not the newest.
	Version string `json:"-"`
}

// Run is one cycle from an empty drive to a verified copy.
type Run struct {
	Name      string         `json:"name"`
	StartedAt time.Time      `json:"startedAt"`
	Wanted    specs.Phase    `json:"wanted"` // the furthest phase ever wanted
	Mark      providers.Mark `json:"mark,omitempty"`
	Intent    *Intent        `json:"intent,omitempty"`
	LookedUp  *time.Time     `json:"lookedUp,omitempty"` // first empty look-up after an unfinished CreateJob; service's clock

	Volume    *VolumeFact    `json:"volume,omitempty"`
	Baseline  *BaselineFact  `json:"baseline,omitempty"`
	Job       *JobFact       `json:"job,omitempty"`
	Signature *SignatureFact `json:"signature,omitempty"`
	Label     *LabelFact     `json:"label,omitempty"`
	Paperwork *PaperworkFact `json:"paperwork,omitempty"`
	Journey   *JourneyFact   `json:"journey,omitempty"`
	Told      []Told         `json:"told,omitempty"` // oldest first
	Load      *LoadFact      `json:"load,omitempty"`
	Log       *LogFact       `json:"log,omitempty"`
	Proofs    []Proof        `json:"proofs,omitempty"` // oldest first
	Failed    *FailedFact    `json:"failed,omitempty"`
	Canceled  *CanceledFact  `json:"canceled,omitempty"`
}

// Intent is a step that was about to be taken; without its fact it may or may not
// have happened.
type Intent struct {
	Action string    `json:"action"` // the action's name
	At     time.Time `json:"at"`     // local clock
	// ServiceAt is the same moment on the service's clock, where it is known.
	ServiceAt time.Time `json:"serviceAt,omitzero"`
	// Service says where, and as whom, it was to be done.
	Service string `json:"service,omitempty"`
	// Proof is the verification that was about to run.
	Proof *ProofPlan `json:"proof,omitempty"`
}

// VolumeFact says that our volume is on the device.
type VolumeFact struct {
	At            time.Time       `json:"at"`
	Device        device.Identity `json:"device"`
	PartitionGUID string          `json:"partitionGUID,omitempty"`
	UUID          string          `json:"uuid"`
	Existing      bool            `json:"existing,omitempty"` // format: Never, somebody else's file system
	Of            string          `json:"of,omitempty"`       // the older run that it was made for, with which this one goes on
}

// BaselineFact says that the listing of what the load selects is kept.
type BaselineFact struct {
	At       time.Time `json:"at"`
	File     string    `json:"file"` // in the run's directory
	Digest   string    `json:"digest"`
	Ranges   string    `json:"ranges,omitempty"` // digest of what the load selects
	Objects  int64     `json:"objects"`
	Bytes    int64     `json:"bytes"`
	Complete bool      `json:"complete"` // taken again when the load had ended
	Survey   *Survey   `json:"survey,omitempty"`
}

// JobFact says that the job exists.
type JobFact struct {
	ID        providers.JobID `json:"id"`
	CreatedAt time.Time       `json:"createdAt"` // service's clock
	// ExpiresAt is when it ends if the drive has not arrived; service's clock.
	ExpiresAt time.Time `json:"expiresAt,omitzero"`
	DeviceID  string    `json:"deviceID,omitempty"`
	Adopted   bool      `json:"adopted,omitempty"` // found by its mark
}

// SignatureFact says that the job's SIGNATURE is on the volume, read back byte for byte.
type SignatureFact struct {
	At     time.Time `json:"at"`
	SHA256 string    `json:"sha256"`
}

// LabelFact says that the shipping label is on disk.
type LabelFact struct {
	At      time.Time         `json:"at"`
	File    string            `json:"file"`
	SHA256  string            `json:"sha256"`
	Warning string            `json:"warning,omitempty"`
	Jobs    []providers.JobID `json:"jobs,omitempty"` // all that it is for
}

// LoadFact says that the data are on the device.
type LoadFact struct {
	EndedAt    time.Time  `json:"endedAt"` // service's clock; no later than this
	WithErrors bool       `json:"withErrors,omitempty"`
	ErrorCount int        `json:"errorCount,omitempty"`
	LogBucket  string     `json:"logBucket,omitempty"`
	LogKey     string     `json:"logKey,omitempty"`
	ReturnedAt *time.Time `json:"returnedAt,omitempty"` // service's clock; nil while it has the drive
	Carrier    string     `json:"carrier,omitempty"`
	Tracking   string     `json:"tracking,omitempty"`
	Copied     *CopyFact  `json:"copied,omitempty"` // where this host has copied
}

// ProofPlan is a verification before its first byte is read.
type ProofPlan struct {
	Report       string `json:"report"`                 // file in the run's directory
	Seed         string `json:"seed"`                   // hex
	Reproduction bool   `json:"reproduction,omitempty"` // the seed was chosen by a person
	Sample       string `json:"sample"`
	Attempt      int    `json:"attempt"` // from 1, in this run
}

// Proof is a verification's verdict with its report.
type Proof struct {
	ProofPlan
	At         time.Time       `json:"at"`
	Verdict    verify.Verdict  `json:"verdict"`
	Full       bool            `json:"full"` // content of all was compared
	Summary    string          `json:"summary"`
	SpecDigest string          `json:"specDigest"`
	Device     device.Identity `json:"device"`
	// Baseline is the run's from then on: it holds the checksums of what was read.
	Baseline *BaselineFact `json:"baseline,omitempty"`
}

// FailedFact says that the service ended the job badly: failed, expired, or
// canceled by somebody else.
type FailedFact struct {
	At       time.Time          `json:"at"` // service's clock, when it was first seen
	Progress providers.Progress `json:"progress"`
	Reason   string             `json:"reason,omitempty"`
}

// CanceledFact says that the run was ended on purpose.
type CanceledFact struct {
	At  time.Time       `json:"at"`
	Job providers.JobID `json:"job,omitempty"`
}

// Event is a line of the history.
type Event struct {
	At      time.Time `json:"at"`
	Run     string    `json:"run"`
	Reason  string    `json:"reason"`
	Message string    `json:"message"`
}

const keepEvents = 100

// Run returns the run of that name, or an empty one.
func (r Record) Run(name string) Run {
	for i := range r.Runs {
		if r.Runs[i].Name == name {
			return r.Runs[i]
		}
	}
	return Run{Name: name}
}

// Latest returns the newest run and whether there is one.
func (r Record) Latest() (Run, bool) {
	if len(r.Runs) == 0 {
		return Run{}, false
	}
	return r.Runs[len(r.Runs)-1], true
}

// rival returns the newest run that is named so or has done anything: one that was
// only wished for keeps no other from going on.
func (r Record) rival(name string) (Run, bool) {
	for _, run := range slices.Backward(r.Runs) {
		if run.Name == name || !run.idle() {
			return run, true
		}
	}
	return Run{}, false
}

// hasRun reports whether the run was ever begun.
func (r Record) hasRun(name string) bool {
	return slices.ContainsFunc(r.Runs, func(run Run) bool { return run.Name == name })
}

// attempts returns how often the step has failed in a row.
func (r Record) attempts(step string) int {
	if r.Trouble == nil || r.Trouble.Step != step {
		return 0
	}
	return r.Trouble.Attempts
}

// put returns the record with the run in place of the one of its name, or added.
func (r Record) put(run Run) Record {
	runs := make([]Run, 0, len(r.Runs)+1)
	found := false
	for _, old := range r.Runs {
		if old.Name == run.Name {
			old, found = run, true
		}
		runs = append(runs, old)
	}
	if !found {
		runs = append(runs, run)
	}
	r.Runs = runs
	return r
}

// note returns the record with an event added, the oldest dropped.
func (r Record) note(e Event) Record {
	r.Events = keepNewest(append(append([]Event(nil), r.Events...), e))
	return r
}

func keepNewest(events []Event) []Event { return events[max(0, len(events)-keepEvents):] }

// LatestProof returns the newest proof and whether there is one.
func (r Run) LatestProof() (Proof, bool) {
	if len(r.Proofs) == 0 {
		return Proof{}, false
	}
	return r.Proofs[len(r.Proofs)-1], true
}

// Pending reports whether the step of that name was about to be taken and no fact
// says that it was.
func (r Run) Pending(action string) bool { return r.Intent != nil && r.Intent.Action == action }

// Returned reports whether the drive is back from the service, or never left.
func (r Run) Returned() bool { return r.Load != nil && r.Load.ReturnedAt != nil }

// Ended reports whether a new run may begin: nothing is at the service and nothing
// is on its way.
func (r Run) Ended() bool {
	return r.Canceled != nil || r.Failed != nil || r.Returned() || r.Lost() || (r.Job == nil && r.Intent == nil && r.Load == nil)
}

// MayShip reports whether nothing is known that makes shipping the drive pointless:
// a job that was canceled, or that the service has ended badly.
func (r Run) MayShip() bool { return r.Canceled == nil && r.Failed == nil }

// generation returns the generation of a spec with this digest: that of the record
// when it is the same, else the next.
func (r Record) generation(digest string) int64 {
	if r.SpecDigest == digest {
		return r.Generation
	}
	return r.Generation + 1
}
