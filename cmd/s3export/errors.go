package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
	"github.com/cargomedia/s3export/verify"
)

// problem is an error with all that a person needs: what is printed, and the exit
// code.
type problem struct {
	Kind     string             `json:"kind"` // Error
	Reason   string             `json:"reason"`
	Message  string             `json:"message"`
	Remedy   string             `json:"remedy"`
	ExitCode int                `json:"exitCode"`
	Problems []specs.FieldError `json:"problems,omitempty"` // of spec files, all of them
}

// Error returns the message.
func (p *problem) Error() string { return p.Message }

func fail(code int, reason, message, remedy string) *problem {
	return &problem{Kind: "Error", Reason: reason, Message: message, Remedy: remedy, ExitCode: code}
}

// done ends a command with a code and nothing more to say.
type done int

// Error is never printed.
func (d done) Error() string { return fmt.Sprintf("exit code %d", int(d)) }

// exit returns the error that ends a command with the code; nil for 0.
func exit(code int) error {
	if code == exitDone {
		return nil
	}
	return done(code)
}

// interrupted wraps the error of a command that was told to stop.
type interrupted struct{ err error }

func (e *interrupted) Error() string { return e.err.Error() }
func (e *interrupted) Unwrap() error { return e.err }

// usage marks an error of the command line.
func usage(err error) error {
	remedy := "see `s3export help` and the command's --help"
	message, hint, found := strings.Cut(err.Error(), "\n\nDid you mean this?\n") // as cobra says it
	if found {
		remedy = "did you mean " + strings.Join(strings.Fields(hint), " or ") + "?"
	}
	return fail(exitUsage, "Usage", message, remedy)
}

// report prints the error of a command and returns its exit code.
func (a *app) report(err error) int {
	if err == nil {
		return exitDone
	}
	if d, ok := errors.AsType[done](err); ok {
		return int(d)
	}
	p := problemOf(err)
	if a.output == "json" {
		if text, err := jsonText(p, ""); err == nil {
			_, _ = a.stderr.Write(text)
			return p.ExitCode
		}
	}
	for _, f := range p.Problems {
		_, _ = fmt.Fprintln(a.stderr, f.Error())
	}
	_, _ = fmt.Fprintf(a.stderr, "error: %s\n", p.Message)
	if p.Remedy != "" && len(p.Problems) == 0 {
		_, _ = fmt.Fprintf(a.stderr, "  what to do: %s\n", p.Remedy)
	}
	return p.ExitCode
}

// problemOf finds what an error says to a person, wherever in the chain it is.
func problemOf(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if _, ok := errors.AsType[*interrupted](err); ok {
		return fail(exitInterrupted, "Interrupted", "interrupted", "run the same again: it goes on where it stopped")
	}
	if _, ok := errors.AsType[*specs.FieldError](err); ok {
		list := specs.Problems(err)
		p := fail(exitUsage, "InvalidSpec", fmt.Sprintf("%d %s in the spec files; nothing was done", len(list), plural(len(list), "problem")), "correct the spec files")
		p.Problems = list
		return p
	}
	if e, ok := errors.AsType[*journal.LockedError](err); ok {
		return fail(exitError, "Locked", e.Error(), "wait until it has ended, or stop it, then run the same again")
	}
	if e, ok := errors.AsType[*reconciler.FileError](err); ok {
		return fail(exitError, "FileTrouble", err.Error(), e.Remedy)
	}
	if e, ok := errors.AsType[*secret.Error](err); ok {
		return fail(exitBlocked, "SecretUnreadable", err.Error(), e.Remedy)
	}
	if e, ok := errors.AsType[*providers.Error](err); ok {
		return fail(exitError, string(e.Kind), err.Error(), e.Remedy)
	}
	if e, ok := errors.AsType[*device.Refusal](err); ok {
		return fail(exitBlocked, string(e.Reason), e.Message, e.Remedy)
	}
	if e, ok := errors.AsType[*device.Error](err); ok {
		code := exitError
		if slices.Contains([]device.Reason{device.PasswordNeeded, device.PasswordWrong, device.ContainerUnclear}, e.Reason) {
			code = exitBlocked
		}
		return fail(code, string(e.Reason), err.Error(), e.Remedy)
	}
	if e, ok := errors.AsType[*verify.Error](err); ok { // last: it may have one of the others as its cause
		return fail(exitError, "Error", err.Error(), e.Remedy)
	}
	return fail(exitError, "Error", err.Error(), "look at the message; run the same with -vv for more")
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
