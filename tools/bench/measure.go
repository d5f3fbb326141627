package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// cost is what a run took.
type cost struct {
	Wall, CPU time.Duration
	Peak      int64 // bytes of memory, at most at one time
	Drive     int64 // bytes that came from a disk
	Exit      int
}

// program is a command line with what it finds in its environment.
type program struct {
	args []string
	env  []string
}

// measure runs a program by a process of our own that has nothing in memory: ru_maxrss
// of a child begins with the memory of its parent. What the program says goes to log.
func measure(ctx context.Context, p program, log string) (cost, error) {
	self, err := os.Executable()
	if err != nil {
		return cost{}, err
	}
	out, err := os.Create(log)
	if err != nil {
		return cost{}, err
	}
	defer func() { _ = out.Close() }()
	talk, err := os.Create(log + ".err")
	if err != nil {
		return cost{}, err
	}
	defer func() { _ = talk.Close() }()
	c := exec.CommandContext(ctx, self, append([]string{"measure", log + ".cost"}, p.args...)...)
	c.Env, c.Stdout, c.Stderr = append(os.Environ(), p.env...), out, talk
	if err := c.Run(); err != nil {
		return cost{}, fmt.Errorf("%s: %w", p.args[0], err)
	}
	text, err := os.ReadFile(log + ".cost")
	if err != nil {
		return cost{}, err
	}
	var found cost
	return found, json.Unmarshal(text, &found)
}

// measureMain is the process in between: it runs args[1:] and writes the cost to the
// file args[0].
func measureMain(args []string) error {
	if len(args) < 2 {
		return errors.New("usage: measure FILE PROGRAM [ARGUMENT]")
	}
	c := exec.Command(args[1], args[2:]...) //nolint:noctx,gosec // ends with its parent, which says what to run
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	begin := time.Now()
	err := c.Run()
	wall := time.Since(begin)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("the system does not say what a process took")
	}
	text, err := json.Marshal(cost{
		Wall: wall, CPU: c.ProcessState.UserTime() + c.ProcessState.SystemTime(),
		Peak: usage.Maxrss * kib, Drive: usage.Inblock * 512, Exit: c.ProcessState.ExitCode(),
	})
	if err != nil {
		return err
	}
	return os.WriteFile(args[0], text, 0o600) //nolint:gosec // the parent says where
}
