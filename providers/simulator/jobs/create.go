package jobs

import (
	"strings"

	"github.com/cargomedia/s3export/specs/secret"
)

// order is what CreateJob and UpdateJob have in common.
type order struct {
	jobType      string
	text         string
	validateOnly bool
	checked
}

func (s *Service) readOrder(c call) (order, *Refusal) {
	jobType, refused := c.need("JobType")
	if refused != nil {
		return order{}, refused
	}
	text, refused := c.need("Manifest")
	if refused != nil {
		return order{}, refused
	}
	o := order{text: text}
	switch { // the CLI's own examples write it in lower case
	case strings.EqualFold(jobType, Export):
		o.jobType = Export
	case strings.EqualFold(jobType, Import):
		o.jobType = Import
	default:
		return order{}, refuse(invalidParameter, "JobType is Import or Export")
	}
	if o.validateOnly, refused = c.flag("ValidateOnly"); refused != nil {
		return order{}, refused
	}
	o.checked, refused = s.check(c.account, o.jobType, text)
	return o, refused
}

// createJob: not idempotent, as at AWS; each call makes a job.
func (s *Service) createJob(c call) (any, *Refusal) {
	o, refused := s.readOrder(c)
	if refused != nil {
		return nil, refused
	}
	result := createJobResult{JobType: o.jobType, WarningMessage: o.warning}
	if o.validateOnly {
		return result, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now().UTC()
	if s.createdOn(c.account, now) >= DailyQuota {
		return nil, refuse(createQuotaExceeded)
	}
	j := Job{
		ID: s.nextID(), Owner: c.account, Type: o.jobType, Created: now,
		Text: secret.NewValue(o.text), Manifest: o.manifest, Codes: newCodes(),
	}
	s.jobs = append(s.jobs, j)
	result.JobID, result.AwsShippingAddress = j.ID, j.shippingAddress()
	result.Signature, result.SignatureFileContents = j.signature(), j.SignatureText()
	return result, nil
}

// updateJob replaces the manifest as a whole, until the transfer starts.
func (s *Service) updateJob(c call) (any, *Refusal) {
	if _, refused := c.need("JobId"); refused != nil {
		return nil, refused
	}
	if refused := s.updatable(c); refused != nil {
		return nil, refused
	}
	o, refused := s.readOrder(c)
	if refused != nil {
		return nil, refused
	}
	result := updateJobResult{Success: true, WarningMessage: o.warning}
	if o.validateOnly {
		return result, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	j, refused := s.changeable(c)
	if refused != nil { // it may have started since the first look
		return nil, refused
	}
	j.Type, j.Text, j.Manifest = o.jobType, secret.NewValue(o.text), o.manifest
	return result, nil
}

func (s *Service) updatable(c call) *Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, refused := s.changeable(c)
	return refused
}

func (s *Service) changeable(c call) (*Job, *Refusal) {
	j, refused := s.own(c)
	if refused == nil {
		refused = ended(j)
	}
	if refused == nil && j.started() {
		refused = refuse(unableToUpdate)
	}
	return j, refused
}

// cancelJob ends a job that has not started.
func (s *Service) cancelJob(c call) (any, *Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, refused := s.own(c)
	if refused == nil {
		refused = ended(j)
	}
	if refused == nil && j.started() {
		refused = refuse(unableToCancel)
	}
	if refused != nil {
		return nil, refused
	}
	j.Progress(Canceled, "The specified job has been canceled.")
	return cancelJobResult{Success: true}, nil
}
