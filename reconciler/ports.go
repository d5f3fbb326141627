package reconciler

import (
	"context"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs"
)

// JobReader looks at a service. Nothing it does changes anything there.
type JobReader interface {
	// Job returns the job as it is now. A job that was canceled or has expired is
	// returned as such; one that is not known is a NotFound error.
	Job(ctx context.Context, id providers.JobID) (providers.Job, error)
	// FindJobs returns the jobs that carry the mark and are not canceled, of those
	// created after since (zero: of all).
	FindJobs(ctx context.Context, m providers.Mark, since time.Time) (providers.Found, error)
	// Check has the service validate the request, and returns its remark.
	Check(ctx context.Context, r providers.JobRequest) (string, error)
}

// JobWriter changes something at a service.
type JobWriter interface {
	// CreateJob is not idempotent. An OutcomeUnknown error means that the job may
	// exist: look for its mark before calling again.
	CreateJob(ctx context.Context, r providers.JobRequest) (providers.Job, error)
	// UpdateJob replaces the manifest; a repeat is safe.
	UpdateJob(ctx context.Context, id providers.JobID, r providers.JobRequest) error
	// CancelJob is done when the job is canceled already; a repeat is safe.
	CancelJob(ctx context.Context, id providers.JobID) error
	// Label has one label made for the jobs; a repeat is safe.
	Label(ctx context.Context, ids []providers.JobID, from providers.Address) (providers.Label, error)
}

// Surveyor looks at the source.
type Surveyor interface {
	// Survey lists what the load selects and looks at the buckets. Where the caller
	// may write, the listing is kept as the run's baseline; a repeat is safe. It says what
	// has become of the objects of the copies that are on the drive, the newest first.
	Survey(ctx context.Context, d specs.Document, before []PriorCopy) (BaselineFact, error)
}

// PriorCopy is what an older run has left on the drive.
type PriorCopy struct {
	Run      string
	Baseline BaselineFact
}

// DiskReader looks at devices and never writes to one.
type DiskReader interface {
	// Inspect says what the selected device is and holds; its error is that of ctx.
	Inspect(ctx context.Context, s device.Selector) (device.State, error)
}

// DiskWriter writes to devices.
type DiskWriter interface {
	// Format erases what the claim covers, after checking it again under a lock.
	Format(ctx context.Context, c device.Claim, v device.VolumeID) error
	// WriteSignature puts the SIGNATURE file at the root and reads it back from the
	// medium; a repeat is safe.
	WriteSignature(ctx context.Context, t device.SignatureTarget, text []byte) error
}

// Encrypter makes encrypted volumes.
type Encrypter interface {
	// FormatEncrypted is DiskWriter.Format with the file system in a LUKS2 volume that each
	// of the keys opens.
	FormatEncrypted(ctx context.Context, c device.Claim, v device.VolumeID, keys []device.Key) error
}

// Journal keeps records. It is safe for concurrent use.
type Journal interface {
	// Load returns the record, an empty one for a backup that was never seen.
	Load(ctx context.Context, backup string) (Record, error)
	// Save makes the record durable before it returns, and returns it with its new
	// version. A record that is not the newest is refused.
	Save(ctx context.Context, r Record) (Record, error)
	// Lock keeps every other run off this backup, or says who holds it.
	Lock(ctx context.Context, backup string) (release func() error, err error)
}

// Evidence keeps what a run leaves behind: baselines, logs, reports. Files are
// written atomically; a repeat is safe.
type Evidence interface {
	// CloseBaseline lists the source again and closes start, which was taken when the
	// job was made.
	CloseBaseline(ctx context.Context, d specs.Document, start BaselineFact) (BaselineFact, error)
	// KeepLog fetches the service's log of the load, and reads it.
	KeepLog(ctx context.Context, d specs.Document, l LoadFact) (LogFact, error)
	// Prove verifies the device and writes the report that the run's intent plans. A
	// report that is there already is the result.
	Prove(ctx context.Context, d specs.Document, s device.Selector, on device.Identity, run Run) (Proof, error)
}

// Papers keeps what goes with a parcel. Files are written atomically; a repeat is
// safe and gives the same.
type Papers interface {
	// KeepLabel fetches the label's PDF.
	KeepLabel(ctx context.Context, d specs.Document, ids []providers.JobID, l providers.Label) (LabelFact, error)
	// Paperwork makes the other papers of the run's parcel, beside the label.
	Paperwork(ctx context.Context, d specs.Document, run Run) (PaperworkFact, error)
}

// Filler copies the source onto the attached device, for providers whose traits
// say that we fill it.
type Filler interface {
	// Fill brings the volume in line with the run's baseline: what is there and was
	// copied before is not fetched again. An interrupted one goes on. What is full is a
	// *FullError.
	Fill(ctx context.Context, d specs.Document, o FillOrder) (Filled, error)
}

// FillOrder says what is to be copied, and onto what.
type FillOrder struct {
	Run    Run // with its baseline
	Device device.Identity
	Volume device.VolumeID
	// Repair is the report of a proof of this run: the files that it names as bad are
	// fetched again. Empty: none.
	Repair string
}

// Filled is what a copy has come to.
type Filled struct {
	Load     LoadFact
	Baseline BaselineFact // of what is on the drive now, complete
}

// Clock tells the local time.
type Clock func() time.Time
