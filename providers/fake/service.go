package fake

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/cargomedia/s3export/providers"
)

// Lifetime is how long a job waits for its drive before it expires, as at AWS.
const Lifetime = 30 * 24 * time.Hour

// Options configure a Service. The zero Options are a service with no jobs.
type Options struct {
	Traits providers.Traits
	// Start of the service's clock. Zero: 2026-01-02 03:04:05 UTC.
	Start time.Time
	// Secret of the signatures; any text will do.
	Secret string
}

// Shipping returns the traits of a service that loads a shipped drive at its site.
func Shipping() providers.Traits {
	return providers.Traits{
		HasJob: true, ShipsDrive: true, SignsVolume: true, HasLabel: true, FormatsDrive: true, Fill: providers.ByService,
		Patience: providers.Patience{Lifetime: Lifetime, Register: 7 * 24 * time.Hour, Begin: 14 * 24 * time.Hour, Load: 14 * 24 * time.Hour, SendBack: 7 * 24 * time.Hour},
	}
}

// Filling returns the traits of a provider that has no jobs: this host copies.
func Filling() providers.Traits { return providers.Traits{Fill: providers.ByUs} }

// Call is a call of one of the job methods or of Fill.
type Call struct {
	Op  string // the name of the method
	Job providers.JobID
}

// Service is the fake. It is safe for concurrent use.
type Service struct {
	traits providers.Traits
	secret string

	mu            sync.Mutex
	now           time.Time
	jobs          []*job // oldest first
	made          int
	calls         []Call
	fail          map[string][]error
	lose          map[string]int
	before, after func(op string) error
	buckets       map[string]map[string][]byte
}

// New returns a Service without jobs and buckets.
func New(o Options) *Service {
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	}
	return &Service{
		traits:  o.Traits,
		secret:  o.Secret,
		now:     o.Start,
		fail:    map[string][]error{},
		lose:    map[string]int{},
		buckets: map[string]map[string][]byte{},
	}
}

// Traits returns the configured traits.
func (s *Service) Traits() providers.Traits { return s.traits }

// Now returns the service's time.
func (s *Service) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Advance moves the service's clock; jobs that have waited too long expire.
func (s *Service) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
	for _, j := range s.jobs {
		if j.waits() && s.now.Sub(j.Created) >= Lifetime {
			j.expire()
		}
	}
}

// SetHooks sets what runs before and after each effect: CreateJob, UpdateJob,
// CancelJob, Label, and Fill once for each file. An error before prevents the
// effect, an error after loses its answer; either is what the caller gets. Nil sets
// none.
func (s *Service) SetHooks(before, after func(op string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before, s.after = before, after
}

// FailNext makes the next call of op fail with err and do nothing. Repeated, it
// queues.
func (s *Service) FailNext(op string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail[op] = append(s.fail[op], err)
}

// LoseNext makes the next call of op have its effect and lose its answer.
func (s *Service) LoseNext(op string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lose[op]++
}

// Calls returns the calls since the beginning, failed ones included.
func (s *Service) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// enter records a call and returns its queued error, if any.
func (s *Service) enter(ctx context.Context, op string, id providers.JobID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, Call{Op: op, Job: id})
	if err := ctx.Err(); err != nil {
		return &providers.Error{Kind: providers.Transient, Op: op, Message: "interrupted", Remedy: "run the same again", Err: err}
	}
	if queue := s.fail[op]; len(queue) > 0 {
		s.fail[op] = queue[1:]
		return queue[0]
	}
	return nil
}

// effect runs change between the hooks, and loses its answer where that was asked
// for.
func (s *Service) effect(op string, change func() error) error {
	s.mu.Lock()
	before, after := s.before, s.after
	s.mu.Unlock()
	if before != nil {
		if err := before(op); err != nil {
			return err
		}
	}
	lost, err := s.locked(op, change)
	if err != nil {
		return err
	}
	if after != nil {
		if err := after(op); err != nil {
			return err
		}
	}
	if lost {
		return lostAnswer(op)
	}
	return nil
}

func (s *Service) locked(op string, change func() error) (lost bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := change(); err != nil {
		return false, err
	}
	if s.lose[op] > 0 {
		s.lose[op]--
		return true, nil
	}
	return false, nil
}

func lostAnswer(op string) error {
	kind, remedy := providers.Transient, "run the same again"
	if op == "CreateJob" {
		kind, remedy = providers.OutcomeUnknown, "look for the mark before creating again"
	}
	return &providers.Error{Kind: kind, Op: op, Message: "the answer was lost", Remedy: remedy}
}
