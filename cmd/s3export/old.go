package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
)

// maxForks bounds the files that are read at once.
const maxForks = 64

// oldOptions are the options that every command of the old tool takes.
type oldOptions struct {
	quiet, quietWarnings, nonInteractive bool
	forks                                int           // 0: as many as usual
	password                             *secret.Value // of the copy, as it was typed; nil without one
}

// reach says where the service and the buckets are, and as whom they are asked.
type reach struct {
	region, profile, endpoint, s3Endpoint string
}

// oldCommands are the commands of s3export_backup, with the same words and options.
// They make a document and have it reconciled as apply does; there is no other way.
func (a *app) oldCommands() []*cobra.Command {
	return []*cobra.Command{
		a.cancelJobCommand(), a.createJobCommand(), a.getShippingLabelCommand(),
		a.getStatusCommand(), a.listJobsCommand(), a.verifyBackupCommand(),
	}
}

// oldCommand gives a command the options of the old tool and its own forms of
// output.
func (a *app) oldCommand(c *cobra.Command, r *reach, forms ...string) *cobra.Command {
	f := c.Flags()
	f.BoolVar(&a.old.quiet, "quiet", false, "print nothing but errors")
	f.BoolVar(&a.old.quietWarnings, "quiet-warnings", false, "print no warnings")
	f.BoolVar(&a.old.nonInteractive, "non-interactive", false, "never ask anything")
	f.IntVar(&a.old.forks, "forks", 0, fmt.Sprintf("how many files are read at once, 1 to %d", maxForks))
	f.StringVar(&r.region, "region", "", "region of the buckets (default: $S3EXPORT_REGION, the configuration's, AWS's own)")
	f.StringVar(&r.profile, "profile", "", "profile of AWS's own configuration (default: $S3EXPORT_PROFILE, the configuration's)")
	f.StringVar(&r.endpoint, "endpoint", "", "URL of another Import/Export, such as the simulator's (default: $S3EXPORT_ENDPOINT, the configuration's)")
	f.StringVar(&r.s3Endpoint, "s3-endpoint", "", "URL of another S3 server (default: $S3EXPORT_S3_ENDPOINT, the configuration's)")
	a.outputFlag(c, forms...)
	before := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		if c.Flags().Changed("forks") && (a.old.forks < 1 || a.old.forks > maxForks) {
			return usage(fmt.Errorf("--forks=%d is not 1 to %d", a.old.forks, maxForks))
		}
		if a.old.quiet {
			a.stdout = io.Discard
		}
		return before(c, args)
	}
	return c
}

// commandFirst moves options of the old tool that stand before its command behind
// it, since the old tool took them there.
func commandFirst(args []string) []string {
	var moved, kept []string
	for i := 0; i < len(args); i++ {
		name, _, _ := strings.Cut(args[i], "=")
		switch {
		case slices.Contains([]string{"--quiet", "--quiet-warnings", "--non-interactive", "--forks"}, name):
			moved = append(moved, args[i])
			if args[i] == "--forks" && i+1 < len(args) {
				i++
				moved = append(moved, args[i])
			}
		case strings.HasPrefix(args[i], "-"):
			kept = append(kept, args[i])
			if (args[i] == "--state" || args[i] == "--config") && i+1 < len(args) {
				i++
				kept = append(kept, args[i])
			}
		default: // the command
			return slices.Concat(kept, args[i:i+1], moved, args[i+1:])
		}
	}
	return args
}

// resolve fills in what no flag says: from the variables, the configuration, the
// spec of the backup that it is about, and for the region from AWS's own files.
func (a *app) resolve(ctx context.Context, r reach, about specs.Document) (reach, error) {
	said := about.Service()
	r.region = cmp.Or(r.region, a.getenv("S3EXPORT_REGION"), a.config.Region, said.Region)
	r.profile = cmp.Or(r.profile, a.getenv("S3EXPORT_PROFILE"), a.config.Profile, said.Profile)
	r.endpoint = cmp.Or(r.endpoint, a.getenv("S3EXPORT_ENDPOINT"), a.config.Endpoint, said.Endpoint)
	r.s3Endpoint = cmp.Or(r.s3Endpoint, a.getenv("S3EXPORT_S3_ENDPOINT"), a.config.S3Endpoint, said.S3Endpoint)
	if r.region == "" {
		cfg, err := a.awsConfig(ctx, "", r.profile)
		if err != nil {
			return r, err
		}
		r.region = cfg.Region
	}
	if r.region == "" {
		return r, fail(exitUsage, "NoRegion", "the region of the buckets is not known",
			"name it with --region or S3EXPORT_REGION, or write region: us-east-1 into "+configDefault)
	}
	return r, nil
}

// provider returns the reach as a spec names it.
func (r reach) provider() specs.Provider {
	return specs.Provider{ImportExport: &specs.ImportExport{Region: r.region, Profile: r.profile, Endpoint: r.endpoint, S3Endpoint: r.s3Endpoint}}
}

// out is where a result goes: with --quiet only a bad one is shown, as an error.
func (a *app) out(code int) io.Writer {
	if a.old.quiet && code != exitDone {
		return a.stderr
	}
	return a.stdout
}

// lookAhead decides without doing anything.
func (a *app) lookAhead(ctx context.Context, d specs.Document, limits reconciler.Limits) (reconciler.Plan, error) {
	p, err := a.wire(ctx, d)
	if err != nil {
		return reconciler.Plan{}, err
	}
	progress := a.newProgress(d.Metadata.Name)
	defer progress.end()
	planner := a.planner(p, progress)
	plan, err := planner.Plan(ctx, d, limits)
	if err != nil {
		return plan, a.stopped(ctx, err)
	}
	return plan, nil
}

// arguments is for commands whose arguments may be secret: no error shows one.
func arguments(from, to int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < from || len(args) > to {
			return fmt.Errorf("`%s` wants %s, and nothing else", c.CommandPath(), what)
		}
		return nil
	}
}
