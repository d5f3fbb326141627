package reconciler

// Reason is a CamelCase constant that scripts may rely on. Device refusals and
// job failures keep the reason of their own vocabulary.
type Reason string

// Reasons of waits.
const (
	ShipDrive          Reason = "ShipDrive"
	InTransitToService Reason = "InTransitToAWS"
	AtAWS              Reason = "AtAWS"
	InTransitBack      Reason = "InTransitBack"
	PlugInDrive        Reason = "PlugInDrive"
	ProofDue           Reason = "ProofDue"
	ProofPaused        Reason = "ProofPaused"
	Suspended          Reason = "Suspended"
	LookingForJob      Reason = "LookingForJob"
	UnknownJobState    Reason = "UnknownJobState"
	Retrying           Reason = "Retrying"
	DeviceBusy         Reason = "DeviceBusy"
	CustomsHold        Reason = "CustomsHold"
	RefreshDue         Reason = "RefreshDue"
	Restoring          Reason = "Restoring"
)

// Reasons of blocks, besides those of device refusals and job failures.
const (
	EraseNotAllowed        Reason = "EraseNotAllowed"
	PlanChanged            Reason = "PlanChanged"
	PhaseBehind            Reason = "PhaseBehind"
	RunUnderWay            Reason = "RunUnderWay"
	RunCanceled            Reason = "RunCanceled"
	DuplicateJobs          Reason = "DuplicateJobs"
	ServiceChanged         Reason = "ServiceChanged"
	JobLost                Reason = "JobLost"
	OtherJob               Reason = "OtherJob"
	ManifestRefused        Reason = "ManifestRefused"
	ManifestChanged        Reason = "ManifestChanged"
	DeviceIDMismatch       Reason = "DeviceIDMismatch"
	OtherDevice            Reason = "OtherDevice"
	NoFileSystem           Reason = "NoFileSystem"
	TooLateToCancel        Reason = "TooLateToCancel"
	NothingToVerify        Reason = "NothingToVerify"
	VerificationFailed     Reason = "VerificationFailed"
	VerificationIncomplete Reason = "VerificationIncomplete"
	SecretUnreadable       Reason = "SecretUnreadable"
	NoProgress             Reason = "NoProgress"
	AccessDenied           Reason = "AccessDenied"
	NotFound               Reason = "NotFound"
	Refused                Reason = "Refused"
	FileTrouble            Reason = "FileTrouble"
	GivenUp                Reason = "GivenUp"
	ParcelLost             Reason = "ParcelLost"
	PaperworkIncomplete    Reason = "PaperworkIncomplete"
	PaperworkUnprintable   Reason = "PaperworkUnprintable"
	NothingShipped         Reason = "NothingShipped"
	DriveClaimed           Reason = "DriveClaimed"
	DriveRetired           Reason = "DriveRetired"
	LastProvenCopy         Reason = "LastProvenCopy"
	DriveFull              Reason = "DriveFull"
	SelectionChanged       Reason = "SelectionChanged"
	ObjectsUncopied        Reason = "ObjectsUncopied"
	NothingToRepair        Reason = "NothingToRepair"
)

// Reasons of waits that take too long, besides CustomsHold.
const (
	Overdue     Reason = "Overdue"
	ExpiresSoon Reason = "ExpiresSoon"
)

// Reasons of conditions that hold no wait and no block.
const (
	reasonAccepted         Reason = "Accepted"
	reasonPrepared         Reason = "VolumeReady"
	reasonLoadedBySvc      Reason = "LoadedByService"
	reasonJobExists        Reason = "JobExists"
	reasonLabelKept        Reason = "LabelKept"
	reasonLoaded           Reason = "Loaded"
	reasonLoadedWithErrors Reason = "LoadedWithErrors"
	reasonFullContent      Reason = "FullContent"
	reasonSampledContent   Reason = "SampledContent"
	reasonProofExpired     Reason = "ProofExpired"
	reasonBaseline         Reason = "BaselineTaken"
	reasonNotYet           Reason = "NotYet"
	reasonDone             Reason = "PhaseReached"
)
