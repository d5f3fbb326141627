package simulator

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/cargomedia/s3export/providers/simulator/jobs"
	"github.com/cargomedia/s3export/providers/simulator/warehouse"
)

// Faults is what goes wrong on purpose. The zero value is nothing.
type Faults struct {
	// Rules for requests; the first one that takes a request is applied.
	Rules []Rule `json:"rules,omitempty"`
	// Codes that GetStatus shows in place of a job's own, by job id.
	Codes map[string]jobs.Codes `json:"codes,omitempty"`
	// EndedStatus: "status" (the default) or "exception".
	EndedStatus jobs.StatusOfEnded `json:"endedStatus,omitempty"`
	// Rot of drives that are loaded from now on.
	Rot warehouse.Rot `json:"rot,omitzero"`
	// DeniedBuckets give BucketPermission.
	DeniedBuckets []string `json:"deniedBuckets,omitempty"`
	// Aborts are the progress codes with which the warehouse sends drives back
	// unprocessed, by job id or "*" for every job; see warehouse.AbortCodes.
	Aborts map[string]string `json:"aborts,omitempty"`
}

// The services of a Rule.
const (
	ImportExport = "importexport"
	S3           = "s3"
)

// Kind is what a Rule does to a request.
type Kind string

// The kinds.
const (
	Latency     Kind = "latency"     // answer after Rule.Latency
	Throttle    Kind = "throttle"    // Throttling, or S3's SlowDown
	ServerError Kind = "serverError" // Rule.Status, default 500
	ResetBefore Kind = "resetBefore" // connection reset, nothing was done
	ResetAfter  Kind = "resetAfter"  // connection reset, all was done
	Refuse      Kind = "refuse"      // the error Rule.Code, nothing was done
)

// Rule picks requests and spoils them.
type Rule struct {
	Kind Kind `json:"kind"`
	// Service is importexport or s3; empty for both.
	Service string `json:"service,omitempty"`
	// Operation of Import/Export, or the HTTP method of an S3 request; empty for all.
	Operation string `json:"operation,omitempty"`
	// Path is what the path of the request begins with, such as /photos/.
	Path string `json:"path,omitempty"`
	// After lets so many of these requests through first.
	After int `json:"after,omitempty"`
	// Count is how many are spoiled then; 0 for all that come.
	Count int `json:"count,omitempty"`
	// Latency before the answer, of every kind.
	Latency Duration `json:"latency,omitempty"`
	// Status of a ServerError: 500 to 599.
	Status int `json:"status,omitempty"`
	// Code of a Refuse, as on the wire, such as InvalidAddressException or S3's
	// AccessDenied. The service's own kind of document carries it.
	Code string `json:"code,omitempty"`
	// Message of a Refuse; empty for AWS's text for the code.
	Message string `json:"message,omitempty"`
	// HTTPStatus of a Refuse: 300 to 599; 0 for AWS's for the code.
	HTTPStatus int `json:"httpStatus,omitempty"`
}

// problem says what is wrong with a rule; empty when nothing is.
func (r Rule) problem() string {
	switch r.Kind {
	case Latency, Throttle, ServerError, ResetBefore, ResetAfter, Refuse:
	default:
		return "kind is latency, throttle, serverError, resetBefore, resetAfter or refuse"
	}
	if problem := r.refusalProblem(); problem != "" {
		return problem
	}
	switch {
	case r.Service != "" && r.Service != ImportExport && r.Service != S3:
		return "service is importexport or s3"
	case !r.hasOperation():
		return "operation is " + strings.Join(operations(r.Service), ", ")
	case r.Status != 0 && (r.Status < 500 || r.Status > 599):
		return "status is 500 to 599"
	case r.After < 0 || r.Count < 0:
		return "after and count are not negative"
	}
	return ""
}

// hasOperation reports whether the rule's operation is one of its service: a rule
// with another would wait in vain for its request.
func (r Rule) hasOperation() bool {
	return r.Operation == "" || slices.ContainsFunc(operations(r.Service), func(name string) bool {
		return strings.EqualFold(name, r.Operation)
	})
}

// operations returns what a rule may name for a service; "" is both.
func operations(service string) []string {
	methods := []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPost, http.MethodDelete}
	switch service {
	case ImportExport:
		return jobs.Operations()
	case S3:
		return methods
	default:
		return append(jobs.Operations(), methods...)
	}
}

func (r Rule) fits(service, operation, path string) bool {
	return (r.Service == "" || r.Service == service) &&
		(r.Operation == "" || strings.EqualFold(r.Operation, operation)) &&
		strings.HasPrefix(path, r.Path)
}

// rules counts requests down. It is safe for concurrent use.
type rules struct {
	mu     sync.Mutex
	faults Faults // as they were set
	left   []Rule // with After and Count counted down
	spent  []bool
}

func (s *rules) set(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
	s.left = append([]Rule(nil), f.Rules...)
	s.spent = make([]bool, len(f.Rules))
}

func (s *rules) get() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// take returns the rule for a request, which counts for it.
func (s *rules) take(service, operation, path string) (Rule, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.left {
		r := &s.left[i]
		switch {
		case s.spent[i] || !r.fits(service, operation, path):
			continue
		case r.After > 0:
			r.After--
			continue
		case r.Count > 0:
			r.Count--
			s.spent[i] = r.Count == 0
		}
		return *r, true
	}
	return Rule{}, false
}
