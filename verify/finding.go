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
	// Offset is where reading failed, in bytes from the file's start; only with
	// reason ReadError.
	Offset int64
	Detail string // the cause in the words of whoever reported it
}

// Remedy returns what a person can do about the finding.
func (f Finding) Remedy() string { return Remedy(f.Outcome, f.Reason) }

// Evidence is what a comparison rests on.
type Evidence struct {
	Method   Method `json:"method,omitempty"`
	Class    Class  `json:"class,omitempty"`
	Want     string `json:"want,omitempty"` // what the source says
	Have     string `json:"have,omitempty"` // what the drive gives
	PartSize int64  `json:"partSize,omitempty"`
	Parts    int    `json:"parts,omitempty"`
}

// Method is how content was compared.
type Method string

// The methods.
const (
	BySize         Method = "size"         // unequal sizes prove unequal content
	ByMD5          Method = "md5"          // the ETag of a single upload
	ByMultipartMD5 Method = "multipartMD5" // the ETag of a multipart upload
	ByEmptiness    Method = "empty"        // nothing equals nothing
)

// Class says how much evidence is worth.
type Class string

// The classes.
const (
	Exact  Class = "exact"  // no checksum involved
	Legacy Class = "legacy" // MD5: proof against accident, not against malice
)

func (m Method) class() Class {
	switch m {
	case ByMD5, ByMultipartMD5:
		return Legacy
	case BySize, ByEmptiness:
		return Exact
	}
	return ""
}

// findingJSON is the wire form of a Finding; see record for the raw bytes.
type findingJSON struct {
	Path      string    `json:"path"`
	PathBytes []byte    `json:"pathBytes,omitempty"`
	Bucket    string    `json:"bucket,omitempty"`
	Key       string    `json:"key,omitempty"`
	KeyBytes  []byte    `json:"keyBytes,omitempty"`
	Size      int64     `json:"size"`
	Outcome   Outcome   `json:"outcome"`
	Reason    Reason    `json:"reason"`
	Evidence  *Evidence `json:"evidence,omitempty"`
	Offset    *int64    `json:"offset,omitempty"`
	Detail    string    `json:"detail,omitempty"`
	Remedy    string    `json:"remedy,omitempty"`
}

// MarshalJSON adds the remedy, and raw bytes where a name is no UTF-8.
func (f Finding) MarshalJSON() ([]byte, error) {
	out := findingJSON{Path: f.Path, PathBytes: rawBytes(f.Path), Bucket: f.Bucket, Key: f.Key, KeyBytes: rawBytes(f.Key),
		Size: f.Size, Outcome: f.Outcome, Reason: f.Reason, Detail: f.Detail, Remedy: f.Remedy()}
	if f.Evidence != (Evidence{}) {
		out.Evidence = &f.Evidence
	}
	if f.Reason == ReadError {
		out.Offset = &f.Offset
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
		Size: in.Size, Outcome: in.Outcome, Reason: in.Reason, Detail: in.Detail}
	if in.Evidence != nil {
		f.Evidence = *in.Evidence
	}
	if in.Offset != nil {
		f.Offset = *in.Offset
	}
	return nil
}

// Sink takes findings as they are made, matches left out: those of one run in the
// order in which they are decided, which is nearly that of paths. Calls come one at
// a time. An error ends the run.
type Sink interface {
	Finding(f Finding) error
}
