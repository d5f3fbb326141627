package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/digest"
)

// testified returns the bucket as a source, with what an inventory and a report of
// checksums say of it. The function gives back what that takes.
func (a *app) testified(ctx context.Context, client *s3.Client, f verifyFlags) (verify.Source, func(), error) {
	var source verify.Source = bucketSource{client}
	var opened []*verify.Register
	release := func() {
		for _, r := range opened {
			r.Close()
		}
	}
	for _, w := range []struct {
		flag, place string
		read        func(context.Context, *s3.Client, string, string, *verify.Register) error
		use         func(*verify.Register) verify.Source
	}{
		{"--inventory", f.inventory, readInventory, func(r *verify.Register) verify.Source { return r.Source(source) }},
		{"--checksums", f.checksums, readBatchReport, func(r *verify.Register) verify.Source { return r.Testimony(source) }},
	} {
		if w.place == "" {
			continue
		}
		bucket, key, ok := strings.Cut(strings.TrimPrefix(w.place, "s3://"), "/")
		if !ok || !strings.HasPrefix(w.place, "s3://") || !strings.HasSuffix(key, "manifest.json") {
			release()
			return nil, nil, usage(fmt.Errorf("%s takes s3://BUCKET/…/manifest.json", w.flag))
		}
		r := verify.NewRegister("")
		opened = append(opened, r)
		if err := w.read(ctx, client, bucket, key, r); err != nil {
			release()
			return nil, nil, err
		}
		source = w.use(r)
	}
	return source, release, nil
}

func readInventory(ctx context.Context, client *s3.Client, bucket, key string, to *verify.Register) error {
	v, err := client.OpenInventory(ctx, bucket, key)
	if err != nil {
		return err
	}
	for _, field := range []string{"Size", "ETag"} {
		if !slices.Contains(v.Fields, field) {
			return fail(exitError, "InventoryLacksField", fmt.Sprintf("the inventory s3://%s/%s has no field %s, which a listing has", bucket, key, field),
				"add Size and ETag to the fields of the inventory's configuration, and use its next delivery")
		}
	}
	return v.Rows(ctx, func(r s3.InventoryRow) error {
		old := r.IsLatest != nil && !*r.IsLatest
		if old || r.IsDeleteMarker != nil && *r.IsDeleteMarker {
			return nil
		}
		o := verify.Object{Bucket: r.Bucket, Key: r.Key, Size: r.Size, ETag: r.ETag, LastModified: r.LastModified, StorageClass: r.StorageClass}
		for name := range strings.SplitSeq(r.ChecksumAlgorithm, ",") {
			if a := digest.Algorithm(strings.TrimSpace(name)); a.Computable() {
				o.Stored = a
			}
		}
		return to.Add(o)
	})
}

func readBatchReport(ctx context.Context, client *s3.Client, bucket, key string, to *verify.Register) error {
	report, err := client.OpenBatchReport(ctx, bucket, key)
	if err != nil {
		return err
	}
	return report.Rows(ctx, func(r s3.BatchRow) error {
		a := digest.Algorithm(r.Checksum.Algorithm)
		sum, err := base64.StdEncoding.DecodeString(r.Checksum.Value)
		if err != nil || !a.Computable() || r.Checksum.Type == s3.Composite || len(sum) == 0 {
			return nil //nolint:nilerr // what cannot be used proves nothing
		}
		return to.Add(verify.Object{Bucket: r.Bucket, Key: r.Key, ETag: r.ETag, Known: &verify.Known{Algorithm: a, Sum: sum, Witness: verify.WitnessBatch}})
	})
}
