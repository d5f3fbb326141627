package simulator

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/auth"
	"github.com/cargomedia/s3export/providers/simulator/delivery"
	"github.com/cargomedia/s3export/providers/simulator/jobs"
	"github.com/cargomedia/s3export/providers/simulator/s3"
	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/providers/simulator/warehouse"
)

// controlPath is where the control API is; no bucket can have this name.
const controlPath = "/_simulator/"

// signingName is the SigV4 service name of Import/Export.
const signingName = "IngestionService"

// maxForm bounds what is read of an Import/Export request to find its operation.
const maxForm = 8 << 20

// service is everything behind the endpoint.
type service struct {
	clock     *clock
	store     *store.Store
	buckets   *buckets
	jobs      *jobs.Service
	warehouse *warehouse.Warehouse
	delivery  *delivery.Service
	rules     rules
	region    string

	s3, control http.Handler
	// detach gives work that a client has begun a life of its own: it ends with the
	// server, not with the connection.
	detach func(context.Context) (context.Context, context.CancelFunc)
}

// newService puts the parts together. The endpoint is the server's own URL.
func newService(o Options, endpoint string) (*service, error) {
	c := &clock{base: o.Now}
	st := store.New(c.Now)
	if o.DataDir != "" {
		if err := st.LoadDir(o.DataDir); err != nil {
			return nil, err
		}
	}
	if o.Fill != nil {
		if err := o.Fill(st); err != nil {
			return nil, err
		}
	}
	keys := auth.Keys{o.AccessKeyID: o.SecretAccessKey}
	s := &service{clock: c, store: st, buckets: &buckets{store: st}, region: o.Region}
	s.s3 = s3.New(st, keys, c.Now)
	s.delivery = delivery.New(st, c.Now)
	s.jobs = jobs.New(jobs.Options{
		Buckets: s.buckets, Authenticate: authenticate(keys), Now: c.Now, Seed: o.Seed, Log: o.Log.WithName("jobs"),
		ObjectURL: func(bucket, key string) string {
			return endpoint + (&url.URL{Path: "/" + bucket + "/" + key}).EscapedPath()
		},
	})
	s.warehouse = warehouse.New(warehouse.Options{
		Jobs: s.jobs, Store: st, Disks: o.Disks, Build: o.Build, Clock: c,
		WorkDir: o.WorkDir, Seed: o.Seed, Schedule: o.Schedule, Log: o.Log.WithName("warehouse"),
	})
	s.control = s.controlAPI()
	return s, nil
}

// authenticate words what auth finds as Import/Export does, whose code for an
// unknown key carries the suffix of its own exceptions.
func authenticate(keys auth.Keys) jobs.Authenticate {
	return func(r *http.Request, body []byte) (string, *jobs.Refusal) {
		id, failure := keys.Check(r, body, signingName)
		if failure == nil {
			return id, nil
		}
		refused := &jobs.Refusal{Status: failure.Status, Code: failure.Code, Message: failure.Message}
		if refused.Code == "InvalidClientTokenId" {
			refused.Code += "Exception"
		}
		return "", refused
	}
}

// ServeHTTP dispatches to the control API, Import/Export and S3.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPath) {
		s.stamp(w)
		s.control.ServeHTTP(w, r)
		return
	}
	s.settle(r.Context())
	s.stamp(w)
	name, operation, next := S3, r.Method, s.s3
	if jobs.IsRequest(r) {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxForm))
		if err != nil {
			return // the client is gone
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		name, operation, next = ImportExport, jobs.Operation(r, body), s.jobs
	}
	if rule, ok := s.rules.take(name, operation, r.URL.Path); ok {
		s.spoil(w, r, rule, next)
		return
	}
	next.ServeHTTP(w, r)
}

// settle carries out what fell due while real time passed.
func (s *service) settle(ctx context.Context) {
	ctx, cancel := s.detach(ctx)
	defer cancel()
	s.warehouse.Settle(ctx)
}

func (s *service) stamp(w http.ResponseWriter) {
	w.Header().Set("Date", s.clock.Now().Format(http.TimeFormat))
}

// setFaults replaces all faults.
func (s *service) setFaults(f Faults) {
	s.rules.set(f)
	s.jobs.Pretend(f.EndedStatus, f.Codes)
	s.buckets.deny(f.DeniedBuckets)
	s.warehouse.Spoil(f.Rot)
	s.warehouse.Abort(f.Aborts)
}

// isLocal reports whether a Host header names this machine; a page of the web that
// was rebound to 127.0.0.1 still sends its own name.
func isLocal(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
