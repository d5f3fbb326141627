package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	region = "us-east-1"
	// ticks of /proc/PID/stat in a second; fixed in the kernel's interface.
	ticks = 100
)

// server is the S3 that holds the originals.
type server struct {
	name, endpoint, key, secret string
	pid                         int // 0 when not known
	cmd                         *exec.Cmd
}

// newServer takes the one that is named, else starts versitygw, which keeps objects in
// files, else the simulator, which keeps them in memory.
func newServer(ctx context.Context, o options) (*server, error) {
	if o.endpoint != "" {
		return &server{name: o.endpoint, endpoint: o.endpoint, pid: o.serverPID,
			key: os.Getenv("AWS_ACCESS_KEY_ID"), secret: os.Getenv("AWS_SECRET_ACCESS_KEY")}, nil
	}
	if path, err := exec.LookPath("versitygw"); err == nil {
		return startGateway(ctx, path, o.dir)
	}
	return startSimulator(o.product)
}

func startGateway(ctx context.Context, path, dir string) (*server, error) {
	objects, versions := filepath.Join(dir, "objects"), filepath.Join(dir, "versions")
	for _, d := range []string{objects, versions} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, err
		}
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	s := &server{name: "versitygw", endpoint: "http://" + address, key: "benchkey", secret: "benchsecret"}
	s.cmd = exec.Command(path, "--port", address, "--access", s.key, "--secret", s.secret, "--keep-alive", "--quiet", //nolint:noctx // ended by close
		"posix", "--versioning-dir", versions, objects)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.pid = s.cmd.Process.Pid
	if err := s.answers(ctx, address); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *server) answers(ctx context.Context, address string) error {
	var d net.Dialer
	for range 200 {
		c, err := d.DialContext(ctx, "tcp", address)
		if err == nil {
			return c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%s does not answer; take it out of PATH to use the simulator", s.name)
}

func freeAddress(ctx context.Context) (string, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func startSimulator(product string) (*server, error) {
	s := &server{name: "s3export simulate (objects in memory)"}
	s.cmd = exec.Command(product, "simulate") //nolint:noctx // ended by close
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.pid = s.cmd.Process.Pid
	var says struct{ Endpoint, AccessKeyID, SecretAccessKey string }
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &says)
	}
	if err != nil {
		s.close()
		return nil, fmt.Errorf("starting the simulator: %w", err)
	}
	s.endpoint, s.key, s.secret = says.Endpoint, says.AccessKeyID, says.SecretAccessKey
	return s, nil
}

// spent is the CPU time that the server has taken so far; 0 when it is not known.
func (s *server) spent() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.pid))
	if s.pid == 0 || err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * (time.Second / ticks)
}

func (s *server) close() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}
