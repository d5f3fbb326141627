package reconciler

import (
	"fmt"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
)

// Effect says how bad a step can be.
type Effect int

// The effects, each worse than the one before. Reading is never an action.
const (
	EffectNote      Effect = iota // our own records
	EffectRemote                  // something at the service
	EffectOverwrite               // files on our own volume
	EffectErase                   // whatever was on the device
)

// String returns the word that plans print.
func (e Effect) String() string {
	switch e {
	case EffectNote:
		return "note"
	case EffectRemote:
		return "remote"
	case EffectOverwrite:
		return "overwrite"
	case EffectErase:
		return "erase"
	}
	return fmt.Sprintf("Effect(%d)", int(e))
}

// Action is one step. The set is closed; StepOf says what each one is.
//
//sumtype:decl
type Action interface{ action() }

// FormatVolume erases the device and makes our volume on it.
type FormatVolume struct {
	Claim  device.Claim
	Device device.Identity
	Path   string
	Found  string
	Volume device.VolumeID
}

// AdoptVolume records that the volume is there: finished before a kill, or
// somebody else's with format: Never.
type AdoptVolume struct {
	Device   device.Identity
	GUID     string
	UUID     string
	Existing bool
	Of       string // the older run that it was made for, with which this one goes on
}

// TakeBaseline keeps the listing of what the load selects, which was made to decide.
type TakeBaseline struct {
	Fact BaselineFact
}

// CloseBaseline lists the source at the load's end and merges that into the listing
// that was taken before.
type CloseBaseline struct{}

// CreateJob makes the job at the service.
type CreateJob struct {
	DeviceID string
}

// AdoptJob records a job that carries our mark, or that the caller names.
type AdoptJob struct {
	Job   providers.Job
	Named bool
}

// UpdateJob replaces the job's manifest.
type UpdateJob struct {
	ID       providers.JobID
	DeviceID string
}

// WriteSignature puts the job's SIGNATURE on the volume.
type WriteSignature struct {
	ID             providers.JobID
	Text           string
	FileSystemUUID string
	Wrong          bool // another SIGNATURE is there
}

// FetchLabel has the service make the shipping label and keeps the PDF. Several jobs
// have one label: their drives travel in one parcel.
type FetchLabel struct {
	IDs []providers.JobID
}

// MakePaperwork makes the other papers of the parcel.
type MakePaperwork struct{}

// RecordLoad records that the service has ended the load.
type RecordLoad struct {
	Job providers.Job
}

// KeepLog fetches the service's log of the load.
type KeepLog struct {
	Bucket, Key string
}

// Fill copies the data onto the attached device.
type Fill struct {
	Objects int64 // of the baseline
	Bytes   int64
	Repair  string // the report of a proof, whose bad files are fetched again; empty: none
}

// Verify proves the device against the source.
type Verify struct {
	Attempt int  // from 1
	Resume  bool // an earlier attempt was interrupted
}

// CancelJob cancels the job at the service.
type CancelJob struct {
	ID providers.JobID
}

// GiveUpLost cancels the job of an older run whose parcel was lost.
type GiveUpLost struct {
	Run string
	ID  providers.JobID
}

// RecordCanceled records that the run has ended on purpose.
type RecordCanceled struct {
	ID providers.JobID
}

func (FormatVolume) action()   {}
func (AdoptVolume) action()    {}
func (TakeBaseline) action()   {}
func (CloseBaseline) action()  {}
func (CreateJob) action()      {}
func (AdoptJob) action()       {}
func (UpdateJob) action()      {}
func (WriteSignature) action() {}
func (FetchLabel) action()     {}
func (MakePaperwork) action()  {}
func (RecordLoad) action()     {}
func (KeepLog) action()        {}
func (Fill) action()           {}
func (Verify) action()         {}
func (CancelJob) action()      {}
func (GiveUpLost) action()     {}
func (RecordCanceled) action() {}

// The names of the actions, as intents hold them.
const (
	nameFormatVolume   = "FormatVolume"
	nameAdoptVolume    = "AdoptVolume"
	nameTakeBaseline   = "TakeBaseline"
	nameCloseBaseline  = "CloseBaseline"
	nameCreateJob      = "CreateJob"
	nameAdoptJob       = "AdoptJob"
	nameUpdateJob      = "UpdateJob"
	nameWriteSignature = "WriteSignature"
	nameFetchLabel     = "FetchLabel"
	nameMakePaperwork  = "MakePaperwork"
	nameRecordLoad     = "RecordLoad"
	nameKeepLog        = "KeepLog"
	nameFill           = "Fill"
	nameVerify         = "Verify"
	nameCancelJob      = "CancelJob"
	nameGiveUpLost     = "GiveUpLost"
	nameRecordCanceled = "RecordCanceled"
)

