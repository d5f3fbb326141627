package main

import (
	"context"
	"errors"
	"math"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
	"golang.org/x/time/rate"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// A quarter of a second's reading may come at once, but not less than readLeast.
const readLeast = 64 << 10

// pace returns what holds reading back to so much a second; nil for no limit.
func (*app) pace(bandwidth string) (func(context.Context, int) error, error) {
	if bandwidth == "" {
		return nil, nil
	}
	bytes, _, err := specs.Size(bandwidth).Parse()
	if err != nil {
		return nil, usage(errors.New("--bandwidth takes an amount of data a second, such as 50MB or 20MiB"))
	}
	burst := max(readLeast, int(min(bytes/4, math.MaxInt32)))
	limit := rate.NewLimiter(rate.Limit(bytes), burst)
	return func(ctx context.Context, n int) error {
		for ; n > 0; n -= burst {
			if limit.WaitN(ctx, min(n, burst)) != nil {
				<-ctx.Done() // it knew beforehand that there is not enough time
				return context.Cause(ctx)
			}
		}
		return nil
	}, nil
}

// timed ends a verification after the time that it was given.
func (f verifyFlags) timed(ctx context.Context) (context.Context, context.CancelFunc) {
	if f.maxDuration <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, f.maxDuration, verify.ErrTimeUp)
}

// Values of linux/ioprio.h.
const (
	ioprioWhoProcess = 1
	ioprioBestEffort = 2 << 13
	ioprioLowest     = 7
	lowPriority      = 10 // of setpriority(2)
)

// giveWay lets every other program of the host go first, on the drive and on the
// processors. A host that does not allow it loses nothing but manners.
func giveWay() {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	for _, t := range threads { // later ones inherit it
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			continue
		}
		_ = unix.Setpriority(unix.PRIO_PROCESS, id, lowPriority)
		_, _, _ = unix.Syscall(unix.SYS_IOPRIO_SET, ioprioWhoProcess, uintptr(id), ioprioBestEffort|ioprioLowest)
	}
}
