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

// paperwork is where labels and forms go.
func (k *Keeper) paperwork(d specs.Document) string {
	if dir := d.Spec.Paperwork.Directory; dir != "" {
		return dir
	}
	return k.path(d, "paperwork")
}

// KeepLabel implements reconciler.Evidence.
func (k *Keeper) KeepLabel(ctx context.Context, d specs.Document, ids []providers.JobID, l providers.Label) (reconciler.LabelFact, error) {
	var pdf bytes.Buffer
	if err := k.Objects.Get(ctx, l.Bucket, l.Key, &pdf, maxLabel); err != nil {
		return reconciler.LabelFact{}, err
	}
	name := "shipping-label"
	for _, id := range ids {
		name += "-" + string(id)
	}
	file := filepath.Join(k.paperwork(d), name+".pdf")
	sum := sha256.Sum256(pdf.Bytes())
	err := journal.WriteFile(file, func(w io.Writer) error {
		_, err := w.Write(pdf.Bytes())
		return err
	})
	return reconciler.LabelFact{At: k.Clock(), File: file, SHA256: hex.EncodeToString(sum[:]), Warning: l.Warning}, err
}
