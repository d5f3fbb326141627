package jobs

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrNoJob is returned for an id that no job has.
var ErrNoJob = errors.New("no such job")

// Jobs returns all jobs of all accounts as they are now, oldest first.
func (s *Service) Jobs() []Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	all := make([]Job, len(s.jobs))
	for i, j := range s.jobs {
		all[i] = j.expired(now)
	}
	return all
}

// Job returns a job as it is now, or ErrNoJob.
func (s *Service) Job(id string) (Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.find(id, "")
	if j == nil {
		return Job{}, fmt.Errorf("job %q: %w", id, ErrNoJob)
	}
	return *j, nil
}

// Change lets f change a job and returns the outcome, or ErrNoJob. Nothing else
// sees the job meanwhile; f must not call the Service.
func (s *Service) Change(id string, f func(*Job)) (Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.find(id, "")
	if j == nil {
		return Job{}, fmt.Errorf("job %q: %w", id, ErrNoJob)
	}
	f(j)
	return *j, nil
}

// find returns the job of an account ("" is any) as it is now. The caller has the
// lock.
func (s *Service) find(id, account string) *Job {
	id = normalID(id)
	i := slices.IndexFunc(s.jobs, func(j Job) bool {
		return j.ID == id && (account == "" || j.Owner == account)
	})
	if i < 0 {
		return nil
	}
	s.jobs[i] = s.jobs[i].expired(s.o.Now())
	return &s.jobs[i]
}

// own returns the job that c names in its JobId. The caller has the lock.
func (s *Service) own(c call) (*Job, *Refusal) {
	if j := s.find(c.values.Get("JobId"), c.account); j != nil {
		return j, nil
	}
	return nil, refuse(invalidJobID)
}

// ended refuses work on a canceled or expired job.
func ended(j *Job) *Refusal {
	switch j.ProgressCode {
	case Canceled:
		return refuse(canceledJobID)
	case Expired:
		return refuse(expiredJobID)
	}
	return nil
}

// nextID draws an id that no job has. The caller has the lock.
func (s *Service) nextID() string {
	for {
		s.drawn++
		id := jobID(s.o.Seed, s.drawn)
		if s.find(id, "") == nil {
			return id
		}
	}
}

// createdOn counts an account's jobs of the UTC day of t. The caller has the lock.
func (s *Service) createdOn(account string, t time.Time) int {
	n := 0
	for _, j := range s.jobs {
		if j.Owner == account && day(j.Created) == day(t) {
			n++
		}
	}
	return n
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
