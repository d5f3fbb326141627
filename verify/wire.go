package verify

import (
	"time"
	"unicode/utf8"

	"github.com/cargomedia/s3export/verify/digest"
)

// A baseline is gzip of JSON lines: a header, one record per Expected, a trailer.
const (
	baselineFormat = "s3export-baseline/v1"
	trailerPrefix  = `{"end":`
	lineMax        = 4 << 20 // bytes; a header of 10,000 ranges fits
)

type header struct {
	Format string  `json:"format"`
	Closed bool    `json:"closed"`
	Ranges []Range `json:"ranges"`
}

type trailer struct {
	End    bool   `json:"end"`
	Lines  int64  `json:"lines"`  // records
	Bytes  int64  `json:"bytes"`  // sum of their sizes
	SHA256 string `json:"sha256"` // of all uncompressed bytes before the trailer
}

// record is the wire form of an Expected. JSON text cannot hold bytes that are no
// UTF-8, so a key with such bytes also comes in base64.
type record struct {
	Path         string           `json:"path"`
	Bucket       string           `json:"bucket"`
	Key          string           `json:"key"`
	PathBytes    []byte           `json:"pathBytes,omitempty"`
	KeyBytes     []byte           `json:"keyBytes,omitempty"`
	Size         int64            `json:"size"`
	ETag         string           `json:"etag"`
	LastModified time.Time        `json:"lastModified"`
	VersionID    string           `json:"versionId,omitempty"`
	StorageClass string           `json:"storageClass,omitempty"`
	Stored       digest.Algorithm `json:"stored,omitempty"`
	Composite    bool             `json:"composite,omitempty"`
	Known        *Known           `json:"known,omitempty"`
	Attributes   *Attributes      `json:"attributes,omitempty"`
	Seen         Seen             `json:"seen"`
	Kind         Kind             `json:"kind,omitempty"`
}

func toRecord(e Expected) record {
	return record{
		Path: e.Path, Bucket: e.Bucket, Key: e.Key,
		PathBytes: rawBytes(e.Path), KeyBytes: rawBytes(e.Key),
		Size: e.Size, ETag: e.ETag, LastModified: e.LastModified,
		VersionID: e.VersionID, StorageClass: e.StorageClass,
		Stored: e.Stored, Composite: e.Composite, Known: e.Known,
		Attributes: e.Attributes, Seen: e.Seen, Kind: e.Kind,
	}
}

func (r record) expected() Expected {
	return Expected{
		Object: Object{
			Bucket: r.Bucket, Key: fromRaw(r.Key, r.KeyBytes), Size: r.Size, ETag: r.ETag,
			LastModified: r.LastModified, VersionID: r.VersionID, StorageClass: r.StorageClass,
			Stored: r.Stored, Composite: r.Composite, Known: r.Known,
		},
		Path: fromRaw(r.Path, r.PathBytes), Attributes: r.Attributes, Seen: r.Seen, Kind: r.Kind,
	}
}

func rawBytes(s string) []byte {
	if utf8.ValidString(s) {
		return nil
	}
	return []byte(s)
}

func fromRaw(s string, raw []byte) string {
	if raw != nil {
		return string(raw)
	}
	return s
}
