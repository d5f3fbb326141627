package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

// applyFlags are the flags of apply.
type applyFlags struct {
	files
	limits  reconciler.Limits
	wait    bool
	timeout time.Duration
	dryRun  bool
	once    bool // no apply: a wait that is left is no success
}

func (a *app) applyCommand() *cobra.Command {
	var f applyFlags
	c := &cobra.Command{
		Use:   "apply -f FILE…",
		Short: "Do all that can be done now to reach what the spec files want",
		Long: `Compares each spec with the job and the device, and does all that can be done
now. It ends when the wanted phase is reached, when something has to be waited
for, or when a person is needed; it says which, and what comes next. Running it
again is always safe, also after a kill.

Exit codes: 0 done, nothing to do, or waiting; 1 error; 2 invalid spec (then
nothing at all was done); 3 still waiting (with --wait); 4 a person is needed;
5 verification failed; 6 verification incomplete.`,
		Example: "  s3export apply -f backup.yaml\n  s3export apply -f backups.d -R --wait --timeout 1h",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if f.dryRun {
				return a.plan(c.Context(), f.files, f.limits, "", asApply())
			}
			return a.apply(c.Context(), f)
		},
	}
	f.flags(c)
	eraseFlag(c, &f.limits)
	c.Flags().StringVar(&f.limits.Approve, "approve", "", "carry out only the plan with this digest (see plan)")
	c.Flags().BoolVar(&f.wait, "wait", false, "stay until there is nothing left to wait for")
	c.Flags().DurationVar(&f.timeout, "timeout", 0, "with --wait: how long; 0 is for ever")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "only say what would be done")
	a.outputFlag(c, "table", "json", "yaml", "name")
	return c
}

func eraseFlag(c *cobra.Command, l *reconciler.Limits) {
	c.Flags().BoolVar(&l.AllowErase, "allow-erase", false, "allow erasing a device that is proven blank or ours; nothing allows erasing anything else")
}

func (a *app) apply(ctx context.Context, f applyFlags) error {
	docs, err := a.load(f.files)
	if err != nil {
		return err
	}
	views := make([]view, 0, len(docs))
	for _, d := range docs {
		f.limits.Rivals = reconciler.Rivals(d, docs)
		v := a.applyOne(ctx, d, f)
		views = append(views, v)
		if ctx.Err() != nil {
			break
		}
	}
	return a.show("ApplyResult", views, textResult)
}

// applyOne reconciles one backup, again and again with --wait.
func (a *app) applyOne(ctx context.Context, d specs.Document, f applyFlags) view {
	progress := a.newProgress(d.Metadata.Name)
	defer progress.end()
	p, err := a.wire(ctx, d)
	if err != nil {
		return viewError(d, err)
	}
	r := a.reconciler(p, progress)
	deadline := a.now().Add(f.timeout)
	var done []reconciler.Step
	for {
		result, err := r.Reconcile(ctx, d, f.limits)
		done = append(done, result.Done...)
		if err != nil {
			return viewError(d, a.stopped(ctx, err))
		}
		result.Done = done
		w, waiting := result.Outcome.(reconciler.Waiting)
		suspended := waiting && w.Reason == reconciler.Suspended // which no wait ends
		if !f.wait || !waiting || suspended || f.timeout > 0 && w.NextLook.After(deadline) {
			v := viewResult(d, result, f.wait && !suspended || f.once)
			v.Proof = a.viewProof(d, result)
			return v
		}
		progress.waiting(w)
		if err := sleep(ctx, w.NextLook.Sub(a.now())); err != nil {
			return viewError(d, a.stopped(ctx, err))
		}
	}
}

