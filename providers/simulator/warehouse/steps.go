package warehouse

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/jobs"
)

const carrier = "UPS"

// receive: the parcel is at AWS. That of a job that has ended is sent back as it
// is.
func (w *Warehouse) receive(p *parcel) outcome {
	here := func(j *jobs.Job) { j.Locate(jobs.AtAWS, "Your device is at AWS.") }
	schedule := w.Schedule()
	if j, err := w.o.Jobs.Job(p.Job); err == nil && j.ProgressCode != jobs.Pending {
		return outcome{stage: Loaded, next: schedule.Back, change: here}
	}
	return outcome{stage: Received, next: schedule.Wait, change: here}
}

// begin: the SIGNATURE is checked and the load starts.
func (w *Warehouse) begin(ctx context.Context, p *parcel) outcome {
	schedule := w.Schedule()
	j, err := w.o.Jobs.Job(p.Job)
	if err != nil || j.ProgressCode != jobs.Pending { // canceled while it waited
		return outcome{stage: Loaded, next: schedule.Back}
	}
	if bad := w.refused(ctx, p, j); bad != nil {
		return outcome{
			stage: Loaded, next: schedule.Back, problem: bad.problem,
			change: func(j *jobs.Job) { j.Progress(bad.code, bad.message) },
		}
	}
	return outcome{
		stage: Loading, next: schedule.Load,
		change: func(j *jobs.Job) {
			j.Progress(jobs.InProgress, "The data of the specified job are being loaded.")
		},
	}
}

// finish: the load is carried out and its log is written.
func (w *Warehouse) finish(ctx context.Context, p *parcel) outcome {
	schedule := w.Schedule()
	failed := func(err error) outcome {
		return outcome{
			stage: Loaded, next: schedule.Back, problem: err.Error(),
			change: func(j *jobs.Job) {
				j.Progress(jobs.DeviceError, aborted(jobs.DeviceError))
			},
		}
	}
	j, err := w.o.Jobs.Job(p.Job)
	if err != nil {
		return failed(err)
	}
	l, err := w.load(ctx, p, j)
	if err != nil {
		return failed(fmt.Errorf("loading the device of job %q: %w", j.ID, err))
	}
	bucket, key := j.Manifest.LogBucket, j.Manifest.LogPrefix+"export-log-"+j.ID
	if err := w.putLog(bucket, key, l.log); err != nil {
		return failed(fmt.Errorf("writing the log of job %q: %w", j.ID, err))
	}
	return outcome{
		stage: Loaded, next: schedule.Back, spoiled: l.spoiled,
		change: func(j *jobs.Job) {
			j.LogBucket, j.LogKey, j.ErrorCount = bucket, key, l.failed
			where := "The log was saved to " + key + " in " + bucket + "."
			if l.failed > 0 {
				j.Progress(jobs.SuccessWithErrors, "The job is done with "+strconv.Itoa(l.failed)+" errors. "+where)
				return
			}
			j.Progress(jobs.Complete, "The job is complete. "+where)
		},
	}
}

// giveBack: the device is at home again.
func (w *Warehouse) giveBack(p *parcel) outcome {
	number := tracking(w.o.Seed, p.Job)
	o := outcome{stage: Returned, problem: p.Problem, change: func(j *jobs.Job) {
		j.Locate(jobs.Returned, "Your device was returned by "+carrier+", tracking number "+number+".")
		j.Carrier, j.TrackingNumber = carrier, number
	}}
	if p.selector.Image == "" { // a block device never went away
		return o
	}
	if err := rename(p.Away, p.Device); err != nil {
		o.problem = strings.TrimPrefix(o.problem+"; ", "; ") + fmt.Sprintf("giving back %q, which stays at %q: %v", p.Device, p.Away, err)
	}
	return o
}

// verdict is why a device goes back unprocessed.
type verdict struct{ code, message, problem string }

// refused checks the device as AWS does before it formats it.
func (w *Warehouse) refused(ctx context.Context, p *parcel, j jobs.Job) *verdict {
	if code := w.abortOf(j.ID); code != "" {
		return &verdict{code, aborted(code), ""}
	}
	if !strings.EqualFold(j.Manifest.FileSystem, "EXT4") {
		text := "The simulator does not play file system NTFS; use fileSystem: EXT4."
		return &verdict{jobs.UnsupportedFileFormat, text, text}
	}
	text, err := w.signature(ctx, p)
	switch {
	case errors.Is(err, errNoSignature):
		return &verdict{jobs.MissingSignature, aborted(jobs.MissingSignature), ""}
	case errors.Is(err, errNoVolume):
		return &verdict{jobs.UnsupportedFileFormat, aborted(jobs.UnsupportedFileFormat), ""}
	case errors.Is(err, errNoDevice):
		return &verdict{jobs.MissingDevice, aborted(jobs.MissingDevice), err.Error()}
	case err != nil:
		return &verdict{jobs.DeviceError, aborted(jobs.DeviceError), err.Error()}
	case text != j.SignatureText():
		return &verdict{jobs.InvalidSignature, aborted(jobs.InvalidSignature), ""}
	}
	return nil
}
