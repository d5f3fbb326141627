package simulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// readHeaderTimeout ends connections that send nothing.
const readHeaderTimeout = 10 * time.Second

// Server is a simulator that listens. It is safe for concurrent use.
type Server struct {
	info  Info
	http  *http.Server
	stop  context.CancelFunc
	ended chan struct{}
	idle  func() // waits for the warehouse
}

// Start listens and serves until ctx ends or Close is called. Addresses that are
// not on loopback are refused.
func Start(ctx context.Context, o Options) (*Server, error) {
	o = o.withDefaults()
	if err := checkLoopback(o.Listen); err != nil {
		return nil, err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("starting the simulator: %w", err)
	}
	endpoint := "http://" + listener.Addr().String()
	handler, err := newService(o, endpoint)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting the simulator: %w", err), listener.Close())
	}
	life, stop := context.WithCancel(ctx)
	handler.detach = func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
		release := context.AfterFunc(life, cancel)
		return ctx, func() { release(); cancel() }
	}
	s := &Server{
		info:  Info{endpoint, o.Region, o.AccessKeyID, o.SecretAccessKey},
		http:  &http.Server{Handler: handler, ReadHeaderTimeout: readHeaderTimeout},
		stop:  stop,
		ended: make(chan struct{}),
		idle:  handler.warehouse.Wait,
	}
	context.AfterFunc(life, func() { _ = s.http.Close() }) // nothing is left to be told
	go func() {
		defer close(s.ended)
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			o.Log.Error(err, "simulator ended")
		}
	}()
	return s, nil
}

// Endpoint is the URL of the simulator, without a final slash.
func (s *Server) Endpoint() string { return s.info.Endpoint }

// Info is what a client needs to know.
func (s *Server) Info() Info { return s.info }

// Close ends the server and all that it does, a load under way included, and
// waits until nothing of it is left. It may be called twice.
func (s *Server) Close() error {
	s.stop()
	<-s.ended
	s.idle()
	return nil
}
