package verify

// Reason says why a finding has its outcome; a closed set for each outcome.
type Reason string

// The reasons.
const (
	Equal             Reason = "Equal"             // to the newest listing
	ChangedSince      Reason = "ChangedSince"      // the object was overwritten after the listing that is asked
	DeletedSince      Reason = "DeletedSince"      // the object was deleted after the listing that is asked
	OldVersion        Reason = "OldVersion"        // to an older version, which the bucket keeps
	NewVersion        Reason = "NewVersion"        // to what S3 holds now, which is not what is listed
	SizeDiffers       Reason = "SizeDiffers"       // found without reading
	ContentDiffers    Reason = "ContentDiffers"    // found by reading
	NotAFile          Reason = "NotAFile"          // a link, a device or the like
	NotThere          Reason = "NotThere"          // in range, and not on the drive
	Archived          Reason = "Archived"          // in a class that no service exports
	FailedByService   Reason = "FailedByService"   // the service's log says that it was not loaded
	NewerThanLoad     Reason = "NewerThanLoad"     // modified after the load had ended
	CreatedDuringLoad Reason = "CreatedDuringLoad" // so the load need not have seen it
	DeletedDuringLoad Reason = "DeletedDuringLoad" // so the load need not have seen it
	ChangedDuringLoad Reason = "ChangedDuringLoad" // the load may have seen a state that no listing holds
	NotListed         Reason = "NotListed"         // S3 does not hold it, and there is no baseline to ask
	EncryptedETag     Reason = "EncryptedETag"     // SSE-KMS or SSE-C: the ETag is no MD5
	NoChecksum        Reason = "NoChecksum"        // the ETag has no form that content can be compared with
	PartSizeUnknown   Reason = "PartSizeUnknown"   // the endpoint does not tell the parts
	UnevenParts       Reason = "UnevenParts"       // the parts are not all of the first one's size
	SourceNotAsked    Reason = "SourceNotAsked"    // verified without a source
	Renamed           Reason = "Renamed"           // ext4 cannot hold the key; the service gives the file another name
	NameTaken         Reason = "NameTaken"         // another key leads to this path or to a directory in it
	ReadError         Reason = "ReadError"         // the drive did not give the bytes
	DirectoryError    Reason = "DirectoryError"    // the directory could not be listed
	SourceError       Reason = "SourceError"       // the source did not answer
	VersionsNotTold   Reason = "VersionsNotTold"   // it is not what is listed, and the source did not answer whether it is another version
	Unknown           Reason = "Unknown"           // below a target directory, and not in the baseline
	OutsideRange      Reason = "OutsideRange"      // below a target directory, under a name that no range selects
)

// Reasons returns the reasons that an outcome can have.
func Reasons(o Outcome) []Reason {
	switch o {
	case Match:
		return []Reason{Equal, ChangedSince, DeletedSince, OldVersion, NewVersion}
	case Differ:
		return []Reason{SizeDiffers, ContentDiffers, NotAFile}
	case MissingOnDevice:
		return []Reason{NotThere, Archived, FailedByService}
	case ChangedAfterExport:
		return []Reason{NewerThanLoad, CreatedDuringLoad, DeletedDuringLoad, ChangedSince}
	case MissingOnSource:
		return []Reason{NotListed, DeletedSince}
	case Unverifiable:
		return []Reason{EncryptedETag, NoChecksum, PartSizeUnknown, UnevenParts, ChangedSince,
			DeletedSince, ChangedDuringLoad, SourceNotAsked, Renamed, NameTaken}
	case Failure:
		return []Reason{ReadError, DirectoryError, SourceError, VersionsNotTold}
	case Extra:
		return []Reason{Unknown, OutsideRange}
	}
	return nil
}

// Unanswered reports whether the source did not answer: another time it may.
func (r Reason) Unanswered() bool { return r == SourceError || r == VersionsNotTold }

// Remedy returns what a person can do about a finding; empty only for a match.
func Remedy(o Outcome, r Reason) string {
	switch o {
	case Match:
		return ""
	case Differ:
		return "do not trust this file: keep the objects in S3, copy them again and verify again"
	case MissingOnDevice:
		return missingRemedy(r)
	case ChangedAfterExport:
		return changedRemedy(r)
	case MissingOnSource:
		return "it was deleted from S3 or never there; verify against the baseline of the load"
	case Unverifiable:
		return unverifiableRemedy(r)
	case Failure:
		return failureRemedy(r)
	case Extra:
		return "nothing, unless the drive should hold only the objects of the ranges"
	}
	return "report this outcome as a defect"
}

func missingRemedy(r Reason) string {
	switch r {
	case Archived:
		return "restore the object from its archive class and copy it again"
	case FailedByService:
		return "mend what the service's code names (rights, archive class, SSE-C), then copy it again: a new run whose operations select it"
	default:
		return "look for its key in the service's log, then copy it again"
	}
}

func changedRemedy(r Reason) string {
	switch r {
	case CreatedDuringLoad, DeletedDuringLoad:
		return "nothing if the drive need not hold it; else copy it again, or restore an older version"
	default:
		return "verify against the baseline of the load, or copy the object again"
	}
}

func unverifiableRemedy(r Reason) string {
	switch r {
	case EncryptedETag, NoChecksum, UnevenParts, PartSizeUnknown:
		return "compare this file with a download, or let S3 compute a checksum of the object"
	case SourceNotAsked:
		return "verify again with access to the bucket"
	case Renamed, NameTaken:
		return "the service has put it into the recovery directory or renamed it; its log, which was not there or does not name it, says where"
	default:
		return "compare this file with an older version of the object if the bucket keeps versions; else copy it again"
	}
}

func failureRemedy(r Reason) string {
	switch r {
	case SourceError:
		return "check the network and the right s3:GetObject, then verify again"
	case VersionsNotTold:
		return "do not trust this file; check the network and the right s3:GetObjectVersion, then verify again: it may be an older version"
	default:
	}
	return "check cable, port and rights, then verify again; if it stays, the drive is failing: copy it again to another"
}
