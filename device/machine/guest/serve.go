package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device/machine"
)

// outputPause is how long the output of a command is waited for after its end: a child
// that it has left behind may hold it open for ever.
const outputPause = 5 * time.Second

// server runs commands and tells what they do.
type server struct {
	mu      sync.Mutex
	events  *json.Encoder
	running map[int]*exec.Cmd
}

// serve answers requests until the host lets go of the port.
func serve(port io.ReadWriter) error {
	s := &server{events: json.NewEncoder(port), running: map[int]*exec.Cmd{}}
	s.tell(machine.Event{})
	for requests := json.NewDecoder(port); ; {
		var r machine.Request
		if err := requests.Decode(&r); err != nil {
			return err
		}
		switch {
		case r.Signal != 0:
			s.signal(r)
		case len(r.Argv) > 0:
			s.start(r)
		}
	}
}

// tell sends an event. One that cannot be sent has no reader: the next request cannot
// be read either, and ends the machine.
func (s *server) tell(e machine.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.Uptime = uptime()
	_ = s.events.Encode(e)
}

func uptime() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) // fails for unknown clocks only
	return time.Duration(t.Nano())
}

func (s *server) signal(r machine.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.running[r.ID]; c != nil {
		_ = c.Process.Signal(syscall.Signal(r.Signal))
	}
}

func (s *server) start(r machine.Request) {
	c := exec.Command(r.Argv[0], r.Argv[1:]...)
	c.Env = append(os.Environ(), r.Env...)
	c.Stdin = bytes.NewReader(r.Stdin)
	c.Stdout = writer(func(p []byte) { s.tell(machine.Event{ID: r.ID, Stdout: p}) })
	c.Stderr = writer(func(p []byte) { s.tell(machine.Event{ID: r.ID, Stderr: p}) })
	c.WaitDelay = outputPause
	if err := c.Start(); err != nil {
		s.tell(machine.Event{ID: r.ID, End: &machine.End{ExitCode: -1, Problem: err.Error()}})
		return
	}
	s.mu.Lock()
	s.running[r.ID] = c
	s.mu.Unlock()
	go s.finish(r.ID, c)
}

func (s *server) finish(id int, c *exec.Cmd) {
	end := machine.End{}
	if err := c.Wait(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			end.Problem = err.Error()
		}
	}
	end.ExitCode = c.ProcessState.ExitCode()
	s.mu.Lock()
	delete(s.running, id)
	s.mu.Unlock()
	s.tell(machine.Event{ID: id, End: &end})
}

// writer is an io.Writer of a function.
type writer func([]byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}
