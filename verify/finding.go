package verify

import "encoding/json"

// Finding is the result of comparing one object, or of one file without an object.
type Finding struct {
	Path    string  // on the drive, raw bytes
	Bucket  string  // empty without an object
	Key     string  // empty without an object
	Size    int64   // on the drive, bytes; 0 when it is not there
	Outcome Outcome // what
	Reason  Reason  // why
	// Evidence is what was compared; zero when nothing was.
	Evidence Evidence
	// Ranges are the bytes of the file that could not be read, or that differ where
	// checksums of parts tell; empty when that is not known.
	Ranges []ByteRange
	Detail string // the cause in the words of whoever reported it
	// SHA256 of the content that was read, in hex; empty when it was not computed.
	SHA256 string
	// Accepted is the reason for which a person has accepted the finding.
	Accepted string
}

// Remedy returns what a person can do about the finding.
func (f Finding) Remedy() string { return Remedy(f.Outcome, f.Reason) }

// ByteRange is a part of a file.
type ByteRange struct {
	Offset int64 `json:"offset"`
	Length int64 `json:"length"`
}

// findingJSON is the wire form of a Finding; see record for the raw bytes.
type findingJSON struct {
	Path      string      `json:"path"`
	PathBytes []byte      `json:"pathBytes,omitempty"`
	Bucket    string      `json:"bucket,omitempty"`
	Key       string      `json:"key,omitempty"`
	KeyBytes  []byte      `json:"keyBytes,omitempty"`
	Size      int64       `json:"size"`
	Outcome   Outcome     `json:"outcome"`
	Reason    Reason      `json:"reason"`
	Evidence  *Evidence   `json:"evidence,omitempty"`
	Ranges    []ByteRange `json:"ranges,omitempty"`
	Detail    string      `json:"detail,omitempty"`
	SHA256    string      `json:"sha256,omitempty"`
	Accepted  string      `json:"accepted,omitempty"`
	Remedy    string      `json:"remedy,omitempty"`
}

// MarshalJSON adds the remedy, and raw bytes where a name is no UTF-8.
func (f Finding) MarshalJSON() ([]byte, error) {
	out := findingJSON{Path: f.Path, PathBytes: rawBytes(f.Path), Bucket: f.Bucket, Key: f.Key, KeyBytes: rawBytes(f.Key),
		Size: f.Size, Outcome: f.Outcome, Reason: f.Reason, Ranges: f.Ranges, Detail: f.Detail, SHA256: f.SHA256, Accepted: f.Accepted, Remedy: f.Remedy()}
	if f.Evidence != (Evidence{}) {
		out.Evidence = &f.Evidence
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Finding) UnmarshalJSON(text []byte) error {
	var in findingJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	*f = Finding{Path: fromRaw(in.Path, in.PathBytes), Bucket: in.Bucket, Key: fromRaw(in.Key, in.KeyBytes),
		Size: in.Size, Outcome: in.Outcome, Reason: in.Reason, Ranges: in.Ranges, Detail: in.Detail, SHA256: in.SHA256, Accepted: in.Accepted}
	if in.Evidence != nil {
		f.Evidence = *in.Evidence
	}
	return nil
}

// Sink takes all results of a run once it has come to an end, matches too, in the
// order of paths. Calls come one at a time. An error ends the run.
type Sink interface {
	Finding(f Finding) error
}
