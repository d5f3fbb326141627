package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/chain"
	"github.com/cargomedia/s3export/verify/page"
)

func (a *app) reportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "report",
		Short: "Show a kept report, or check that none was changed",
		Long: `Each verification keeps a report, with a page for people beside it, in a folder in
which each report names the bytes of the one before it. These commands need neither
network nor state: only the folder.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.reportShowCommand(), a.reportVerifyCommand())
	return c
}

func (a *app) reportShowCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "show [FILE|DIR]",
		Short: "Print a report: as text, as JSON, or as a page that prints well",
		Long: `Prints a report, or the last one of a folder (default: this one), after checking that
its verdict and counts follow from its findings. -o html gives the page for people:
one file, without script or network.

Exit codes: 0 shown, whatever its verdict; 1 it was changed or cannot be read; 2 usage.`,
		Example:           "  s3export report show reports\n  s3export report show -o html reports/2026-11-20-1.json > report.html",
		Args:              atMostOne("a report or a folder of them"),
		ValidArgsFunction: completeReports,
		RunE: func(_ *cobra.Command, args []string) error {
			name := "."
			if len(args) == 1 {
				name = args[0]
			}
			return a.showKept(name)
		},
	}
	a.outputFlag(c, "table", "json", "html")
	return c
}

func (a *app) reportVerifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify DIR",
		Short: "Check a folder of reports: nothing changed, nothing missing",
		Long: `Checks that every report agrees with itself, that each names the bytes of the one
before it, that none is missing in between, and that each page shows what its report
says. Nothing is changed.

The last report has no other after it that holds it: note its SHA-256 elsewhere.

Exit codes: 0 intact, 5 a report was changed or is missing, 2 usage, or no report there.`,
		Example: "  s3export report verify /var/lib/s3export/backups/photos-a/runs/2026-11/reports",
		Args:    one("the folder of the reports"),
		ValidArgsFunction: func(_ *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(_ *cobra.Command, args []string) error { return a.checkReports(args[0]) },
	}
	a.outputFlag(c, "table", "json", "yaml")
	return c
}

func completeReports(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
}

// showKept prints a report that was kept.
func (a *app) showKept(name string) error {
	path, err := a.reportFile(a.path(name))
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return noReport(path, err)
	}
	defer func() { _ = f.Close() }()
	r, err := chain.Read(f)
	if err != nil {
		return badReport(path, err)
	}
	switch a.output {
	case "json":
		return r.Encode(a.stdout)
	case "html":
		return page.Write(a.stdout, r)
	}
	return keptReport(a.stdout, path, r)
}

// reportFile returns the file, or the last report of the folder.
func (a *app) reportFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", noReport(path, err)
	}
	if !info.IsDir() {
		return path, nil
	}
	last, err := chain.Last(os.DirFS(path))
	if err != nil {
		return "", noReport(path, err)
	}
	if last == nil {
		return "", fail(exitUsage, "NoReport", fmt.Sprintf("there is no report in %q", path), "name a report, or the folder that holds them: `reports` of a run, or that of --report")
	}
	return filepath.Join(path, last.Name), nil
}

func noReport(path string, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	code := exitError
	if errors.Is(err, fs.ErrNotExist) {
		code = exitUsage
	}
	return fail(code, "ReportUnreadable", fmt.Sprintf("%q: %v", path, err), "correct the path, or check the rights")
}

func badReport(path string, err error) error {
	remedy := "check the file"
	if e, ok := errors.AsType[*verify.Error](err); ok {
		err, remedy = e.Err, e.Remedy
	}
	return fail(exitError, "ReportChanged", fmt.Sprintf("%q is no report, or was changed: %v", path, err), remedy)
}

// chainView is what a check of a folder has found, in JSON and YAML.
type chainView struct {
	APIVersion string          `json:"apiVersion"`
	Kind       string          `json:"kind"` // ReportChain
	ExitCode   int             `json:"exitCode"`
	Intact     bool            `json:"intact"`
	Items      chain.Chain     `json:"items"`
	Problems   []chain.Problem `json:"problems"`
}

func (a *app) checkReports(name string) error {
	dir := a.path(name)
	if info, err := os.Stat(dir); err != nil {
		return noReport(dir, err)
	} else if !info.IsDir() {
		return fail(exitUsage, "NoFolder", fmt.Sprintf("%q is no folder", dir), "name the folder that holds the reports")
	}
	v := chainView{APIVersion: specs.APIVersion, Kind: "ReportChain", Items: chain.Chain{}, Problems: []chain.Problem{}}
	kept, problems := chain.Check(os.DirFS(dir))
	v.Items, v.Problems = append(v.Items, kept...), append(v.Problems, problems...)
	v.ExitCode = chainCode(kept, problems)
	v.Intact = v.ExitCode == exitDone
	if a.output != "table" {
		if err := encode(a.stdout, a.output, v); err != nil {
			return err
		}
		return exit(v.ExitCode)
	}
	chainText(a.out(v.ExitCode), v)
	return exit(v.ExitCode)
}

func chainCode(kept chain.Chain, problems []chain.Problem) int {
	for _, p := range problems {
		if p.Breaks {
			return exitFailed
		}
	}
	if len(kept) == 0 {
		return exitUsage // never well: whoever asks expects reports
	}
	return exitDone
}
