package jobs

import (
	"time"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

// Lifetime is how long a job waits for its device (Developer Guide: a job expires
// 30 days after its creation).
const Lifetime = 30 * 24 * time.Hour

// DailyQuota is how many jobs an account may create in a UTC day.
const DailyQuota = 50

// MaxListed is the most and the default number of jobs of one ListJobs answer.
const MaxListed = 1000

// The job types.
const (
	Export = "Export"
	Import = "Import"
)

// LocationCode values.
const (
	NotReceived = "NotReceived"
	AtAWS       = "AtAWS"
	Returned    = "Returned"
)

// ProgressCode values.
const (
	Pending                = "Pending"
	InProgress             = "InProgress"
	Complete               = "Complete"
	SuccessWithErrors      = "SuccessWithErrors"
	Canceled               = "Canceled"
	Expired                = "Expired"
	DeviceError            = "DeviceError"
	MissingDevice          = "MissingDevice"
	MissingSignature       = "MissingSignature"
	InvalidSignature       = "InvalidSignature"
	UnsupportedDeviceType  = "UnsupportedDeviceType"
	UnsupportedFileFormat  = "UnsupportedFileFormat"
	UnsupportedPowerSupply = "UnsupportedPowerSupply"
)

// Job is one job of an account. Copies share the manifest's slices, which nobody
// changes.
type Job struct {
	ID      string
	Owner   string // access key id
	Type    string // Export or Import
	Created time.Time
	// Text is the manifest as it was sent, secrets included.
	Text     secret.Value
	Manifest manifest.Manifest

	Codes
	Carrier, TrackingNumber string // of the way back
	LogBucket, LogKey       string // once the log is written
	ErrorCount              int
}

// Codes say where a job's device is and how far its work is.
type Codes struct {
	LocationCode    string `json:"locationCode,omitempty"`
	LocationMessage string `json:"locationMessage,omitempty"`
	ProgressCode    string `json:"progressCode,omitempty"`
	ProgressMessage string `json:"progressMessage,omitempty"`
}

// Over returns base with the members that c has put in their place.
func (c Codes) Over(base Codes) Codes {
	for _, m := range []struct {
		to   *string
		from string
	}{
		{&base.LocationCode, c.LocationCode},
		{&base.LocationMessage, c.LocationMessage},
		{&base.ProgressCode, c.ProgressCode},
		{&base.ProgressMessage, c.ProgressMessage},
	} {
		if m.from != "" {
			*m.to = m.from
		}
	}
	return base
}

// Locate sets the location code and AWS's message for it.
func (c *Codes) Locate(code, message string) { c.LocationCode, c.LocationMessage = code, message }

// Progress sets the progress code and its message.
func (c *Codes) Progress(code, message string) { c.ProgressCode, c.ProgressMessage = code, message }

// newCodes are those of a job that was just created.
func newCodes() Codes {
	return Codes{
		NotReceived, "AWS has not received your device.",
		Pending, "The specified job has not started.",
	}
}

// SignatureText is the exact content of the job's SIGNATURE file.
func (j Job) SignatureText() string { return SignatureFile(j.ID, j.signature()) }

func (j Job) signature() string {
	return Signature(signingSecret, j.ID, j.Text.Reveal())
}

// shippingAddress is where the device goes, in the form of the editions before the
// shipping label. The place is made up: nothing may be sent there.
func (j Job) shippingAddress() string {
	return "AWS Import/Export\nJOBID " + j.ID + "\n1 Simulator Way\nNowhere"
}

// waits reports whether the device can still arrive in time.
func (j Job) waits() bool { return j.LocationCode == NotReceived && j.ProgressCode == Pending }

// started reports whether the transfer has begun or has come to an end.
func (j Job) started() bool { return j.ProgressCode != Pending }

// expired returns j as it is at now.
func (j Job) expired(now time.Time) Job {
	if j.waits() && !now.Before(j.Created.Add(Lifetime)) {
		j.Progress(Expired, "The specified job has expired.")
	}
	return j
}
