package s3

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/cargomedia/s3export/providers"
)

// InventoryRow is an object as an S3 Inventory shows it. What the inventory's
// configuration leaves out is empty or nil.
type InventoryRow struct {
	Bucket            string
	Key               string
	VersionID         string
	IsLatest          *bool
	IsDeleteMarker    *bool
	Size              int64 // -1: left out, or a delete marker
	LastModified      time.Time
	ETag              string // without quotes
	StorageClass      string // empty means STANDARD
	IsMultipart       *bool
	Encryption        string // SSE-S3, SSE-KMS, DSSE-KMS, SSE-C, NOT-SSE
	ChecksumAlgorithm string // as it stands there; several are joined by commas
}

// Inventory is one delivery of an S3 Inventory. It is not sorted, and is as old as
// Created says.
//
// Source: Amazon S3 User Guide, "Amazon S3 Inventory", format 2016-11-30.
type Inventory struct {
	SourceBucket string
	Created      time.Time // when the listing was begun; zero when not told
	Fields       []string  // names of the columns, such as EncryptionStatus
	Files        int       // data files

	client *Client
	bucket string
	table  table
	files  []inventoryFile
}

type inventoryFile struct {
	Key string `json:"key"`
	MD5 string `json:"MD5checksum"`
}

// OpenInventory reads the manifest.json of an inventory, and compares it with the
// manifest.checksum beside it, if there is one. Only inventories in CSV can be read.
func (c *Client) OpenInventory(ctx context.Context, bucket, manifestKey string) (*Inventory, error) {
	where := call{op: "GetObject", bucket: bucket, key: manifestKey}
	var m struct {
		SourceBucket      string          `json:"sourceBucket"`
		CreationTimestamp string          `json:"creationTimestamp"`
		FileFormat        string          `json:"fileFormat"`
		FileSchema        string          `json:"fileSchema"`
		Files             []inventoryFile `json:"files"`
	}
	text, err := c.manifest(ctx, where, &m)
	if err != nil {
		return nil, err
	}
	if err := c.checkManifest(ctx, where, text); err != nil {
		return nil, err
	}
	if m.FileFormat != "CSV" {
		return nil, &providers.Error{
			Kind: providers.Invalid, Op: where.op, Message: fmt.Sprintf("%s is an inventory in %q, and only CSV can be read", where.object(), m.FileFormat),
			Remedy: "configure an inventory with the output format CSV for the bucket, and use its next delivery",
		}
	}
	rows, err := newTable(where, m.FileSchema, "Bucket", "Key")
	if err != nil {
		return nil, err
	}
	v := &Inventory{SourceBucket: m.SourceBucket, Fields: rows.fields, Files: len(m.Files), client: c, bucket: bucket, table: rows, files: m.Files}
	if ms, err := strconv.ParseInt(m.CreationTimestamp, 10, 64); err == nil {
		v.Created = time.UnixMilli(ms).UTC()
	}
	return v, nil
}

// checkManifest compares a manifest with the MD5 that lies beside it.
func (c *Client) checkManifest(ctx context.Context, where call, text []byte) error {
	base, found := strings.CutSuffix(where.key, ".json")
	if !found {
		return nil
	}
	var sum bytes.Buffer
	err := c.Get(ctx, where.bucket, base+".checksum", &sum, 1024)
	if errors.Is(err, ErrGone) || errors.Is(err, ErrDenied) { // S3 denies what is not there to who may not list
		return nil
	}
	if err != nil {
		return err
	}
	digest := md5.Sum(text)
	if want := strings.TrimSpace(sum.String()); !strings.EqualFold(want, hex.EncodeToString(digest[:])) {
		return unfit(where, "its MD5 is not the one in "+base+".checksum")
	}
	return nil
}

// Rows calls yield for each object, in no order, and ends with yield's error. Each
// data file is compared with its MD5 at its end: after an error, what was yielded
// does not count. It can be called again.
func (v *Inventory) Rows(ctx context.Context, yield func(InventoryRow) error) error {
	for _, f := range v.files {
		where := call{op: "GetObject", bucket: v.bucket, key: f.Key}
		err := v.client.file(ctx, where, f.MD5, func(r io.Reader) error {
			plain, err := gzip.NewReader(r)
			if err != nil {
				return unreadable(where, 1, err)
			}
			return v.table.read(plain, where, func(r record) error {
				row, err := inventoryRow(r)
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

func inventoryRow(r record) (InventoryRow, error) {
	key, err := r.key()
	if err != nil {
		return InventoryRow{}, err
	}
	row := InventoryRow{
		Bucket: r.get("Bucket"), Key: key, VersionID: r.get("VersionId"), Size: -1,
		ETag: unquoted(r.get("ETag")), StorageClass: r.get("StorageClass"), Encryption: r.get("EncryptionStatus"), ChecksumAlgorithm: r.get("ChecksumAlgorithm"),
	}
	for _, flag := range [...]struct {
		name string
		to   **bool
	}{{"IsLatest", &row.IsLatest}, {"IsDeleteMarker", &row.IsDeleteMarker}, {"IsMultipartUploaded", &row.IsMultipart}} {
		if *flag.to, err = optionalBool(r.get(flag.name)); err != nil {
			return row, fmt.Errorf("%s of %q: %w", flag.name, key, err)
		}
	}
	if text := r.get("Size"); text != "" {
		if row.Size, err = strconv.ParseInt(text, 10, 64); err != nil || row.Size < 0 {
			return row, fmt.Errorf("size of %q is %q", key, text)
		}
	}
	if text := r.get("LastModifiedDate"); text != "" {
		if row.LastModified, err = time.Parse(time.RFC3339, text); err != nil {
			return row, fmt.Errorf("date of %q is %q", key, text)
		}
		row.LastModified = row.LastModified.UTC()
	}
	return row, nil
}

func optionalBool(text string) (*bool, error) {
	switch strings.ToLower(text) {
	case "":
		return nil, nil //nolint:nilnil // left out is a value
	case "true", "false":
		b := strings.EqualFold(text, "true")
		return &b, nil
	default:
		return nil, fmt.Errorf("%q is neither true nor false", text)
	}
}
