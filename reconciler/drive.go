package reconciler

import (
	"context"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/verify"
)

// DriveVersion is the format version of a DriveRecord.
const DriveVersion = 1

// Drives keeps what is known of each drive. It is safe for concurrent use, also by
// several processes.
type Drives interface {
	// Drive returns the record of the drive with this identity, an empty one for a drive
	// that was never seen.
	Drive(ctx context.Context, i device.Identity) (DriveRecord, error)
	// SaveDrive makes the record durable and returns it with its key and new version. One
	// that is not the newest is refused.
	SaveDrive(ctx context.Context, d DriveRecord) (DriveRecord, error)
	// LockDrives keeps every other process from taking a drive until it is released.
	LockDrives(ctx context.Context) (release func() error, err error)
	// ListDrives returns all records, sorted by key. One that cannot be read does not hide
	// the others: they are returned beside the error.
	ListDrives(ctx context.Context) ([]DriveRecord, error)
}

// DriveRecord is what is known of one drive. It outlives the specs and the records of
// backups, and never holds a manifest, a SIGNATURE or a secret.
type DriveRecord struct {
	FormatVersion int             `json:"formatVersion"`
	Key           string          `json:"key"` // name of its directory, made of the serial number
	Identity      device.Identity `json:"identity"`
	Name          string          `json:"name,omitempty"`     // on the sticker: spec.device.name
	Home          string          `json:"home,omitempty"`     // where it lives: spec.device.location
	Location      string          `json:"location,omitempty"` // where a person has said that it is
	Holds         *Holding        `json:"holds,omitempty"`    // the newest run on it; nil: none of ours
	Seen          *Sighting       `json:"seen,omitempty"`     // the last time that it was plugged in
	Retired       *Retirement     `json:"retired,omitempty"`
	Events        []Event         `json:"events,omitempty"`

	// Version is the store's own; SaveDrive refuses a record that is not the newest.
	Version string `json:"-"`
}

// Holding is the run that a drive was prepared for, and what became of it.
type Holding struct {
	Backup        string     `json:"backup"`
	Run           string     `json:"run"`
	Set           string     `json:"set,omitempty"` // spec.set
	SpecFile      string     `json:"specFile,omitempty"`
	Since         time.Time  `json:"since"`
	Ranges        string     `json:"ranges,omitempty"`        // digest of what is copied: another part is no other copy
	PartitionGUID string     `json:"partitionGUID,omitempty"` // of the volume that we made
	CopiedAt      *time.Time `json:"copiedAt,omitempty"`      // end of the load
	Proof         *HeldProof `json:"proof,omitempty"`         // the latest
	// ClearedAt is when the drive was first seen to be blank again.
	ClearedAt *time.Time `json:"clearedAt,omitempty"`
	// Ended: the run is not under way any more; its copy may still be there.
	Ended bool `json:"ended,omitempty"`
	// SecretNames say where the keys to the drive are, never what they are.
	SecretNames []string `json:"secretNames,omitempty"`
}

// HeldProof is the latest proof of what a drive holds.
type HeldProof struct {
	At      time.Time      `json:"at"`
	Verdict verify.Verdict `json:"verdict"`
	Full    bool           `json:"full,omitempty"` // content of all was compared
	Report  string         `json:"report"`         // in the run's directory
	DueAt   time.Time      `json:"dueAt,omitzero"` // when it is too old: spec.verify.maxAge
}

// Sighting says when and where a drive was last plugged in.
type Sighting struct {
	At   time.Time `json:"at"`
	Path string    `json:"path"`
	Host string    `json:"host,omitempty"`
}

// Retirement is what a person has said of a drive that is not to be used any more.
type Retirement struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// RunName is how spec.device.replaces names a run.
func (h Holding) RunName() string { return h.Backup + "/" + h.Run }

// Proven reports whether the latest proof of the copy has passed, however old it is.
func (h *Holding) Proven() bool {
	return h != nil && h.ClearedAt == nil && h.Proof != nil && h.Proof.Verdict == verify.Pass
}

// Place is where the drive is, as far as anybody has said.
func (d DriveRecord) Place() string {
	if d.Location != "" {
		return d.Location
	}
	return d.Home
}

// Note returns the record with an event added, the oldest dropped.
func (d DriveRecord) Note(e Event) DriveRecord {
	d.Events = keepNewest(append(append([]Event(nil), d.Events...), e))
	return d
}