// Step says what an action is: its constant name, how bad it can be, and what is
// done to what in a line that plans print.
type Step struct {
	Name   string
	Effect Effect
	Text   string
}

// StepOf is the one table of actions.
func StepOf(a Action) Step {
	switch a := a.(type) {
	case FormatVolume:
		return Step{nameFormatVolume, EffectErase, fmt.Sprintf("erase %s (%s; now: %s) and make our ext4 volume %s on it", a.Device.Name(), device.FormatSize(a.Device.Size), a.Found, a.Volume.Label)}
	case AdoptVolume:
		if a.Of != "" {
			return Step{nameAdoptVolume, EffectNote, fmt.Sprintf("go on with the volume of run %s that is on %s", a.Of, a.Device.Name())}
		}
		if a.Existing {
			return Step{nameAdoptVolume, EffectNote, fmt.Sprintf("use the ext4 file system %s that is on %s", a.UUID, a.Device.Name())}
		}
		return Step{nameAdoptVolume, EffectNote, fmt.Sprintf("record our volume that is on %s already", a.Device.Name())}
	case TakeBaseline:
		return Step{nameTakeBaseline, EffectNote, "keep the listing of what the load selects as the baseline"}
	case CloseBaseline:
		return Step{nameCloseBaseline, EffectNote, "list the source again, now that the load has ended"}
	case CreateJob:
		return Step{nameCreateJob, EffectRemote, "create the export job for device " + a.DeviceID}
	case AdoptJob:
		return Step{nameAdoptJob, EffectNote, adoptText(a)}
	case UpdateJob:
		return Step{nameUpdateJob, EffectRemote, "update the manifest of job " + string(a.ID)}
	case WriteSignature:
		return Step{nameWriteSignature, EffectOverwrite, signatureText(a)}
	case FetchLabel:
		return Step{nameFetchLabel, EffectRemote, "have the shipping label of " + jobsText(a.IDs) + " made and keep it"}
	case MakePaperwork:
		return Step{nameMakePaperwork, EffectNote, "make the other papers of the parcel"}
	case RecordLoad:
		return Step{nameRecordLoad, EffectNote, loadText(a)}
	case KeepLog:
		return Step{nameKeepLog, EffectNote, "keep the service's log s3://" + a.Bucket + "/" + a.Key}
	case Fill:
		return Step{nameFill, EffectOverwrite, fillText(a)}
	case Verify:
		return Step{nameVerify, EffectNote, verifyText(a)}
	case CancelJob:
		return Step{nameCancelJob, EffectRemote, "cancel job " + string(a.ID)}
	case GiveUpLost:
		return Step{nameGiveUpLost, EffectRemote, fmt.Sprintf("cancel job %s of run %s, whose parcel was lost", a.ID, a.Run)}
	case RecordCanceled:
		return Step{nameRecordCanceled, EffectNote, "record that the run is canceled"}
	}
	return Step{Name: fmt.Sprintf("%T", a), Effect: EffectErase}
}

func adoptText(a AdoptJob) string {
	if a.Named {
		return "take over job " + string(a.Job.ID) + ", which was named"
	}
	return "adopt job " + string(a.Job.ID) + ", which carries our mark"
}

func signatureText(a WriteSignature) string {
	if a.Wrong {
		return "put the SIGNATURE of job " + string(a.ID) + " in place of a wrong one on our volume"
	}
	return "write the SIGNATURE of job " + string(a.ID) + " onto the volume"
}

func jobsText(ids []providers.JobID) string {
	if len(ids) == 1 {
		return "job " + string(ids[0])
	}
	text := "jobs"
	for i, id := range ids {
		if i > 0 {
			text += ","
		}
		text += " " + string(id)
	}
	return text
}

func fillText(a Fill) string {
	if a.Repair != "" {
		return "fetch again what " + a.Repair + " names as bad"
	}
	return fmt.Sprintf("copy what is not on the drive yet of %s (%s)", objects(a.Objects), device.FormatSize(a.Bytes))
}

func loadText(a RecordLoad) string {
	if a.Job.Location == providers.Returned {
		return "record that the drive was loaded and sent back"
	}
	return "record that the load has ended"
}

func verifyText(a Verify) string {
	if a.Resume {
		return fmt.Sprintf("go on with verification %d", a.Attempt)
	}
	return fmt.Sprintf("verify the drive against its baseline (proof %d of this run)", a.Attempt)
}
