package evidence

import (
	"context"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

// Paperwork implements reconciler.Evidence.
func (k *Keeper) Paperwork(ctx context.Context, d specs.Document, run reconciler.Run) (reconciler.PaperworkFact, error) {
	return reconciler.PaperworkFact{Directory: k.paperwork(d)}, ctx.Err()
}
