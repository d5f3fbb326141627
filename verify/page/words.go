package page

import "github.com/cargomedia/s3export/verify"

// outcomeWord names an outcome as the head of a list of files.
func outcomeWord(o verify.Outcome) string {
	switch o {
	case verify.Match:
		return "The same on the drive and in S3"
	case verify.Differ:
		return "Different on the drive"
	case verify.MissingOnDevice:
		return "Missing on the drive"
	case verify.ChangedAfterExport:
		return "Changed in S3 since the load"
	case verify.MissingOnSource:
		return "On the drive, but not in S3"
	case verify.Unverifiable:
		return "Could not be compared"
	case verify.Failure:
		return "Not readable, or not answered by S3"
	case verify.Extra:
		return "Also on the drive"
	}
	return plain(string(o))
}

// weighs goes on after a number: how many of an outcome count against the copy.
func weighs(o verify.Outcome) string {
	switch o {
	case verify.Match, verify.Extra:
		return "do not count against it"
	case verify.Differ:
		return "on the drive differ from what S3 holds"
	case verify.MissingOnDevice:
		return "missing on the drive"
	case verify.ChangedAfterExport:
		return "changed in S3 since the load"
	case verify.MissingOnSource:
		return "on the drive, but not in S3"
	case verify.Unverifiable:
		return "could not be compared"
	case verify.Failure:
		return "could not be read, or S3 did not answer"
	}
	return plain(string(o))
}

// groupWord names a group of findings.
func groupWord(o verify.Outcome, r verify.Reason) string {
	switch {
	case o == verify.Failure && r == verify.SourceError:
		return "Not answered by S3"
	case o == verify.Failure && r == verify.VersionsNotTold:
		return "Different from the list, and not answered by S3"
	case o == verify.Failure:
		return "Not readable"
	}
	return outcomeWord(o)
}

// reasonWord says in a sentence why a finding has its outcome.
func reasonWord(o verify.Outcome, r verify.Reason) string {
	if o == verify.MissingOnSource && r == verify.DeletedSince {
		return "The object was deleted from S3, and nothing is known with which the file could be compared."
	}
	if text := contentReason(r); text != "" {
		return text
	}
	if text := changeReason(r); text != "" {
		return text
	}
	if text := evidenceReason(r); text != "" {
		return text
	}
	return plain(string(r))
}

func contentReason(r verify.Reason) string {
	switch r {
	case verify.SizeDiffers:
		return "The file has another size than the object. That proves that it differs; it need not be read."
	case verify.ContentDiffers:
		return "The file was read, and its content is not that of the object."
	case verify.NotAFile:
		return "In place of the file there is a link, a device or a folder."
	case verify.NotThere:
		return "The object was selected, and no file is there."
	case verify.Archived:
		return "The object is in an archive class of S3, which no service exports."
	case verify.FailedByService:
		return "The service's own log says that it could not load the object."
	case verify.ReadError:
		return "The drive did not give the bytes of the file."
	case verify.DirectoryError:
		return "The folder in which the file should be could not be listed."
	case verify.SourceError:
		return "S3 did not answer a question about the object."
	case verify.VersionsNotTold:
		return "The file is not what the list says. S3 did not answer whether it is another version of the object."
	case verify.Unknown:
		return "The file is in a folder of the copy, and no object of the list leads to it. It does not count against the copy."
	case verify.OutsideRange:
		return "The file is in a folder of the copy, under a name that was not selected. It does not count against the copy."
	default:
		return ""
	}
}

func changeReason(r verify.Reason) string {
	switch r {
	case verify.Equal:
		return "The same as the object."
	case verify.OldVersion:
		return "The same as an older version of the object, which S3 keeps."
	case verify.NewVersion:
		return "The same as the object that S3 holds now, which was written after the list was made that the drive is compared with."
	case verify.ChangedSince:
		return "The object was overwritten after the list was made that the drive is compared with."
	case verify.DeletedSince:
		return "The object was deleted after the list was made that the drive is compared with."
	case verify.NewerThanLoad:
		return "The object was written after the load had ended, so the drive cannot hold that state."
	case verify.CreatedDuringLoad:
		return "The object was created while the drive was loaded; the load need not have seen it."
	case verify.DeletedDuringLoad:
		return "The object was deleted while the drive was loaded; the load need not have seen it."
	case verify.ChangedDuringLoad:
		return "The object changed while the drive was loaded; the load may have read a state that no list holds."
	case verify.NotListed:
		return "S3 does not hold such an object, and there is no list of the time of the load to ask."
	default:
		return ""
	}
}

func evidenceReason(r verify.Reason) string {
	switch r {
	case verify.EncryptedETag:
		return "S3 encrypts the object with a key of its own service or of the customer, so its ETag is no checksum of the content."
	case verify.NoChecksum:
		return "S3 keeps no checksum of the object that content could be compared with."
	case verify.PartSizeUnknown:
		return "The object was uploaded in parts, and the server does not tell how large they were."
	case verify.UnevenParts:
		return "The object was uploaded in parts of several sizes, so its ETag cannot be computed."
	case verify.SourceNotAsked:
		return "S3 was not asked, and the list alone does not tell."
	case verify.Renamed:
		return "The file system cannot hold the object's name, so the service gives the file another."
	case verify.NameTaken:
		return "Another object leads to the same file, or to a folder of its path."
	default:
		return ""
	}
}
