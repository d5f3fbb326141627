package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
)

// noArgs is for commands that take flags only. The mistake that everybody makes is
// to leave out -f.
func noArgs(c *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case c.Flags().Lookup("filename") != nil:
		return fmt.Errorf("%q is not expected here: spec files are named with -f, as in `%s -f %s`", args[0], c.CommandPath(), args[0])
	default:
		return fmt.Errorf("%q is not expected here: `%s` takes flags only", args[0], c.CommandPath())
	}
}

// one is for commands that take exactly one argument.
func one(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("`%s` wants %s, and nothing else", c.CommandPath(), what)
		}
		return nil
	}
}

func atMostOne(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("`%s` wants %s, or nothing", c.CommandPath(), what)
		}
		return nil
	}
}

func atLeastOne(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("`%s` wants %s", c.CommandPath(), what)
		}
		return nil
	}
}

// wantsJSON looks for -o json in a command line that could not be read.
func wantsJSON(args []string) bool {
	for i, arg := range args {
		if (arg == "-o" || arg == "--output") && i+1 < len(args) && args[i+1] == "json" {
			return true
		}
	}
	return slices.Contains(args, "-ojson") || slices.Contains(args, "-o=json") || slices.Contains(args, "--output=json")
}
