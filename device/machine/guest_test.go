package machine_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/machine"
)

const (
	bootTime    = 4 * time.Minute // on a host that has other work; alone it takes ten seconds
	commandTime = 3 * time.Minute
)

// guest runs commands on the machine.
type guest struct {
	port  net.Conn
	ready chan struct{}

	mu       sync.Mutex
	commands []*command // by ID; the first is none
	lost     error
}

// command is a command on the machine.
type command struct {
	g    *guest
	id   int
	argv []string

	mu    sync.Mutex
	parts []part
	end   *machine.End
	ended chan struct{}
}

// part is something that a command has said, and when.
type part struct {
	at   time.Duration // of the guest's clock
	text []byte
	talk bool // on stderr
}

func newGuest(port net.Conn) *guest {
	g := &guest{port: port, ready: make(chan struct{}), commands: []*command{nil}}
	go g.listen(json.NewDecoder(port))
	return g
}

func (g *guest) listen(events *json.Decoder) {
	for {
		var e machine.Event
		if err := events.Decode(&e); err != nil {
			g.lose(err)
			return
		}
		if e.ID == 0 {
			close(g.ready)
			continue
		}
		g.mu.Lock()
		c := g.commands[e.ID]
		g.mu.Unlock()
		c.take(e)
	}
}

// lose ends all commands: there is nobody who could tell of them.
func (g *guest) lose(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lost = fmt.Errorf("the guest is gone: %w", err)
	for _, c := range g.commands[1:] {
		c.take(machine.Event{End: &machine.End{ExitCode: -1, Problem: g.lost.Error()}})
	}
}

func (g *guest) awaitReady() error {
	select {
	case <-g.ready:
		return nil
	case <-time.After(bootTime):
		return errors.New("the guest has said nothing")
	}
}

func (c *command) take(e machine.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end != nil {
		return
	}
	if len(e.Stdout)+len(e.Stderr) > 0 {
		c.parts = append(c.parts, part{e.Uptime, append(e.Stdout, e.Stderr...), len(e.Stderr) > 0})
	}
	if e.End != nil {
		c.end = e.End
		close(c.ended)
	}
}

// launch starts a command with something to read and with more environment.
func (g *guest) launch(r machine.Request) *command {
	GinkgoHelper()
	c := &command{g: g, argv: r.Argv, ended: make(chan struct{})}
	g.mu.Lock()
	Expect(g.lost).NotTo(HaveOccurred())
	c.id = len(g.commands)
	g.commands = append(g.commands, c)
	r.ID = c.id
	err := g.ask(r)
	g.mu.Unlock()
	Expect(err).NotTo(HaveOccurred())
	return c
}

func (g *guest) ask(r machine.Request) error {
	return errors.Join(g.port.SetWriteDeadline(time.Now().Add(answerTime)), json.NewEncoder(g.port).Encode(r))
}

// start starts a command and does not wait for it.
func (g *guest) start(argv ...string) *command {
	GinkgoHelper()
	return g.launch(machine.Request{Argv: argv})
}

// run runs a command that is to succeed, and returns what it printed.
func (g *guest) run(argv ...string) string {
	GinkgoHelper()
	return g.start(argv...).succeed()
}

// write makes a file on the machine.
func (g *guest) write(path, text string) {
	GinkgoHelper()
	g.launch(machine.Request{Argv: []string{"tee", path}, Stdin: []byte(text)}).succeed()
}

// wait waits for the end of a command and returns its exit code.
func (c *command) wait() int {
	GinkgoHelper()
	Eventually(c.ended).WithTimeout(commandTime).Should(BeClosed(), "%s has not ended: %s", c, c.said())
	Expect(c.end.Problem).To(BeEmpty(), c.String())
	return c.end.ExitCode
}

func (c *command) succeed() string {
	GinkgoHelper()
	Expect(c.wait()).To(BeZero(), "%s: %s", c, c.said())
	return c.stdout()
}

// finish waits for the end of a command, and returns all that it has written and its
// exit code.
func (c *command) finish() (string, int) {
	GinkgoHelper()
	code := c.wait()
	return c.said(), code
}

// signal sends a signal to a command that runs.
func (c *command) signal(number int) {
	GinkgoHelper()
	c.g.mu.Lock()
	defer c.g.mu.Unlock()
	Expect(c.g.ask(machine.Request{ID: c.id, Signal: number})).To(Succeed())
}

func (c *command) String() string { return strings.Join(c.argv, " ") }

func (c *command) stdout() string { return c.text(func(p part) bool { return !p.talk }) }

// said is all that it has written.
func (c *command) said() string { return c.text(func(part) bool { return true }) }

func (c *command) text(wanted func(part) bool) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var b bytes.Buffer
	for _, p := range c.parts {
		if wanted(p) {
			b.Write(p.text)
		}
	}
	return b.String()
}

// saidAt is when it had first written a text, by the guest's clock.
func (c *command) saidAt(text string) time.Duration {
	GinkgoHelper()
	c.mu.Lock()
	defer c.mu.Unlock()
	var said []byte
	for _, p := range c.parts {
		said = append(said, p.text...)
		if bytes.Contains(said, []byte(text)) {
			return p.at
		}
	}
	Fail(fmt.Sprintf("%s has not said %q: %s", c, text, said))
	return 0
}
