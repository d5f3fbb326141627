package s3

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/cargomedia/s3export/providers"
)

// BatchRow is what a Batch Operations job did to one object. A job of the kind
// "Compute checksum" has a checksum in it.
type BatchRow struct {
	Bucket    string
	Key       string
	VersionID string
	Status    string   // succeeded or failed
	ErrorCode string   // of S3 or the job; empty when it succeeded
	Checksum  Checksum // zero where there is none
	ETag      string   // without quotes; of the state that was read, where it is told
}

// BatchReport is the completion report of a Batch Operations job.
//
// Source: Amazon S3 User Guide, "Tracking job status and completion reports", format
// Report_CSV_20180820.
type BatchReport struct {
	Created time.Time // zero when not told
	Files   int

	client *Client
	bucket string
	table  table
	files  []batchFile
}

type batchFile struct {
	Key string `json:"Key"`
	MD5 string `json:"MD5Checksum"`
}

// OpenBatchReport reads the manifest.json of a report.
func (c *Client) OpenBatchReport(ctx context.Context, bucket, manifestKey string) (*BatchReport, error) {
	where := call{op: "GetObject", bucket: bucket, key: manifestKey}
	var m struct {
		Format       string      `json:"Format"`
		Created      string      `json:"ReportCreationDate"`
		Results      []batchFile `json:"Results"`
		ReportSchema string      `json:"ReportSchema"`
	}
	if _, err := c.manifest(ctx, where, &m); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(m.Format, "Report_CSV_") {
		return nil, &providers.Error{
			Kind: providers.Invalid, Op: where.op, Message: where.object() + " is no report of S3 Batch Operations in CSV",
			Remedy: "give the manifest.json of the job's completion report",
		}
	}
	rows, err := newTable(where, m.ReportSchema, "Bucket", "Key", "TaskStatus")
	if err != nil {
		return nil, err
	}
	r := &BatchReport{client: c, bucket: bucket, table: rows, Files: len(m.Results), files: m.Results}
	if at, err := time.Parse(time.RFC3339, m.Created); err == nil {
		r.Created = at.UTC()
	}
	return r, nil
}

// Rows calls yield for each object, in the order of the report, and ends with yield's
// error. Each file is compared with its MD5 at its end: after an error, what was
// yielded does not count. It can be called again.
func (b *BatchReport) Rows(ctx context.Context, yield func(BatchRow) error) error {
	for _, f := range b.files {
		where := call{op: "GetObject", bucket: b.bucket, key: f.Key}
		err := b.client.file(ctx, where, f.MD5, func(r io.Reader) error {
			return b.table.read(r, where, func(r record) error {
				row, err := batchRow(r)
				if err != nil {
					return unfit(where, err.Error())
				}
				return yield(row)
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func batchRow(r record) (BatchRow, error) {
	key, err := r.key()
	if err != nil {
		return BatchRow{}, err
	}
	row := BatchRow{Bucket: r.get("Bucket"), Key: key, VersionID: r.get("VersionId"), Status: r.get("TaskStatus"), ErrorCode: r.get("ErrorCode")}
	row.Checksum, row.ETag = resultOf(r.get("ResultMessage"))
	return row, nil
}

// resultOf reads the JSON of a result. Its layout is not documented in full, so names
// are compared without case and underscores, and what is not there is left out: no
// checksum is the worst that can come of it.
func resultOf(message string) (Checksum, string) {
	var raw map[string]any
	if json.Unmarshal([]byte(message), &raw) != nil {
		return Checksum{}, ""
	}
	fields := map[string]string{}
	for name, value := range raw {
		if text, ok := value.(string); ok {
			fields[strings.ToLower(strings.ReplaceAll(name, "_", ""))] = strings.TrimSpace(text)
		}
	}
	etag := unquoted(fields["etag"])
	c := Checksum{
		Algorithm: strings.ToUpper(first(fields, "checksumalgorithm", "algorithm")),
		Type:      strings.ToUpper(first(fields, "checksumtype", "type")),
		Value:     first(fields, "checksumbase64", "checksum"),
	}
	if c.Value == "" {
		if digest, err := hex.DecodeString(fields["checksumhex"]); err == nil {
			c.Value = base64.StdEncoding.EncodeToString(digest)
		}
	}
	if c.Algorithm == "" || c.Value == "" {
		return Checksum{}, etag
	}
	return c.split(), etag
}

func first(fields map[string]string, names ...string) string {
	for _, name := range names {
		if text := fields[name]; text != "" {
			return text
		}
	}
	return ""
}
