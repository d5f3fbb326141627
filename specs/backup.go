package specs

import (
	"github.com/cargomedia/s3export/specs/manifest"
)

// APIVersion and Kind head every Backup document.
const (
	APIVersion = "s3export.cargomedia.ch/v1alpha1"
	Kind       = "Backup"
)

// Backup is the wanted state of one offline copy on one device.
type Backup struct {
	// APIVersion is s3export.cargomedia.ch/v1alpha1.
	APIVersion string `json:"apiVersion"`
	// Kind is Backup.
	Kind string `json:"kind"`
	// Metadata identifies the backup.
	Metadata Metadata `json:"metadata"`
	// Spec is what is wanted.
	Spec Spec `json:"spec"`
}

// Metadata identifies a backup.
type Metadata struct {
	// Name is a DNS-1123 label; the identity of the backup, not the file's path.
	Name string `json:"name"`
	// Labels are free; -l selects by them.
	Labels map[string]string `json:"labels,omitempty"`
	// Annotations are free text for people and tools.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Spec is what is wanted of a backup.
type Spec struct {
	// Phase that is wanted: Prepared, Submitted, Labeled, Exported, Verified or
	// Canceled.
	Phase Phase `json:"phase"`
	// Run names one cycle from empty drive to verified copy; a new value starts a
	// new run, allowed once the one before has ended. Default "1".
	Run string `json:"run,omitempty"`
	// Set names what this is a copy of, beside others on other drives. The last proven
	// copy of a set is never erased.
	Set string `json:"set,omitempty"`
	// Suspend: look, but do nothing.
	Suspend bool `json:"suspend,omitempty"`
	// Provider fills the drive: exactly one member.
	Provider Provider `json:"provider"`
	// Manifest is AWS's export manifest; importExport only.
	Manifest *manifest.Manifest `json:"manifest,omitempty"`
	// ManifestFrom names an existing AWS manifest instead; importExport only.
	ManifestFrom *ManifestFrom `json:"manifestFrom,omitempty"`
	// Source says what is copied; pull only.
	Source *Source `json:"source,omitempty"`
	// Refresh says when the copy is made anew; pull only.
	Refresh *Refresh `json:"refresh,omitempty"`
	// Device is the drive.
	Device Device `json:"device"`
	// Preflight says what of the source is accepted before a job is made.
	Preflight Preflight `json:"preflight,omitempty"`
	// Paperwork says where labels and forms go.
	Paperwork Paperwork `json:"paperwork,omitempty"`
	// Verify says how the drive is proven.
	Verify Verify `json:"verify,omitempty"`
}

// Provider names the service that fills the drive: exactly one member.
type Provider struct {
	// ImportExport is AWS Import/Export Disk: the drive is shipped to AWS.
	ImportExport *ImportExport `json:"importExport,omitempty"`
	// Pull copies over the network onto the drive, which is attached to this host.
	Pull *Pull `json:"pull,omitempty"`
}

// ImportExport configures AWS Import/Export Disk.
type ImportExport struct {
	// Region of the buckets, such as us-east-1.
	Region string `json:"region"`
	// Profile of AWS's shared configuration files.
	Profile string `json:"profile,omitempty"`
	// Endpoint of the service, for the simulator.
	Endpoint string `json:"endpoint,omitempty"`
	// S3Endpoint of the buckets, for the simulator and S3-compatible servers.
	S3Endpoint string `json:"s3Endpoint,omitempty"`
}

// ManifestFrom names an existing AWS manifest text.
type ManifestFrom struct {
	// File is its path, relative to the spec file. Only generator is put in or
	// replaced; every other byte is kept.
	File string `json:"file"`
}

// Device selects and describes the drive: exactly one of Serial, WWN, ByID and
// Image.
type Device struct {
	// Serial number of the disk.
	Serial string `json:"serial,omitempty"`
	// WWN of the disk.
	WWN string `json:"wwn,omitempty"`
	// ByID is the name of a link in /dev/disk/by-id.
	ByID string `json:"byID,omitempty"`
	// Image is the path of a file that is used as a disk, relative to the spec
	// file.
	Image string `json:"image,omitempty"`
	// Size is a second check: with a unit within 2 %, plain bytes exactly.
	Size Size `json:"size,omitempty"`
	// Name is what is written on the sticker.
	Name string `json:"name,omitempty"`
	// Location is where the drive lives when it is not in use.
	Location string `json:"location,omitempty"`
	// Format is IfBlank (the default) or Never.
	Format Format `json:"format,omitempty"`
	// Replaces allows erasing exactly this older run of ours, found on the drive,
	// as NAME/RUN.
	Replaces string `json:"replaces,omitempty"`
	// Encryption of the volume that is made; pull only.
	Encryption *Encryption `json:"encryption,omitempty"`
}

// Format says whether the device may be formatted.
type Format string

// The values of Format.
const (
	FormatIfBlank Format = "IfBlank"
	FormatNever   Format = "Never"
)

// Preflight says what of the source is accepted before a job is made.
type Preflight struct {
	// Accept names what does not keep a job from being made, or a copy from ending:
	// ArchivedObjects (they will not be on the drive), CustomerKeys (the same, SSE-C),
	// TooLargeForDrive (the load ends when the drive is full); with pull also SourceShrank
	// and SourceChanged (what the guard would stop), and UnreadableObjects (listed, and not
	// given by the service).
	Accept []string `json:"accept,omitempty"`
}

// Paperwork says where labels and forms go.
type Paperwork struct {
	// Directory, relative to the spec file; the default is below the state
	// directory.
	Directory string `json:"directory,omitempty"`
	// Paper is A4 (the default) or Letter.
	Paper string `json:"paper,omitempty"`
	// From is the sender's address when it is not the return address.
	From *manifest.Address `json:"from,omitempty"`
	// Invoice holds what the pro-forma invoice asks for; with customs.
	Invoice *Invoice `json:"invoice,omitempty"`
}

// Verify says how the drive is proven.
type Verify struct {
	// Sample is what is compared by content: a number of files, a share of them (5%), an
	// amount of data (50GiB), all, rolling (each proof takes the part that was longest
	// unseen), or what is to be ruled out ({confidence: 99%, maxBad: 0.1%}). Presence and
	// size of every object are always compared. Default 100.
	Sample Sample `json:"sample,omitempty"`
	// MaxAge of a proof, such as 90d; after it the drive is verified again.
	// Without it a proof does not age.
	MaxAge Duration `json:"maxAge,omitempty"`
	// Against is what the drive is compared with: the bucket as it is now, the baseline
	// alone, which needs no network, or both. Without it that is the baseline, and the
	// bucket is asked where the baseline leaves something open.
	Against Against `json:"against,omitempty"`
	// Download is Never (the default), or IfNeeded: an object that no checksum proves is
	// fetched and compared, which costs its transfer.
	Download Download `json:"download,omitempty"`
	// Accept lists what a proof need not show, each with a reason and an end.
	Accept []Acceptance `json:"accept,omitempty"`
}
