package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path/filepath"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
)

// maxLabel bounds a label's PDF; a page takes a few hundred kilobytes.
const maxLabel = 16 << 20

// KeepLabel implements reconciler.Evidence.
func (k *Keeper) KeepLabel(ctx context.Context, d specs.Document, id providers.JobID, l providers.Label) (reconciler.LabelFact, error) {
	var pdf bytes.Buffer
	if err := k.Objects.Get(ctx, l.Bucket, l.Key, &pdf, maxLabel); err != nil {
		return reconciler.LabelFact{}, err
	}
	dir := d.Spec.Paperwork.Directory
	if dir == "" {
		dir = k.path(d, "paperwork")
	}
	file := filepath.Join(dir, "shipping-label-"+string(id)+".pdf")
	sum := sha256.Sum256(pdf.Bytes())
	err := journal.WriteFile(file, func(w io.Writer) error {
		_, err := w.Write(pdf.Bytes())
		return err
	})
	return reconciler.LabelFact{At: k.Clock(), File: file, SHA256: hex.EncodeToString(sum[:]), Warning: l.Warning}, err
}
