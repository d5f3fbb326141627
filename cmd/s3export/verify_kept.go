package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/chain"
)

// kept is what a verification leaves in a directory.
type kept struct {
	a     *app
	dir   string // empty: nothing is kept
	free  func() error
	notes *verify.Notes
	lists *resultLists
}

// keepResults opens what is kept of a verification, and goes on with an interrupted one.
func (a *app) keepResults(ctx context.Context, request *verify.Request, f verifyFlags) (*kept, error) {
	k := &kept{a: a}
	var err error
	if k.lists, err = a.openLists(f.lists); err != nil {
		return nil, err
	}
	request.Runtime.Sink, request.Runtime.SHA256 = k.lists.sink(), k.lists.sums()
	if f.report == "" {
		return k, nil
	}
	if err := k.goOn(ctx, request, f); err != nil {
		k.close()
		return nil, err
	}
	return k, nil
}

// goOn takes the report directory, and what an interrupted run of the same request has left
// in it.
func (k *kept) goOn(ctx context.Context, request *verify.Request, f verifyFlags) (err error) {
	k.dir = k.a.path(f.report)
	k.free, err = journal.LockFile(ctx, filepath.Join(k.dir, chain.LockName), fmt.Sprintf("report directory %q", f.report))
	if err != nil {
		return directoryTrouble(err)
	}
	notes := filepath.Join(k.dir, chain.NotesName)
	if f.restart {
		if err := os.Remove(notes); err != nil && !errors.Is(err, os.ErrNotExist) {
			return directoryTrouble(err)
		}
	}
	if k.notes, err = verify.OpenNotes(notes, k.a.now); err != nil {
		return directoryTrouble(err)
	}
	begun, err := k.notes.GoOn(request)
	switch {
	case errors.Is(err, verify.ErrOtherNotes):
		return fail(exitError, "ReportDirectoryTaken", fmt.Sprintf("report directory %q: %v; it began %s", f.report, err, stamp(begun)),
			"name another --report directory, or the drive, bucket and flags of that verification to go on with it; --restart drops what it has found")
	case err != nil:
		return err
	case !begun.IsZero():
		k.a.say("verify: going on with what was interrupted, begun %s (--restart begins anew)", stamp(begun))
	}
	request.Runtime.Notes = k.notes
	return nil
}

// directoryTrouble gives an error of the file system about the report directory its remedy.
func directoryTrouble(err error) error {
	if _, locked := errors.AsType[*journal.LockedError](err); locked || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fail(exitError, "ReportDirectory", err.Error(), "check the rights of the --report directory and the room there, or name another")
}

func (k *kept) close() {
	if k.free != nil {
		defer func() { _ = k.free() }() // the kernel does it in any case
	}
	if k.notes != nil {
		_ = k.notes.Close() // what was not noted is read again
	}
	if k.lists != nil {
		k.lists.close()
	}
}

// finish keeps the report. One of a run that has not come to its end is kept too; the
// next run goes on.
func (k *kept) finish(report verify.Report) error {
	if err := k.lists.finish(); err != nil {
		return err
	}
	if k.dir == "" {
		return nil
	}
	if err := k.a.keepReport(k.dir, report); err != nil {
		return err
	}
	if report.Stopped != "" {
		return nil
	}
	return k.notes.Remove()
}