// stopped tells an interrupt from an error.
func (a *app) stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &interrupted{err}
	}
	return err
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *app) planCommand() *cobra.Command {
	var f files
	var limits reconciler.Limits
	var detailed, split bool
	var prices string
	c := &cobra.Command{
		Use:   "plan -f FILE…",
		Short: "Say what apply would do, with the effect of each step",
		Long: `Looks at the job and the device and says what apply would do now, and what it
expects to follow. Effects: note (our own records), remote (something at the
service), overwrite (files on our own volume), erase (whatever is on the device).
Nothing is changed anywhere, and no state is written.

The digest names the plan: apply --approve DIGEST carries out no other.

With --split it prints specs instead, ready to use, which spread the load over as
many drives of the same size as it takes; in those of further drives the serial
number is left to be filled in.

Exit codes: those that apply would have if it did nothing; 0 if it would act.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if split {
				return a.split(c.Context(), f)
			}
			if detailed {
				return a.plan(c.Context(), f, limits, prices, asTerraform())
			}
			return a.plan(c.Context(), f, limits, prices, asApply())
		},
	}
	f.flags(c)
	eraseFlag(c, &limits)
	c.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit 0 with nothing to do, 2 if apply would act, 1 on an error or when a person is needed")
	c.Flags().BoolVar(&split, "split", false, "print the specs that spread the load over several drives")
	c.Flags().StringVar(&prices, "prices", "", "file with prices in place of AWS's list prices, for what a restore costs")
	a.outputFlag(c, "table", "json", "yaml", "name")
	return c
}

func (a *app) diffCommand() *cobra.Command {
	var f files
	var limits reconciler.Limits
	var quiet bool
	c := &cobra.Command{
		Use:   "diff -f FILE…",
		Short: "Exit 1 if apply would act now, 0 if not",
		Long: `Shows what plan shows. Exit codes as with kubectl diff: 0 if apply would do
nothing now (a wait is no difference), 1 if it would act, more on an error. With
-q nothing is printed: fit for puppet's unless.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if quiet {
				a.stdout = io.Discard
			}
			return aboveOne(a.plan(c.Context(), f, limits, "", asDiff()))
		},
	}
	f.flags(c)
	eraseFlag(c, &limits)
	c.Flags().BoolVarP(&quiet, "quiet", "q", false, "print nothing, only exit")
	a.outputFlag(c, "table", "json", "yaml", "name")
	return c
}

// aboveOne keeps exit code 1 of diff for a difference.
func aboveOne(err error) error {
	if err == nil {
		return nil
	}
	if d, ok := err.(done); ok { //nolint:errorlint // made here
		return d
	}
	p := *problemOf(err)
	p.ExitCode = max(p.ExitCode, exitUsage)
	return &p
}

// plan shows what apply would do; prices is a file in place of the built-in ones.
func (a *app) plan(ctx context.Context, f files, limits reconciler.Limits, prices string, codes exits) error {
	docs, err := a.load(f)
	if err != nil {
		return err
	}
	table, err := a.prices(prices)
	if err != nil {
		return err
	}
	views := make([]view, 0, len(docs))
	for _, d := range docs {
		limits.Rivals = reconciler.Rivals(d, docs)
		v := a.planOne(ctx, d, limits)
		if ctx.Err() != nil {
			return a.stopped(ctx, fmt.Errorf("planning backup %q: %w", d.Metadata.Name, ctx.Err()))
		}
		v.ExitCode = codes.of(v)
		if v.Source != nil {
			v.Source.Restore = viewRetrieval(d, v.Source.Survey, table)
		}
		views = append(views, v)
	}
	return a.showAs("Plan", views, textPlan, codes.all)
}

func (a *app) planOne(ctx context.Context, d specs.Document, limits reconciler.Limits) view {
	p, err := a.wire(ctx, d)
	if err != nil {
		return viewError(d, err)
	}
	progress := a.newProgress(d.Metadata.Name)
	planner := a.planner(p, progress)
	plan, err := planner.Plan(ctx, d, limits)
	progress.end()
	if err != nil {
		return viewError(d, a.stopped(ctx, err))
	}
	return viewPlan(d, plan)
}
