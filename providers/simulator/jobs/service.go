package jobs

import (
	"net/http"
	"sync"
	"time"

	"github.com/go-logr/logr"
)

// Buckets is what Import/Export needs of S3.
type Buckets interface {
	// BucketRegion returns where a bucket is; false when there is none.
	BucketRegion(bucket string) (string, bool)
	// MayUse reports whether the account may read and write the bucket.
	MayUse(account, bucket string) bool
	// PutDocument writes an object of the service's own, over an older one.
	PutDocument(bucket, key, contentType string, content []byte) error
}

// Authenticate verifies a request's signature over body and returns the access
// key id behind it.
type Authenticate func(r *http.Request, body []byte) (account string, refused *Refusal)

// Options of a Service. All but Log are required.
type Options struct {
	Buckets      Buckets
	Authenticate Authenticate
	Now          func() time.Time
	// Seed of job ids and request ids; the same seed gives the same ones.
	Seed string
	// ObjectURL returns the address of an object for label URLs.
	ObjectURL func(bucket, key string) string
	Log       logr.Logger
}

// StatusOfEnded says how GetStatus answers for canceled and expired jobs.
type StatusOfEnded string

// The two ways that AWS documents.
const (
	AsStatus    StatusOfEnded = "status"    // a normal status; the default
	AsException StatusOfEnded = "exception" // CanceledJobIdException, ExpiredJobIdException
)

// Service is Import/Export. It is safe for concurrent use.
type Service struct {
	o Options

	mu       sync.Mutex
	jobs     []Job // in the order of creation
	requests int
	drawn    int // job ids drawn so far
	ended    StatusOfEnded
	codes    map[string]Codes // by job id, shown in place of the true ones
}

// New returns a service without jobs.
func New(o Options) *Service {
	return &Service{o: o, ended: AsStatus, codes: map[string]Codes{}}
}

// Pretend sets how GetStatus answers for ended jobs ("" is AsStatus) and which
// codes it shows in place of the true ones, by job id. It replaces what was set
// before.
func (s *Service) Pretend(ended StatusOfEnded, codes map[string]Codes) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = ended
	s.codes = map[string]Codes{}
	for id, c := range codes {
		s.codes[normalID(id)] = c
	}
}

// RequestID draws the next request id.
func (s *Service) RequestID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	return requestID(s.o.Seed, s.requests)
}

// ServeHTTP carries out one request of the query protocol.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := s.RequestID()
	operation, answer, refused := s.serve(r, id)
	log := s.o.Log.WithValues("operation", operation, "requestID", id)
	if refused != nil {
		log.Info("request refused", "code", refused.Code)
		WriteRefusal(w, id, refused)
		return
	}
	log.Info("request answered")
	write(w, http.StatusOK, id, answer)
}

func (s *Service) serve(r *http.Request, id string) (operation string, answer []byte, refused *Refusal) {
	body, refused := readBody(r)
	if refused != nil {
		return "", nil, refused
	}
	c, refused := read(r, body)
	if refused != nil {
		return "", nil, refused
	}
	run := s.operation(c.operation)
	if run == nil {
		return "", nil, unknownOperation(c.operation)
	}
	if c.account, refused = s.o.Authenticate(r, body); refused != nil {
		return c.operation, nil, refused
	}
	if refused = c.checkVersions(); refused != nil {
		return c.operation, nil, refused
	}
	result, refused := run(c)
	if refused != nil {
		return c.operation, nil, refused
	}
	answer, err := success(c.operation, id, result)
	if err != nil {
		return c.operation, nil, &Refusal{http.StatusInternalServerError, "InternalFailure", "The answer could not be written."}
	}
	return c.operation, answer, nil
}

func unknownOperation(name string) *Refusal {
	if name == "" {
		return &Refusal{http.StatusBadRequest, "MissingAction", "The request is missing an action."}
	}
	return &Refusal{http.StatusBadRequest, "InvalidAction", "The action is not one of this service."}
}

// Operations returns the names of all operations.
func Operations() []string {
	return []string{"CreateJob", "UpdateJob", "CancelJob", "GetStatus", "ListJobs", "GetShippingLabel"}
}

type operation func(call) (any, *Refusal)

func (s *Service) operation(name string) operation {
	switch name {
	case "CreateJob":
		return s.createJob
	case "UpdateJob":
		return s.updateJob
	case "CancelJob":
		return s.cancelJob
	case "GetStatus":
		return s.getStatus
	case "ListJobs":
		return s.listJobs
	case "GetShippingLabel":
		return s.getShippingLabel
	}
	return nil
}
