package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/reconciler"
)

func (a *app) recordCommand() *cobra.Command {
	var t reconciler.Told
	kinds := make([]string, 0, len(reconciler.ToldKinds()))
	for _, k := range reconciler.ToldKinds() {
		kinds = append(kinds, string(k))
	}
	c := &cobra.Command{
		Use:   "record NAME " + strings.Join(kinds, "|"),
		Short: "Record what only a person knows of a parcel",
		Long: `Records a fact about the parcel of a backup's latest run, in its history. It moves
or ends the wait that it belongs to; the service's own word, once it has one, counts
for more.

  shipped       it was handed over to a carrier: from then on it can be overdue
  received      the carrier says that it was delivered, there or back here
  customs-hold  a customs office keeps it
  lost          the carrier has given it up; a new spec.run may begin

Nothing is done at the service or on the drive; apply and watch go on from it.`,
		Example: "  s3export record photos-a shipped --carrier UPS --tracking 1Z999AA10123456784\n  s3export record photos-a lost --note \"claim 4711\"",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 || !slices.Contains(kinds, args[1]) {
				return errors.New("`s3export record` wants the name of a backup and one of " + strings.Join(kinds, ", "))
			}
			return nil
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return kinds, cobra.ShellCompDirectiveNoFileComp
			}
			return a.completeNames(c, args, word)
		},
		RunE: func(c *cobra.Command, args []string) error {
			t.What = reconciler.ToldKind(args[1])
			return a.record(c.Context(), args[0], t)
		},
	}
	c.Flags().StringVar(&t.Carrier, "carrier", "", "who carries the parcel, such as UPS")
	c.Flags().StringVar(&t.Tracking, "tracking", "", "tracking number")
	c.Flags().StringVar(&t.Note, "note", "", "anything else worth knowing, on one line")
	_ = c.RegisterFlagCompletionFunc("carrier", cobra.FixedCompletions([]string{"UPS", "FedEx", "DHL", "USPS"}, cobra.ShellCompDirectiveNoFileComp))
	a.outputFlag(c, "table", "json", "yaml", "name")
	return c
}

func (a *app) record(ctx context.Context, name string, t reconciler.Told) error {
	for flag, text := range map[string]string{"--carrier": t.Carrier, "--tracking": t.Tracking, "--note": t.Note} {
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7F }) || len(text) > 200 {
			return usage(fmt.Errorf("%s takes up to 200 characters on one line", flag))
		}
	}
	if _, err := a.known(ctx, name); err != nil {
		return err
	}
	r, err := reconciler.Tell(ctx, a.journal(), name, t, a.now)
	if e, ok := errors.AsType[*reconciler.TellError](err); ok {
		return fail(exitUsage, string(e.Reason), fmt.Sprintf("backup %q: %s; nothing was recorded", name, e.Problem), e.Remedy)
	}
	if err != nil {
		return err
	}
	if a.output != "table" {
		return a.showRecords([]reconciler.Record{r}, false)
	}
	run, _ := r.Latest()
	_, _ = fmt.Fprintf(a.stdout, "backup/%s recorded: %s\n  what to do: apply its spec to see what that changes\n", name, run.Told[len(run.Told)-1].Sentence())
	return nil
}
