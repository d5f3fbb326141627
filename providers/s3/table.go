package s3

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/url"
	"strings"

	"github.com/cargomedia/s3export/providers"
)

const (
	maxManifest = 64 << 20 // bytes; each data file of an inventory takes about 200
	maxRecord   = 1 << 20  // bytes; keys have 1024, grants of an ACL up to 20 kB
)

// table reads the CSV files that S3 writes: no header, the order of fields told
// beside them.
type table struct {
	fields []string
	at     map[string]int
}

// newTable takes a schema such as "Bucket, Key, Size", and refuses one that lacks a
// field which cannot be done without.
func newTable(where call, schema string, required ...string) (table, error) {
	t := table{fields: strings.Split(schema, ","), at: map[string]int{}}
	for i, f := range t.fields {
		t.fields[i] = strings.TrimSpace(f)
		t.at[t.fields[i]] = i
	}
	for _, name := range required {
		if _, found := t.at[name]; !found {
			return t, unfit(where, fmt.Sprintf("its schema %q has no field %s", schema, name))
		}
	}
	return t, nil
}

// record is a line of a table.
type record struct {
	table  table
	values []string
}

// get returns a field; empty where the table does not have it.
func (r record) get(name string) string {
	if i, found := r.table.at[name]; found {
		return r.values[i]
	}
	return ""
}

// key returns the key of a record, which is URL-encoded as in a listing.
func (r record) key() (string, error) {
	key, err := url.QueryUnescape(r.get("Key"))
	if err != nil {
		return "", fmt.Errorf("key %q is not URL-encoded", r.get("Key"))
	}
	return key, nil
}

// read calls yield for each record. No record can be longer than maxRecord. Errors of
// yield and of r that have a remedy are returned as they are; where is for others.
func (t table) read(r io.Reader, where call, yield func(record) error) error {
	in := &bounded{r: r, left: maxRecord}
	lines := csv.NewReader(in)
	lines.ReuseRecord = true
	lines.FieldsPerRecord = len(t.fields)
	for n := 1; ; n++ {
		in.left = maxRecord
		values, err := lines.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return unreadable(where, n, err)
		}
		if err := yield(record{table: t, values: values}); err != nil {
			return err
		}
	}
}

func unreadable(where call, n int, err error) error {
	if e, ok := errors.AsType[*providers.Error](err); ok {
		return e
	}
	return unfit(where, fmt.Sprintf("record %d cannot be read: %v", n, err))
}

// unfit refuses what lies where something else was looked for, or was changed since.
func unfit(where call, problem string) error {
	return &providers.Error{
		Kind: providers.Invalid, Op: where.op, Message: where.object() + ": " + problem,
		Remedy: "name the manifest.json of a delivery as S3 has left it; if it is that, use another delivery",
	}
}

// bounded is a reader that gives up after left bytes.
type bounded struct {
	r    io.Reader
	left int
}

var errTooLong = errors.New("a record is too long")

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.r.Read(p)
	b.left -= n
	return n, err
}

// manifest reads a JSON document into v.
func (c *Client) manifest(ctx context.Context, where call, v any) ([]byte, error) {
	var text bytes.Buffer
	if err := c.Get(ctx, where.bucket, where.key, &text, maxManifest); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text.Bytes(), v); err != nil {
		return nil, unfit(where, "it is no JSON document of the kind: "+err.Error())
	}
	return text.Bytes(), nil
}

// file reads a data file through read, and compares what it was with the MD5 that
// its manifest tells, in hexadecimal.
func (c *Client) file(ctx context.Context, where call, sum string, read func(io.Reader) error) error {
	raw, err := c.GetRange(ctx, where.bucket, where.key, GetOptions{})
	if err != nil {
		return err
	}
	defer raw.Close() //nolint:errcheck // only read from
	digest := &digesting{r: raw, h: md5.New()}
	if err := read(digest); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, digest); err != nil {
		return err
	}
	if got := hex.EncodeToString(digest.h.Sum(nil)); !strings.EqualFold(got, sum) {
		return unfit(where, fmt.Sprintf("its MD5 is %s, and the manifest says %q: what was read from it does not count", got, sum))
	}
	return nil
}

type digesting struct {
	r io.Reader
	h hash.Hash
}

// Read implements io.Reader.
func (d *digesting) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	_, _ = d.h.Write(p[:n])
	return n, err
}
