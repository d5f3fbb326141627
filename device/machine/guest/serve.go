package main

import (
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
	running map[int]running
}

type running struct {
	process *os.Process
	stdin   io.WriteCloser
}

// serve answers requests until the host lets go of the port.
func serve(port io.ReadWriter) error {
	s := &server{events: json.NewEncoder(port), running: map[int]running{}}
	s.tell(machine.Event{})
	for requests := json.NewDecoder(port); ; {
		var r machine.Request
		if err := requests.Decode(&r); err != nil {
			return err
		}
		switch {
		case len(r.Argv) > 0:
			s.start(r)
		default:
			s.pass(r)
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

// pass gives a running command what there is for it.
func (s *server) pass(r machine.Request) {
	s.mu.Lock()
	c, is := s.running[r.ID]
	s.mu.Unlock()
	switch {
	case !is:
	case r.Signal != 0:
		_ = c.process.Signal(syscall.Signal(r.Signal))
	default:
		go c.feed(r)
	}
}

// feed may take as long as the command runs; one that ends first reads no more.
func (c running) feed(r machine.Request) {
	_, _ = c.stdin.Write(r.Stdin)
	if !r.More {
		_ = c.stdin.Close()
	}
}

func (s *server) start(r machine.Request) {
	c := exec.Command(r.Argv[0], r.Argv[1:]...)
	c.Env = append(os.Environ(), r.Env...)
	c.Stdout = writer(func(p []byte) { s.tell(machine.Event{ID: r.ID, Stdout: p}) })
	c.Stderr = writer(func(p []byte) { s.tell(machine.Event{ID: r.ID, Stderr: p}) })
	c.WaitDelay = outputPause
	stdin, err := c.StdinPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		s.tell(machine.Event{ID: r.ID, End: &machine.End{ExitCode: -1, Problem: err.Error()}})
		return
	}
	started := running{c.Process, stdin}
	s.mu.Lock()
	s.running[r.ID] = started
	s.mu.Unlock()
	go started.feed(r)
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
