package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/cargomedia/s3export/verify"
)

// Where the files are, below the root of a drive.
const (
	Dir          = ".s3export"
	ReadmeName   = "README.txt"
	BackupName   = "backup.json"
	BaselineName = "baseline.jsonl.gz"
	SumsName     = "SHA256SUMS"
	ReplacedName = "replaced" // a folder
)

const (
	formatVersion = 1
	// descriptionMax is how long a backup.json may be, in bytes; one with 10,000 ranges
	// is shorter.
	descriptionMax = 4 << 20
)

// Description is backup.json: whose copy this is, and of what. Write sets FormatVersion,
// Ranges, BaselineDigest, Objects and Bytes.
type Description struct {
	FormatVersion  int            `json:"formatVersion"`
	Tool           string         `json:"tool"` // that has made the copy, with its version
	Backup         string         `json:"backup"`
	Run            string         `json:"run"`
	Set            string         `json:"set,omitempty"`
	Ranges         []verify.Range `json:"ranges"`
	Device         Device         `json:"device"`
	SpecDigest     string         `json:"specDigest"`
	BaselineDigest string         `json:"baselineDigest"` // SHA-256 of baseline.jsonl.gz, in hex
	Objects        int64          `json:"objects"`
	Bytes          int64          `json:"bytes"`
	StartedAt      time.Time      `json:"startedAt"`
	EndedAt        time.Time      `json:"endedAt"`
	// Keys that open the drive, by name.
	Keys []string `json:"keys,omitempty"`
	// ContinueAfter is the last object that the drive had room for.
	ContinueAfter *Position `json:"continueAfter,omitempty"`
}

// Device is the drive that was written.
type Device struct {
	Name   string `json:"name,omitempty"`
	Serial string `json:"serial,omitempty"`
	Label  string `json:"label,omitempty"` // of its file system
}

// Position is an object in the order of buckets and keys.
type Position struct {
	Bucket string `json:"bucket"`
	Key    string `json:"key"`
}

// position is the wire form: JSON text cannot hold bytes that are no UTF-8, so a key with
// such bytes also comes in base64.
type position struct {
	Bucket   string `json:"bucket"`
	Key      string `json:"key"`
	KeyBytes []byte `json:"keyBytes,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (p Position) MarshalJSON() ([]byte, error) {
	wire := position{Bucket: p.Bucket, Key: p.Key}
	if !utf8.ValidString(p.Key) {
		wire.KeyBytes = []byte(p.Key)
	}
	return json.Marshal(wire)
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *Position) UnmarshalJSON(text []byte) error {
	var wire position
	if err := strict(text, &wire); err != nil {
		return err
	}
	p.Bucket, p.Key = wire.Bucket, wire.Key
	if wire.KeyBytes != nil {
		p.Key = string(wire.KeyBytes)
	}
	return nil
}

func (d Description) encode(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

func decode(r io.Reader) (Description, error) {
	text, err := io.ReadAll(io.LimitReader(r, descriptionMax+1))
	if err != nil {
		return Description{}, failed("reading", BackupName, err)
	}
	if len(text) > descriptionMax {
		return Description{}, unreadable("it is longer than %d bytes", descriptionMax)
	}
	var version struct {
		FormatVersion int `json:"formatVersion"`
	}
	if err := json.Unmarshal(text, &version); err != nil {
		return Description{}, unreadable("%v", err)
	}
	if version.FormatVersion > formatVersion {
		return Description{}, &verify.Error{Op: reading, Err: fmt.Errorf("its format is %d, and this program knows no later one than %d", version.FormatVersion, formatVersion),
			Remedy: "use the s3export that has filled the drive, or a later one; README.txt beside it says how to do without"}
	}
	var d Description
	if err := strict(text, &d); err != nil {
		return Description{}, unreadable("%v", err)
	}
	if d.FormatVersion != formatVersion || !digestPattern().MatchString(d.BaselineDigest) {
		return Description{}, unreadable("it has no format, or does not name its baseline")
	}
	return d, nil
}

func digestPattern() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{64}$`) }

func strict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more after its end")
	}
	return nil
}
