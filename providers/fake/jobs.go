package fake

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

// job is a job as the service keeps it.
type job struct {
	providers.Job
	text     secret.Value
	manifest manifest.Manifest
}

func (j *job) waits() bool {
	return j.Location == providers.NotReceived && j.Progress == providers.Pending
}

func (j *job) started() bool { return j.Progress != providers.Pending }

// Job returns the job as it is now; NotFound when there is none.
func (s *Service) Job(ctx context.Context, id providers.JobID) (providers.Job, error) {
	if err := s.enter(ctx, "Job", id); err != nil {
		return providers.Job{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	j, err := s.find("Job", id)
	if err != nil {
		return providers.Job{}, err
	}
	return s.seen(j), nil
}

// FindJobs returns the jobs that carry the mark and are not canceled, newest
// first, of those created at or after since, in whole seconds.
func (s *Service) FindJobs(ctx context.Context, m providers.Mark, since time.Time) (providers.Found, error) {
	if err := s.enter(ctx, "FindJobs", ""); err != nil {
		return providers.Found{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := providers.Found{ObservedAt: s.now}
	for _, j := range slices.Backward(s.jobs) {
		if j.Mark == m && j.Progress != providers.Canceled && !j.Created.Before(since.Truncate(time.Second)) {
			found.Jobs = append(found.Jobs, s.seen(j))
		}
	}
	return found, nil
}

// Check validates the request and creates nothing.
func (s *Service) Check(ctx context.Context, r providers.JobRequest) (string, error) {
	if err := s.enter(ctx, "Check", ""); err != nil {
		return "", err
	}
	_, err := s.validate("Check", r)
	return "", err
}

// CreateJob creates a job. It is not idempotent.
func (s *Service) CreateJob(ctx context.Context, r providers.JobRequest) (providers.Job, error) {
	if err := s.enter(ctx, "CreateJob", ""); err != nil {
		return providers.Job{}, err
	}
	m, err := s.validate("CreateJob", r)
	if err != nil {
		return providers.Job{}, err
	}
	var made providers.Job
	err = s.effect("CreateJob", func() error {
		j := &job{Job: providers.Job{ID: nextID(s.made), Created: s.now.Truncate(time.Second)}}
		s.made++
		j.locate(providers.NotReceived, "NotReceived", "The service has not received your device.")
		j.progress(providers.Pending, "Pending", "The specified job has not started.")
		s.describe(j, r.Manifest, m)
		s.jobs = append(s.jobs, j)
		made = s.seen(j)
		return nil
	})
	if err != nil {
		return providers.Job{}, err
	}
	return made, nil
}

// UpdateJob replaces the manifest of a job that has not started.
func (s *Service) UpdateJob(ctx context.Context, id providers.JobID, r providers.JobRequest) error {
	if err := s.enter(ctx, "UpdateJob", id); err != nil {
		return err
	}
	m, err := s.validate("UpdateJob", r)
	if err != nil {
		return err
	}
	return s.effect("UpdateJob", func() error {
		j, err := s.alive("UpdateJob", id)
		if err != nil {
			return err
		}
		if j.started() {
			return refused(providers.TooLate, "UpdateJob", "the transfer has started", "wait for the end of this run")
		}
		s.describe(j, r.Manifest, m)
		return nil
	})
}

// CancelJob cancels a job that has not started; one that is canceled or expired is
// as wished.
func (s *Service) CancelJob(ctx context.Context, id providers.JobID) error {
	if err := s.enter(ctx, "CancelJob", id); err != nil {
		return err
	}
	return s.effect("CancelJob", func() error {
		j, err := s.find("CancelJob", id)
		switch {
		case err != nil:
			return err
		case j.Progress == providers.Canceled || j.Progress == providers.Expired:
			return nil
		case j.started():
			return refused(providers.TooLate, "CancelJob", "the transfer has started", "wait until the drive is back")
		}
		j.cancel()
		return nil
	})
}

// Label has a label made in the log bucket of the first job by id.
func (s *Service) Label(ctx context.Context, ids []providers.JobID, from providers.Address) (providers.Label, error) {
	first := providers.JobID("")
	if len(ids) > 0 {
		first = slices.Min(ids)
	}
	if err := s.enter(ctx, "Label", first); err != nil {
		return providers.Label{}, err
	}
	if from.Name == "" || from.Street1 == "" || from.City == "" || from.Country == "" {
		return providers.Label{}, refused(providers.Invalid, "Label", "the address is incomplete", "give name, street1, city and country")
	}
	var label providers.Label
	err := s.effect("Label", func() error {
		for _, id := range ids {
			if _, err := s.alive("Label", id); err != nil {
				return err
			}
		}
		j, err := s.find("Label", first)
		if err != nil {
			return err
		}
		key := "shipping-label-" + string(j.ID) + ".pdf"
		s.put(j.manifest.LogBucket, key, []byte("%PDF-1.4 label of "+string(j.ID)+"\n%%EOF\n"))
		label = providers.Label{Bucket: j.manifest.LogBucket, Key: key, URL: "https://s3.example.invalid/" + j.manifest.LogBucket + "/" + key}
		return nil
	})
	if err != nil {
		return providers.Label{}, err
	}
	return label, nil
}

// validate reads the request as strictly as a service does.
func (s *Service) validate(op string, r providers.JobRequest) (manifest.Manifest, error) {
	if !s.traits.HasJob {
		return manifest.Manifest{}, refused(providers.Invalid, op, "this service has no jobs", "look at its traits first")
	}
	m, _, err := manifest.Parse([]byte(r.Manifest.Reveal()))
	if err != nil {
		return m, refused(providers.Invalid, op, "the manifest cannot be read", "correct the manifest")
	}
	var missing []string
	for name, is := range map[string]bool{
		"deviceId": m.DeviceID != "", "operations": len(m.Operations) > 0,
		"logBucket": m.LogBucket != "", "returnAddress": m.ReturnAddress != nil,
	} {
		if !is {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return m, refused(providers.Invalid, op, "the manifest lacks "+strings.Join(missing, ", "), "add what is missing")
	}
	return m, nil
}

// describe puts a manifest into a job. The signature covers it.
func (s *Service) describe(j *job, text secret.Value, m manifest.Manifest) {
	j.text, j.manifest = text, m
	j.Mark = ""
	if providers.IsMark(m.Generator) {
		j.Mark = providers.Mark(m.Generator)
	}
	j.DeviceID, j.ManifestDigest = m.DeviceID, manifest.Digest(m)
	j.Signature = SignatureFile(j.ID, Signature(s.secret, j.ID, text))
}

func (s *Service) seen(j *job) providers.Job {
	copied := j.Job
	copied.ObservedAt = s.now
	return copied
}

func (s *Service) find(op string, id providers.JobID) (*job, error) {
	for _, j := range s.jobs {
		if strings.EqualFold(string(j.ID), string(id)) {
			return j, nil
		}
	}
	return nil, refused(providers.NotFound, op, fmt.Sprintf("no job %q", id), "check the job's ID")
}

// alive is find for a job that has neither been canceled nor expired.
func (s *Service) alive(op string, id providers.JobID) (*job, error) {
	j, err := s.find(op, id)
	switch {
	case err != nil:
		return nil, err
	case j.Progress == providers.Canceled:
		return nil, refused(providers.JobCanceled, op, "the job was canceled", "set a new run")
	case j.Progress == providers.Expired:
		return nil, refused(providers.JobExpired, op, "the job has expired", "set a new run")
	}
	return j, nil
}

func refused(kind providers.ErrorKind, op, message, remedy string) error {
	return &providers.Error{Kind: kind, Op: op, Code: string(kind), Message: message, Remedy: remedy}
}
