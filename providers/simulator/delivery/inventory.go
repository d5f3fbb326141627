package delivery

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// defaultRows is how many rows a file of an inventory has at most.
const defaultRows = 100_000

// Inventory is an order for the inventory of a bucket.
type Inventory struct {
	Selection
	// ID is that of the configuration; default "inventory".
	ID string `json:"id,omitempty"`
	// Fields are the optional fields, by their names in S3; default all.
	Fields []string `json:"fields,omitempty"`
	// RowsPerFile is how many rows a file has at most; default 100,000.
	RowsPerFile int `json:"rowsPerFile,omitempty"`
}

type inventoryManifest struct {
	SourceBucket      string          `json:"sourceBucket"`
	DestinationBucket string          `json:"destinationBucket"`
	Version           string          `json:"version"`
	CreationTimestamp string          `json:"creationTimestamp"` // milliseconds
	FileFormat        string          `json:"fileFormat"`
	FileSchema        string          `json:"fileSchema"`
	Files             []inventoryFile `json:"files"`
}

type inventoryFile struct {
	Key         string `json:"key"`
	Size        int    `json:"size"`
	MD5Checksum string `json:"MD5checksum"`
}

// Inventory delivers the inventory of a bucket as it is now. Problems with the order
// are *OrderError.
func (s *Service) Inventory(ctx context.Context, o Inventory) (Delivered, error) {
	if o.ID == "" {
		o.ID = "inventory"
	}
	if o.RowsPerFile <= 0 {
		o.RowsPerFile = defaultRows
	}
	if err := s.check(o.Selection); err != nil {
		return Delivered{}, err
	}
	schema, err := o.schema()
	if err != nil {
		return Delivered{}, err
	}
	now := s.now().UTC()
	files, rows, err := s.inventoryFiles(ctx, o, schema)
	if err != nil {
		return Delivered{}, err
	}
	folder := below(o.Selection, o.Bucket, o.ID, now.Format("2006-01-02T15-04Z"))
	d := Delivered{Bucket: o.Destination, Manifest: folder + "/manifest.json", Objects: rows}
	link := below(o.Selection, o.Bucket, o.ID, "hive", now.Format("dt=2006-01-02-15-04"), "symlink.txt")
	if _, err := s.put(o.Selection, link, "text/plain", []byte(locations(o.Destination, files))); err != nil {
		return Delivered{}, err
	}
	return d, s.manifest(o.Selection, d.Manifest, folder+"/manifest.checksum", inventoryManifest{
		SourceBucket: o.Bucket, DestinationBucket: "arn:aws:s3:::" + o.Destination, Version: "2016-11-30",
		CreationTimestamp: strconv.FormatInt(now.UnixMilli(), 10), FileFormat: "CSV",
		FileSchema: strings.Join(schema, ", "), Files: files,
	})
}

// locations names the files one a line, as Hive reads them.
func locations(bucket string, files []inventoryFile) string {
	lines := make([]string, len(files))
	for i, f := range files {
		lines[i] = "s3://" + bucket + "/" + f.Key
	}
	return strings.Join(lines, "\n")
}

// schema returns the columns of an inventory. Those about versions are left out
// where there is but one.
func (o Inventory) schema() ([]string, error) {
	schema := []string{"Bucket", "Key"}
	if o.Versions == all {
		schema = append(schema, "VersionId", "IsLatest", "IsDeleteMarker")
	}
	for _, field := range o.Fields {
		if !slices.Contains(optionalFields(), field) {
			return nil, &OrderError{fmt.Sprintf("no optional field %q", field), "take some of " + strings.Join(optionalFields(), ", ")}
		}
	}
	for _, field := range optionalFields() { // S3's order, whatever that of the configuration
		if len(o.Fields) == 0 || slices.Contains(o.Fields, field) {
			schema = append(schema, field)
		}
	}
	return schema, nil
}

func (s *Service) inventoryFiles(ctx context.Context, o Inventory, schema []string) ([]inventoryFile, int, error) {
	files, total := []inventoryFile{}, 0
	var rows []string
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		f, err := s.inventoryFile(o, rows)
		files, total, rows = append(files, f), total+len(rows), rows[:0]
		return err
	}
	for v, err := range s.versions(o.Selection) {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && len(rows) == o.RowsPerFile {
			err = flush()
		}
		if err != nil {
			return nil, 0, err
		}
		rows = append(rows, row(schema, o.Bucket, v))
	}
	err := flush()
	return files, total, err
}

// inventoryFile writes rows backwards: whoever takes them for sorted is to notice.
func (s *Service) inventoryFile(o Inventory, rows []string) (inventoryFile, error) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for _, r := range slices.Backward(rows) {
		if _, err := z.Write([]byte(r)); err != nil {
			return inventoryFile{}, fmt.Errorf("packing an inventory: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return inventoryFile{}, fmt.Errorf("packing an inventory: %w", err)
	}
	key := below(o.Selection, o.Bucket, o.ID, "data", s.uuid("inventory "+o.Bucket)+".csv.gz")
	sum, err := s.put(o.Selection, key, "application/x-gzip", packed.Bytes())
	return inventoryFile{Key: key, Size: packed.Len(), MD5Checksum: sum}, err
}

// row returns a line of CSV with every field in quotes.
func row(schema []string, bucket string, v store.Version) string {
	var line strings.Builder
	for i, field := range schema {
		if i > 0 {
			line.WriteByte(',')
		}
		line.WriteString(`"` + strings.ReplaceAll(column(field, bucket, v), `"`, `""`) + `"`)
	}
	line.WriteByte('\n')
	return line.String()
}
