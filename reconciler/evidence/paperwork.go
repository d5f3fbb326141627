package evidence

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/reconciler/paperwork"
	"github.com/cargomedia/s3export/specs"
)

// Paperwork implements reconciler.Evidence. The same run gives the same files.
func (k *Keeper) Paperwork(ctx context.Context, d specs.Document, run reconciler.Run) (reconciler.PaperworkFact, error) {
	fact := reconciler.PaperworkFact{Directory: k.paperwork(d)}
	forms, err := paperwork.Make(formsOf(d, run))
	if err != nil {
		return fact, unprintable(err)
	}
	for _, form := range forms {
		if err := ctx.Err(); err != nil {
			return fact, err
		}
		err := journal.WriteFile(filepath.Join(fact.Directory, form.Name), func(w io.Writer) error {
			_, err := w.Write(form.PDF)
			return err
		})
		if err != nil {
			return fact, err
		}
		fact.Files = append(fact.Files, form.Name)
	}
	return fact, nil
}

func formsOf(d specs.Document, run reconciler.Run) paperwork.Forms {
	f := paperwork.Forms{
		Backup: d.Metadata.Name, Run: d.Spec.Run, Paper: paperwork.Paper(d.Spec.Paperwork.Paper),
		Device:  paperwork.Device{Name: d.Spec.Device.Name, Location: d.Spec.Device.Location},
		From:    d.Spec.Paperwork.From,
		Invoice: d.Invoice(),
	}
	if run.Job != nil {
		f.Job, f.DeviceID, f.Date, f.ArriveBy = string(run.Job.ID), run.Job.DeviceID, run.Job.CreatedAt.UTC(), run.Job.ExpiresAt.UTC()
	}
	if run.Volume != nil {
		f.Device.Size = device.FormatSize(run.Volume.Device.Size)
	}
	if m := d.Manifest; m != nil {
		f.Customs, f.Email = m.Customs, m.NotificationEmail
		if m.ReturnAddress != nil {
			f.ReturnAddress = *m.ReturnAddress
		}
	}
	return f
}

// unprintable gathers what the papers cannot say.
func unprintable(err error) error {
	var joined interface{ Unwrap() []error }
	all := []error{err}
	if errors.As(err, &joined) {
		all = joined.Unwrap()
	}
	var problems, remedies []string
	for _, one := range all {
		e, ok := errors.AsType[*paperwork.FieldError](one)
		if !ok {
			return err
		}
		problems = append(problems, e.Field+": "+e.Problem)
		remedies = append(remedies, e.Remedy)
	}
	return &reconciler.PaperError{Problem: strings.Join(problems, "; "), Remedy: strings.Join(remedies, "; ")}
}
