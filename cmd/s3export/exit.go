package main

import (
	"slices"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/verify"
)

// The exit codes; the README and the help of each command name them.
const (
	exitDone        = 0   // done, nothing to do, or did its part and now waits
	exitError       = 1   // an error; diff: apply would act
	exitUsage       = 2   // usage or invalid spec
	exitWaiting     = 3   // still waiting: with --wait, or what a verb was asked for is not done yet
	exitBlocked     = 4   // a person is needed
	exitFailed      = 5   // verification failed
	exitIncomplete  = 6   // verification incomplete
	exitInterrupted = 130 // Ctrl-C or SIGTERM
)

// exitCode is the one function from an outcome to an exit code. waited says that
// the caller asked to wait until there is nothing left to wait for.
func exitCode(o reconciler.Outcome, waited bool) int {
	switch o := o.(type) {
	case reconciler.Waiting:
		switch {
		case o.Failed:
			return exitError
		case o.Stalled != "":
			return exitBlocked
		case waited:
			return exitWaiting
		}
	case reconciler.Blocked:
		return blockedCode(o.Reason)
	case reconciler.Converged:
	}
	return exitDone
}

func blockedCode(r reconciler.Reason) int {
	switch r {
	case reconciler.VerificationFailed:
		return exitFailed
	case reconciler.VerificationIncomplete:
		return exitIncomplete
	default:
		return exitBlocked
	}
}

// verdictCode is the exit code of a verification by itself.
func verdictCode(v verify.Verdict) int {
	switch v {
	case verify.Pass:
		return exitDone
	case verify.Fail:
		return exitFailed
	case verify.Incomplete:
		return exitIncomplete
	}
	return exitError
}

// exits turns views into exit codes: each one's, and that of all.
type exits struct {
	of  func(view) int
	all func([]int) int
}

// asApply is the one table of exit codes.
func asApply() exits { return exits{func(v view) int { return v.ExitCode }, worst} }

// asTerraform: 0 nothing to do, 1 an error or nothing that can be done, 2 apply
// would act.
func asTerraform() exits {
	return exits{func(v view) int {
		switch {
		case v.ExitCode != exitDone:
			return 1
		case v.Changed:
			return 2
		}
		return 0
	}, func(codes []int) int {
		if slices.Contains(codes, 1) {
			return 1
		}
		return slices.Max(append(codes, 0))
	}}
}

// asDiff, as kubectl diff: 0 apply would do nothing now, 1 it would act, 2 an
// error.
func asDiff() exits {
	return exits{func(v view) int {
		switch {
		case v.Error != nil || v.Outcome.Failed:
			return 2
		case v.Changed:
			return 1
		}
		return 0
	}, func(codes []int) int { return slices.Max(append(codes, 0)) }}
}

// worst returns the code of several backups: the first of this order that
// occurred.
func worst(codes []int) int {
	for _, c := range []int{exitInterrupted, exitError, exitFailed, exitBlocked, exitIncomplete, exitWaiting} {
		if slices.Contains(codes, c) {
			return c
		}
	}
	return exitDone
}
