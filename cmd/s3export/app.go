package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler/journal"
)

// environment is what a process gets from outside. Tests pass their own.
type environment struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	getenv func(string) string
	now    func() time.Time
	dir    string // working directory
	root   bool   // effective user is root
	// terminal says whether stderr is one that can be redrawn, and width how many
	// columns it has.
	terminal bool
	width    func() int
	devices  device.Options // where disks are looked for
}

func system() environment {
	dir, err := os.Getwd()
	if err != nil {
		dir = "/"
	}
	return environment{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		getenv: os.Getenv, now: time.Now, dir: dir, root: os.Geteuid() == 0,
		terminal: term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("TERM") != "dumb" && os.Getenv("CI") == "",
		width:    columns,
	}
}

// columns returns the width of the terminal on stderr, 80 where it is not known.
func columns() int {
	w, _, err := term.GetSize(int(os.Stderr.Fd()))
	if err != nil || w < 20 {
		return 80
	}
	return w
}

// app is one run of the command: the environment and the global flags.
type app struct {
	environment
	state   string
	output  string
	verbose int
	begun   bool // the command line was understood

	configFlag string
	config     configuration
	old        oldOptions
	// readPace holds reading a drive back; nil: full speed.
	readPace func(context.Context, int) error
	// proofTime ends a proof of a backup after the time that it was given; nil: never.
	proofTime func(context.Context) (context.Context, context.CancelFunc)
}

// run runs one command line and returns its exit code.
func run(ctx context.Context, env environment, args []string) int {
	a := &app{environment: env}
	root := a.rootCommand() //nolint:contextcheck // each command gets its context from ExecuteContext
	root.SetArgs(commandFirst(args))
	root.SetIn(env.stdin)
	root.SetOut(env.stdout)
	root.SetErr(env.stderr)
	err := root.ExecuteContext(ctx)
	if a.output == "" && wantsJSON(args) { // it ended before the flags were read
		a.output = "json"
	}
	switch {
	case err != nil && ctx.Err() != nil:
		err = &interrupted{err}
	case err != nil && !a.begun:
		err = usage(err)
	}
	return a.report(err)
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "s3export",
		Short: "offline copies of S3 buckets, from a YAML file to a verified drive",
		Long: `s3export takes an offline copy of S3 buckets on a drive from a YAML file in git
to a drive that is proven to hold what S3 holds. It compares what is wanted with
the service's job and the local device, and does what can be done now. What a
person must do is a wait that says what, since when, and what ends it.

Begin with:  s3export demo`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		DisableAutoGenTag: true,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			a.begun = true
			return a.loadConfig(c)
		},
	}
	root.PersistentFlags().StringVar(&a.state, "state", "", "state directory (default: $S3EXPORT_STATE, the configuration's, /var/lib/s3export for root, else below $XDG_STATE_HOME)")
	root.PersistentFlags().StringVar(&a.configFlag, "config", "", "configuration file (default: $S3EXPORT_CONFIG, "+configDefault+")")
	root.PersistentFlags().CountVarP(&a.verbose, "verbose", "v", "log what is done; twice: also what is seen")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddGroup(
		&cobra.Group{ID: "backups", Title: "Backups:"},
		&cobra.Group{ID: "tools", Title: "Tools:"},
		&cobra.Group{ID: "learn", Title: "Try and learn:"},
		&cobra.Group{ID: "old", Title: "Commands of the old tool:"},
	)
	a.addCommands(root)
	return root
}

func (a *app) addCommands(root *cobra.Command) {
	for _, g := range []struct {
		id       string
		commands []*cobra.Command
	}{
		{"backups", []*cobra.Command{
			a.applyCommand(), a.planCommand(), a.diffCommand(), a.watchCommand(), a.getCommand(),
			a.describeCommand(), a.verifyCommand(), a.repairCommand(), a.restoreCommand(), a.restoreTestCommand(), a.adoptCommand(), a.labelCommand(), a.recordCommand(), a.driveCommand(), a.cancelCommand(),
		}},
		{"tools", []*cobra.Command{a.doctorCommand(), a.reportCommand(), a.validateCommand(), a.manifestCommand(), a.initCommand(), a.schemaCommand(), a.versionCommand()}},
		{"learn", []*cobra.Command{a.demoCommand(), a.simulateCommand()}},
		{"old", a.oldCommands()},
	} {
		for _, c := range g.commands {
			c.GroupID = g.id
			root.AddCommand(c)
		}
	}
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
}

// disks are those of the host.
func (a *app) disks() *device.Disks { return device.New(a.devices) }

// stateDir returns the state directory.
func (a *app) stateDir() string {
	switch home := a.getenv("XDG_STATE_HOME"); {
	case a.state != "":
		return a.path(a.state)
	case a.getenv("S3EXPORT_STATE") != "":
		return a.path(a.getenv("S3EXPORT_STATE"))
	case a.config.State != "":
		return a.config.State
	case a.root:
		return "/var/lib/s3export"
	case home != "":
		return filepath.Join(home, "s3export")
	default:
		return filepath.Join(a.getenv("HOME"), ".local", "state", "s3export")
	}
}

func (a *app) journal() *journal.Store { return journal.New(a.stateDir()) }

// path makes a path of the command line absolute.
func (a *app) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(a.dir, p)
}

// logger writes to stderr what -v asks for.
func (a *app) logger() logr.Logger {
	if a.verbose == 0 {
		return logr.Discard()
	}
	level := slog.LevelInfo
	if a.verbose > 1 {
		level = slog.LevelDebug
	}
	return logr.FromSlogHandler(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: level}))
}
