package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/providers/simulator"
)

// demoFlags are the flags of demo.
type demoFlags struct {
	dir  string
	keep bool
}

func (a *app) demoCommand() *cobra.Command {
	var f demoFlags
	c := &cobra.Command{
		Use:   "demo",
		Short: "Watch a backup go from a YAML file to a verified drive, in a minute",
		Long: `Starts the simulator on loopback with a bucket of a few hundred objects, uses an
image file as the drive, and runs the commands of the whole story, printing each
one: plan, apply, the waits, the parcel's journey, verification, and what a rotten
drive looks like. It needs no AWS account, no root and no network, and removes
everything at the end.

With --keep everything stays until Ctrl-C, with one more spec to try things on.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), f) },
	}
	c.Flags().StringVar(&f.dir, "dir", "", "new directory for the demo's files (default: a temporary one)")
	c.Flags().BoolVar(&f.keep, "keep", false, "leave everything running to type by hand, until Ctrl-C")
	c.AddCommand(a.demoShipCommand(), a.demoAdvanceCommand(), a.demoFaultCommand())
	return c
}

func (a *app) demo(ctx context.Context, f demoFlags) error {
	dir, err := a.demoDir(f.dir)
	if err != nil {
		return err
	}
	err = a.demoIn(ctx, dir, f.keep)
	if errRemove := os.RemoveAll(dir); err == nil && errRemove != nil {
		err = errRemove
	}
	if err == nil {
		_, _ = fmt.Fprintf(a.stdout, "\n%s is removed, the simulator has stopped. Next: the README, and examples/.\n", dir)
	}
	return err
}

// demoDir makes the demo's directory, which must not exist yet, since it is
// removed at the end.
func (a *app) demoDir(dir string) (string, error) {
	if dir == "" {
		return os.MkdirTemp("", "s3export-demo-")
	}
	dir = a.path(dir)
	if err := os.Mkdir(dir, 0o700); errors.Is(err, os.ErrExist) {
		return "", fail(exitUsage, "DirectoryExists", fmt.Sprintf("%q exists already", dir), "name a new directory: it is removed at the end")
	} else if err != nil {
		return "", err
	}
	return dir, nil
}

func (a *app) demoIn(ctx context.Context, dir string, keep bool) error {
	server, err := simulator.Start(ctx, simulator.Options{Now: a.now, WorkDir: dir, Fill: fillDemo, Log: a.logger()})
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()
	s, err := newStory(a, dir, server.Info())
	if err != nil {
		return err
	}
	if err := s.tell(ctx); err != nil {
		return a.stopped(ctx, err)
	}
	if !keep {
		return nil
	}
	s.invite()
	<-ctx.Done()
	return nil
}

// demoFile writes a file of the demo's.
func demoFile(dir, name, text string) error {
	return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)
}

// demoImage makes an empty drive: a sparse file.
func demoImage(dir, name string) error {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(demoSize), f.Close())
}
