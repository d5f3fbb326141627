package fake

import (
	"fmt"

	"github.com/cargomedia/s3export/providers"
)

// The moves play the service's side of a job. They return an error for a job that
// does not exist, and for nothing else: a test may make a job as strange as it
// likes.

// Receive has the drive arrive.
func (s *Service) Receive(id providers.JobID) error {
	return s.move(id, func(j *job) { j.locate(providers.AtService, "AtAWS", "Your device is at the service.") })
}

// Start begins the transfer.
func (s *Service) Start(id providers.JobID) error {
	return s.move(id, func(j *job) {
		j.locate(providers.AtService, "AtAWS", "Your device is at the service.")
		j.progress(providers.InProgress, "InProgress", "Data are being loaded.")
	})
}

// Load ends the transfer; failed is how many files could not be loaded.
func (s *Service) Load(id providers.JobID, failed int) error {
	return s.move(id, func(j *job) {
		j.locate(providers.AtService, "AtAWS", "Your device is at the service.")
		j.LogBucket, j.LogKey = j.manifest.LogBucket, j.manifest.LogPrefix+"export-log-"+string(j.ID)
		j.ErrorCount = failed
		s.put(j.LogBucket, j.LogKey, []byte("DateTime\tFile\tStatus\tCode\tKey\n"))
		if failed > 0 {
			j.progress(providers.CompleteWithErrors, "SuccessWithErrors", fmt.Sprintf("The specified job is complete with %d errors.", failed))
			return
		}
		j.progress(providers.Complete, "Complete", "The specified job is complete.")
	})
}

// Return sends the drive back, whatever was done with it.
func (s *Service) Return(id providers.JobID) error {
	return s.move(id, func(j *job) {
		j.Carrier, j.TrackingNumber = "UPS", "1Z999AA10123456784"
		j.locate(providers.Returned, "Returned", "Your device was returned by UPS, tracking number 1Z999AA10123456784.")
	})
}

// Expire ends the job as one whose drive did not come in time.
func (s *Service) Expire(id providers.JobID) error { return s.move(id, (*job).expire) }

// Cancel ends the job as if somebody else had canceled it.
func (s *Service) Cancel(id providers.JobID) error { return s.move(id, (*job).cancel) }

// Fail ends the job badly, with a code such as MissingSignature as its reason.
func (s *Service) Fail(id providers.JobID, code string) error {
	return s.move(id, func(j *job) {
		j.locate(providers.AtService, "AtAWS", "Your device is at the service.")
		j.progress(providers.Failed, code, "The specified job was aborted.")
		j.Failure = &providers.Failure{
			Reason: code, Meaning: "the service found what the reason names", Remedy: "put right what the reason names and set a new run",
		}
	})
}

// Puzzle puts the job into a state that nobody knows.
func (s *Service) Puzzle(id providers.JobID) error {
	return s.move(id, func(j *job) {
		j.locate(providers.LocationUnknown, "OnTheMoon", "")
		j.progress(providers.ProgressUnknown, "Levitating", "")
	})
}

// Forget drops a job as if it had never been.
func (s *Service) Forget(id providers.JobID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, j := range s.jobs {
		if j.ID == id {
			s.jobs = append(s.jobs[:i:i], s.jobs[i+1:]...)
			return nil
		}
	}
	return fmt.Errorf("no job %q", id)
}

func (s *Service) move(id providers.JobID, change func(*job)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, err := s.find("move", id)
	if err != nil {
		return err
	}
	change(j)
	return nil
}

func (j *job) locate(l providers.Location, code, message string) {
	j.Location, j.LocationCode, j.LocationMessage = l, code, message
}

func (j *job) progress(p providers.Progress, code, message string) {
	j.Progress, j.ProgressCode, j.ProgressMessage = p, code, message
}

func (j *job) expire() {
	j.progress(providers.Expired, "Expired", "The specified job has expired.")
	j.Failure = &providers.Failure{
		Reason: "JobExpired", Meaning: "the drive did not come in time", Remedy: "set a new run and ship in time",
	}
}

func (j *job) cancel() {
	j.progress(providers.Canceled, "Canceled", "The specified job was canceled.")
	j.Failure = &providers.Failure{Reason: "JobCanceled", Meaning: "the job was canceled", Remedy: "set a new run"}
}
