package delivery

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// Checksums is an order for a Batch Operations job "Compute checksum".
type Checksums struct {
	Selection
	// Algorithm is one of store.Algorithms; default CRC64NVME.
	Algorithm string `json:"algorithm,omitempty"`
	// Type is FULL_OBJECT, the default, or COMPOSITE, which is that of multipart
	// objects only: others get a FULL_OBJECT all the same.
	Type store.ChecksumType `json:"type,omitempty"`
}

type reportManifest struct {
	Format             string
	ReportCreationDate string
	Results            []reportFile
	ReportSchema       string
}

type reportFile struct {
	TaskExecutionStatus string
	Bucket              string
	MD5Checksum         string
	Key                 string
}

// The states of a task.
const (
	succeeded = "succeeded"
	failed    = "failed"
)

// Checksums computes checksums and delivers the job's report. Problems with the
// order are *OrderError.
func (s *Service) Checksums(ctx context.Context, o Checksums) (Delivered, error) {
	if o.Algorithm == "" {
		o.Algorithm = store.DefaultAlgorithm
	}
	if o.Type == "" {
		o.Type = store.FullObject
	}
	if err := s.checkJob(o); err != nil {
		return Delivered{}, err
	}
	lines, total, err := s.tasks(ctx, o)
	if err != nil {
		return Delivered{}, err
	}
	folder := below(o.Selection, "job-"+s.uuid("job"))
	m := reportManifest{
		Format: "Report_CSV_20180820", ReportCreationDate: s.now().UTC().Format("2006-01-02T15:04:05.000Z"), Results: []reportFile{},
		ReportSchema: "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage",
	}
	for _, status := range []string{succeeded, failed} {
		if lines[status].Len() == 0 {
			continue
		}
		key := folder + "/results/" + s.drawn(status)[:40] + ".csv"
		sum, err := s.put(o.Selection, key, "text/csv", []byte(lines[status].String()))
		if err != nil {
			return Delivered{}, err
		}
		m.Results = append(m.Results, reportFile{status, o.Destination, sum, key})
	}
	d := Delivered{Bucket: o.Destination, Manifest: folder + "/manifest.json", Objects: total}
	return d, s.manifest(o.Selection, d.Manifest, folder+"/manifest.json.md5", m)
}

func (s *Service) checkJob(o Checksums) error {
	switch {
	case store.NewHash(o.Algorithm) == nil:
		return &OrderError{fmt.Sprintf("no algorithm %q", o.Algorithm), "take one of " + strings.Join(store.Algorithms(), ", ")}
	case o.Type != store.FullObject && o.Type != store.Composite:
		return &OrderError{fmt.Sprintf("no type %q", o.Type), "take FULL_OBJECT or COMPOSITE"}
	}
	return s.check(o.Selection)
}

// tasks carries the tasks out, and returns their lines by state.
func (s *Service) tasks(ctx context.Context, o Checksums) (map[string]*strings.Builder, int, error) {
	lines, total := map[string]*strings.Builder{succeeded: {}, failed: {}}, 0
	for v, err := range s.versions(o.Selection) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, 0, err
		}
		if v.IsMarker {
			continue
		}
		total++
		named := v.VersionID
		if o.Versions != all {
			named = ""
		}
		sum, err := s.store.Compute(store.Place{Bucket: o.Bucket, Key: v.Key, Version: named}, o.Algorithm, o.Type)
		status, rest := succeeded, "200,,"+inQuotes(message(v.ETag, sum))
		switch {
		case errors.Is(err, store.ErrNeedsKey):
			status, rest = failed, "200,PermanentFailure,"+inQuotes(s.failure())
		case err != nil:
			return nil, 0, err
		}
		fmt.Fprintf(lines[status], "%s,%s,%s,%s,%s\n", o.Bucket, encodedKey(v.Key), named, status, rest)
	}
	return lines, total, nil
}

// message is the result of a task, in the words and the escapes of S3's example.
func message(etag string, c store.Checksum) string {
	sum, count, _ := strings.Cut(c.Value, "-")
	raw, _ := base64.StdEncoding.DecodeString(sum) // the store's own
	text := strings.ToUpper(hex.EncodeToString(raw))
	if count != "" {
		text += "-" + count
	}
	return fmt.Sprintf(`{"checksum_base64":"%s","etag":"%s","checksumAlgorithm":"%s","checksumType":"%s","checksum_hex":"%s"}`,
		strings.ReplaceAll(c.Value, "=", `\u003d`), etag, c.Algorithm, c.Type, text)
}

// failure is what S3 says about an object that it cannot open.
func (s *Service) failure() string {
	return fmt.Sprintf(`error details: {"failureMessage":"Task %s SSE-C encryption type is not supported for this operation", "errorCode": "400"}`,
		s.uuid("task"))
}

func inQuotes(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }
