package importexport

import (
	"bytes"
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/query"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs/manifest"
)

const jobType = "Export"

// Job returns the job as it is now. The service reports a canceled or an expired
// job either as a status or as an error; both are a Job whose Progress says so,
// but with the error the service tells nothing else, so Location is unknown and
// mark and signature are empty. A job that is unknown is a NotFound error.
func (c *Client) Job(ctx context.Context, id providers.JobID) (providers.Job, error) {
	r, facts, err := invoke[getStatusResult](ctx, c, operation{
		name:    "GetStatus",
		members: func(o *query.Object) { o.Key("JobId").String(string(id)) },
	})
	if err != nil {
		return endedJob(id, err)
	}
	job := jobOf(r)
	job.ObservedAt = facts.at
	if job.ID == "" {
		job.ID = id
	}
	return job, nil
}

// endedJob makes a Job of the two errors that are facts about one.
func endedJob(id providers.JobID, err error) (providers.Job, error) {
	e, ok := errors.AsType[*providers.Error](err)
	if !ok || (e.Kind != providers.JobCanceled && e.Kind != providers.JobExpired) {
		return providers.Job{}, err
	}
	code := "Canceled"
	if e.Kind == providers.JobExpired {
		code = "Expired"
	}
	job := providers.Job{
		ID:           id,
		ObservedAt:   e.At,
		Location:     providers.LocationUnknown,
		ProgressCode: code, ProgressMessage: e.Message,
	}
	job.Progress, job.Failure = progressOf(code)
	return job, nil
}

func jobOf(r *getStatusResult) providers.Job {
	job := providers.Job{
		ID:              providers.JobID(r.JobID),
		Created:         instant(r.CreationDate),
		Location:        locationOf(r.LocationCode),
		LocationCode:    oneLine(r.LocationCode),
		LocationMessage: oneLine(r.LocationMessage),
		ProgressCode:    oneLine(r.ProgressCode),
		ProgressMessage: oneLine(r.ProgressMessage),
		Signature:       r.SignatureFileContents,
		Carrier:         oneLine(r.Carrier),
		TrackingNumber:  oneLine(r.TrackingNumber),
		LogBucket:       r.LogBucket,
		LogKey:          r.LogKey,
		ErrorCount:      count(r.ErrorCount),
	}
	job.Progress, job.Failure = progressOf(r.ProgressCode)
	describe(&job, []byte(r.CurrentManifest))
	return job
}

// describe puts into job what its manifest tells. A text that cannot be read tells
// nothing; it may be another tool's.
func describe(job *providers.Job, text []byte) {
	m, _, err := manifest.Parse(text)
	if err != nil || len(bytes.TrimSpace(text)) == 0 {
		return
	}
	if providers.IsMark(m.Generator) {
		job.Mark = providers.Mark(m.Generator)
	}
	job.DeviceID = m.DeviceID
	job.ManifestDigest = manifest.Digest(m)
}

// Check has the service validate the request, which creates nothing, and returns
// its remark, empty without one. A repeat is safe.
func (c *Client) Check(ctx context.Context, r providers.JobRequest) (string, error) {
	op := creation(r, true)
	op.once = false
	result, _, err := invoke[createJobResult](ctx, c, op)
	if e, ok := errors.AsType[*providers.Error](err); ok {
		e.Op += " (validation only)" // so that nobody takes it for a job that was made
	}
	if err != nil {
		return "", err
	}
	return oneLine(op.redact.text(result.WarningMessage)), nil
}

// CreateJob creates an export job and returns it as it is at the start. It is not
// idempotent: an OutcomeUnknown error means that the job may exist. It is repeated
// only when the request never left this host or was throttled.
func (c *Client) CreateJob(ctx context.Context, r providers.JobRequest) (providers.Job, error) {
	op := creation(r, false)
	result, facts, err := invoke[createJobResult](ctx, c, op)
	if err != nil {
		return providers.Job{}, err
	}
	if result.JobID == "" || result.SignatureFileContents == "" {
		return providers.Job{}, c.failure(ctx, op, facts, &malformedError{200, "no job ID or no SIGNATURE in it"})
	}
	job := providers.Job{
		ID:         providers.JobID(result.JobID),
		Created:    facts.at,
		ObservedAt: facts.at,
		Location:   providers.NotReceived,
		Progress:   providers.Pending,
		Signature:  result.SignatureFileContents,
		Warning:    oneLine(op.redact.text(result.WarningMessage)),
	}
	describe(&job, []byte(r.Manifest.Reveal()))
	return job, nil
}

func creation(r providers.JobRequest, validateOnly bool) operation {
	return operation{
		name: "CreateJob",
		members: func(o *query.Object) {
			o.Key("JobType").String(jobType)
			o.Key("Manifest").String(r.Manifest.Reveal())
			o.Key("ValidateOnly").Boolean(validateOnly)
		},
		once:        true,
		redact:      newRedactor(r.Manifest),
		accessKeyID: keyOf(r.Manifest),
	}
}

// UpdateJob replaces the manifest of a job as a whole; the SIGNATURE may change. A
// repeat is safe. TooLate: the transfer has started.
func (c *Client) UpdateJob(ctx context.Context, id providers.JobID, r providers.JobRequest) error {
	op := operation{
		name: "UpdateJob",
		members: func(o *query.Object) {
			o.Key("JobId").String(string(id))
			o.Key("JobType").String(jobType)
			o.Key("Manifest").String(r.Manifest.Reveal())
			o.Key("ValidateOnly").Boolean(false)
		},
		redact:      newRedactor(r.Manifest),
		accessKeyID: keyOf(r.Manifest),
	}
	result, facts, err := invoke[updateJobResult](ctx, c, op)
	if err != nil {
		return err
	}
	if isFalse(result.Success) {
		return c.declined(op, facts, providers.TooLate, "the service did not take the new manifest and gave no reason: look at it with `aws importexport get-status --job-id "+string(id)+"`")
	}
	return nil
}

// CancelJob cancels a job. A repeat is safe: a job that is canceled or has expired
// is as wished. TooLate: the transfer has started.
func (c *Client) CancelJob(ctx context.Context, id providers.JobID) error {
	op := operation{
		name:    "CancelJob",
		members: func(o *query.Object) { o.Key("JobId").String(string(id)) },
	}
	result, facts, err := invoke[cancelJobResult](ctx, c, op)
	if kind := providers.KindOf(err); err != nil && (kind == providers.JobCanceled || kind == providers.JobExpired) {
		return nil
	}
	if err != nil {
		return err
	}
	if isFalse(result.Success) {
		return c.declined(op, facts, providers.TooLate, "the service did not cancel the job and gave no reason: look at it with `aws importexport get-status --job-id "+string(id)+"`")
	}
	return nil
}

// declined is the error of an answer that says Success=false.
func (*Client) declined(op operation, facts seen, kind providers.ErrorKind, remedy string) error {
	return &providers.Error{
		Kind: kind, Op: op.name, RequestID: facts.requestID, At: facts.at,
		Message: "the service answered that it was not done", Remedy: remedy,
	}
}
