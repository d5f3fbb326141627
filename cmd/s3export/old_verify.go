package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
	"github.com/cargomedia/s3export/verify"
)

// oldVerify are the flags and arguments of verify-backup.
type oldVerify struct {
	at             reach
	path           string
	bucket, prefix string
	target         *string // nil: not given
	password       *secret.Value
}

func (a *app) verifyBackupCommand() *cobra.Command {
	var f oldVerify
	var target string
	c := &cobra.Command{
		Use:   "verify-backup <device-path> [<truecrypt-password>] [--target-directory=DIRECTORY]",
		Short: "Compare a drive that came back with S3",
		Long: `Compares a disk, an image file or a mounted directory with the bucket: presence and
size of every object, the content of 100. It ends with the old tool's line of
assertions: one for the existence of each object or file, and one for the content of
each that is there and was compared.

Where a backup here has a run whose drive has come back, that run is proven against
its own baseline, as s3export verify NAME does. Otherwise the bucket is that of
--bucket, S3EXPORT_BUCKET, the configuration, or the job of the drive's serial
number, as the bucket is now. The copy is looked for in the directory of that name,
or in --target-directory.

A copy in a TrueCrypt container (JOBID.tc, or the only *.tc file at the root) is opened
with the password, without root and without mounting it; so is a LUKS or VeraCrypt
volume. A password is better not written on a command line; - asks for it.

The new way: s3export verify NAME, and s3export verify --root or --image.`,
		Example: "  s3export verify-backup /dev/sdb1 --bucket photos\n  s3export verify-backup /dev/sdb - --bucket photos\n  s3export verify-backup /mnt/drive --bucket photos --target-directory=/photos/",
		Args:    arguments(1, 2, "the path of a device, and the password of a TrueCrypt container if there is one"),
		RunE: func(c *cobra.Command, args []string) error {
			f.path = a.path(args[0])
			if c.Flags().Changed("target-directory") {
				trimmed := strings.Trim(target, "/")
				f.target = &trimmed
			}
			if len(args) > 1 {
				p, err := a.password(c.Context(), args[1])
				if err != nil {
					return a.stopped(c.Context(), err)
				}
				f.password = &p
			}
			return a.verifyBackup(c.Context(), f)
		},
	}
	c.Flags().StringVar(&target, "target-directory", "", "directory of the copy on the drive (default: the name of the bucket)")
	c.Flags().StringVar(&f.bucket, "bucket", "", "bucket that holds the originals (default: $S3EXPORT_BUCKET, the configuration's, that of the drive's job)")
	c.Flags().StringVar(&f.prefix, "prefix", "", "only keys that begin with this")
	return a.oldCommand(c, &f.at, "table", "json", "yaml")
}

// password takes a password from the command line, or with - asks for it.
func (a *app) password(ctx context.Context, argument string) (secret.Value, error) {
	if argument != "-" {
		a.warning("a password on the command line can be read by everybody on this host; write - to be asked for it, or name a secret source in a spec")
		return secret.NewValue(argument), nil
	}
	if _, terminal := a.keyboard(); terminal && a.old.nonInteractive {
		return secret.Value{}, usage(errors.New("the password - is asked for, which --non-interactive forbids: put it on standard input"))
	}
	return a.readPassword(ctx, "Password of the TrueCrypt container")
}

func (a *app) verifyBackup(ctx context.Context, f oldVerify) error {
	c, err := a.copyAt(ctx, f.path)
	if err != nil {
		return err
	}
	if c, err = a.withKey(ctx, c, f.password); err != nil {
		return a.stopped(ctx, err)
	}
	if c.names, err = a.namesAt(ctx, c); err != nil {
		return a.stopped(ctx, err)
	}
	a.old.password = f.password
	if c.doc != nil && f.asksFor(*c.doc) {
		if proven, err := a.proveRun(ctx, c); proven || err != nil {
			return err
		}
	}
	return a.verifyCopy(ctx, c, f)
}

// verifyCopy compares a drive with the bucket as it is now.
func (a *app) verifyCopy(ctx context.Context, c driveCopy, f oldVerify) error {
	var about specs.Document
	if c.doc != nil {
		about = *c.doc
	}
	at, err := a.resolve(ctx, f.at, about)
	if err != nil {
		return err
	}
	ranges, err := a.rangesOf(ctx, c, f, at)
	if err != nil {
		return a.stopped(ctx, err)
	}
	a.hintDirectory(c, ranges)
	request, release, err := a.freeRequest(ctx, verifyFlags{region: at.region, profile: at.profile, server: at.s3Endpoint}, ranges)
	if err != nil {
		return err
	}
	defer release()
	tree, closeTree, err := a.treeOf(ctx, c)
	if err != nil {
		return err
	}
	defer closeTree()
	if c.disk != nil {
		request.About.Subject.Device = c.disk.Identity.Name()
	}
	progress := a.newProgress("verify")
	request.Tree, request.Runtime.Progress, request.Runtime.Workers = tree, progress, a.workers(a.path(c.path()))
	report, err := verify.Run(ctx, request)
	progress.end()
	if err != nil {
		return a.stopped(ctx, err)
	}
	shown := a.showReport(report)
	if a.output == "table" {
		_, _ = fmt.Fprintln(a.out(verdictCode(report.Verdict())), assertionsOf(report))
	}
	return shown
}

// treeOf opens the copy for reading.
func (a *app) treeOf(ctx context.Context, c driveCopy) (verify.Tree, func(), error) {
	if c.disk == nil {
		return a.rootTree(ctx, a.path(c.root))
	}
	v, err := a.disks().Open(ctx, c.disk.Selector(), c.key)
	if e, ok := errors.AsType[*device.Error](err); ok && e.Reason == device.DeviceForeign && c.disk.Partition > 0 {
		e.Remedy = fmt.Sprintf("only a drive with a single partition is read by itself: mount this one (`mount -o ro %s /mnt`) and run the same with /mnt", device.ShellQuote(c.disk.Path))
	}
	if err != nil {
		return nil, nil, err
	}
	if a.old.password != nil && v.Info().Encryption == "" {
		a.say("the drive is not encrypted: the password is not needed")
	}
	return evidence.Tree(v), func() { _ = v.Close() }, nil
}

// textAssertions prints what a proof came to, and the old tool's line of it.
func textAssertions(w io.Writer, v view) {
	textResult(w, v)
	if v.Proof == nil || !v.Proof.New {
		return
	}
	if report, err := readReport(v.Proof.Report); err == nil {
		_, _ = fmt.Fprintln(w, assertionsOf(report))
	}
}
