package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/providers/restore"
	"github.com/cargomedia/s3export/verify"
)

// trialFlags are the flags of restore-test.
type trialFlags struct {
	copyFlags
	sample, seed, report string
	bandwidth            string
	keep                 bool
}

func (a *app) restoreTestCommand() *cobra.Command {
	var f trialFlags
	c := &cobra.Command{
		Use:   "restore-test NAME | restore-test --root DIR|--image FILE|--device DISK",
		Short: "Restore a sample of a copy for a test, and report it",
		Long: `Draws a sample of the objects of a copy, restores it into a directory of its own, reads
it back, and compares every byte, by SHA-256, with what the copy knows of the objects.
The directory is removed afterwards; --keep leaves it.

The draw is uniform and by a seed, as that of verify; what is missing on the drive is
drawn too. With --report the test leaves a report, as JSON and as text beside it: when,
who, where, which copy, seed, sample, each object, and how much it is worth.

Exit codes: 0 passed, 5 a file of the copy is corrupt, 4 nothing proves a file, 1 error,
2 usage.`,
		Example:           "  s3export restore-test photos-a --sample 200 --report restore-2026-11.json",
		Args:              atMostOne("the name of a backup"),
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			return a.restoreTest(c.Context(), f, args)
		},
	}
	f.copyFlags.declare(c)
	c.Flags().StringVar(&f.sample, "sample", "200", "what to restore: a number of files, 5%, 50GiB, or confidence=99%,maxBad=0.1%")
	c.Flags().StringVar(&f.seed, "seed", "", "repeat the draw of an earlier report (32 hex digits)")
	c.Flags().StringVar(&f.report, "report", "", "write the report to this file, which must not exist yet; the text goes beside it, as .txt")
	c.Flags().StringVar(&f.bandwidth, "bandwidth", "", "read at most so much a second, such as 50MB")
	c.Flags().BoolVar(&f.keep, "keep", false, "leave what was restored, and say where it is")
	_ = c.RegisterFlagCompletionFunc("sample", cobra.FixedCompletions([]string{"200", "5%", "50GiB"}, cobra.ShellCompDirectiveNoFileComp))
	a.outputFlag(c, "table", "json", "yaml")
	return c
}

func (a *app) restoreTest(ctx context.Context, f trialFlags, args []string) error {
	if err := errors.Join(f.check(args), a.newReport(f.report)); err != nil {
		return err
	}
	draw, err := freeDraw(f.sample, f.seed)
	if err != nil {
		return err
	}
	if draw.All {
		return fail(exitUsage, "Usage", "--sample all is no sample", "`s3export restore --to DIR` restores everything; `s3export verify --sample all` reads everything")
	}
	pace, err := a.pace(f.bandwidth)
	if err != nil {
		return err
	}
	held, err := a.holdCopy(ctx, f.copyFlags, args)
	if err != nil {
		return a.stopped(ctx, err)
	}
	defer held.close()
	t := &trial{a: a, flags: f, held: held, draw: draw, report: trialReport{Started: a.now()}}
	if err := t.run(ctx, pace); err != nil {
		return a.stopped(ctx, err)
	}
	return t.finish()
}

// trial is a test under way.
type trial struct {
	a      *app
	flags  trialFlags
	held   *heldCopy
	draw   verify.Draw
	dir    string // scratch
	report trialReport
}

// run draws, restores and reads back.
func (t *trial) run(ctx context.Context, pace func(context.Context, int) error) (err error) {
	drawn, err := verify.DrawFrom(ctx, verify.Population{Ranges: t.held.ranges, Objects: t.held.objects}, t.draw)
	if err != nil {
		return err
	}
	t.report.Population, t.report.Drawn = drawn.Population, drawn.Drawn
	if t.dir, err = os.MkdirTemp(t.a.getenv("TMPDIR"), "s3export-restore-test-"); err != nil {
		return fail(exitError, "NoScratch", err.Error(), "name a directory that can be written with TMPDIR")
	}
	if !t.flags.keep {
		defer func() { err = errors.Join(err, os.RemoveAll(t.dir)) }()
	}
	target, err := restore.ToDirectory(t.dir, true)
	if err != nil {
		return err
	}
	defer func() { _ = target.Close() }()
	progress := t.a.newProgress("restore-test")
	defer progress.end()
	giveWay()
	objects := func(yield func(verify.Expected, error) bool) {
		for _, e := range drawn.Objects {
			if !yield(e, nil) {
				return
			}
		}
	}
	_, err = restore.Run(ctx, t.held.itemsOf(ctx, iter.Seq2[verify.Expected, error](objects)), target, restore.Options{
		Workers: trialWorkers, Pace: pace, Result: t.result, Progress: progress.restored,
	})
	return err
}

// trialWorkers is how many files are restored at once: drives are read in order.
const trialWorkers = 2

// result reads back what was restored. It is gone afterwards, so that no more room is
// needed than for the largest files.
func (t *trial) result(r restore.Result) error {
	one := trialObject{Result: r}
	if r.Outcome == restore.Restored {
		path := filepath.Join(t.dir, filepath.FromSlash(r.To))
		sum, err := sumOf(path)
		if err == nil && sum != r.SHA256 {
			err = errors.New("the file that was restored is not what was read from the drive")
		}
		if err != nil {
			one.Outcome, one.Reason = restore.Failed, err.Error()
		}
		one.ReadBack = sum
		if !t.flags.keep {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	t.report.Objects = append(t.report.Objects, one)
	return nil
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// newReport refuses a report that would take the place of another.
func (a *app) newReport(name string) error {
	if name == "" {
		return nil
	}
	for _, path := range []string{a.path(name), textBeside(a.path(name))} {
		if _, err := os.Lstat(path); err == nil {
			return fail(exitUsage, "ReportThere", fmt.Sprintf("there is a file %q already", path), "choose another name for the report: it never takes the place of an older one")
		}
	}
	return nil
}
