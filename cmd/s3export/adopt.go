package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
	"github.com/cargomedia/s3export/verify/bundle"
)

// adoptFlags are the flags of adopt.
type adoptFlags struct {
	copyFlags
	name, spec              string
	region, profile, server string
}

func (a *app) adoptCommand() *cobra.Command {
	var f adoptFlags
	c := &cobra.Command{
		Use:   "adopt --device DISK | --image FILE",
		Short: "Take up a drive whose station is gone, from the drive alone",
		Long: `Makes a record and a spec of what a drive that s3export has filled says of itself, where
the state directory that knew it is lost, or on another host. Nothing on the drive is
changed. Afterwards s3export verify, restore and drive know it as if it had been filled
here; older proofs are not known.

The spec is printed, or written to --spec, and says what the drive does not know: nothing
but region, profile and endpoint, where their flags are given.

A backup of that name for which anything was done here is left alone; --name gives another.

Exit codes: 0 taken up, or it was already, 4 a person is needed, 1 error, 2 usage.`,
		Example: "  s3export adopt --device /dev/sdb --region eu-central-1 --spec /etc/s3export/backups.d/photos.yaml",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.adopt(c.Context(), f)
		},
	}
	c.Flags().StringVar(&f.image, "image", "", "image file that holds the copy")
	c.Flags().StringVar(&f.device, "device", "", "disk that holds the copy, such as /dev/sdb or a link in /dev/disk/by-id")
	c.Flags().StringVar(&f.root, "root", "", "folder where the file system of --device or --image is mounted; the copy is then read there")
	c.Flags().StringVar(&f.passwordFrom, "password-from", "", "where the password of an encrypted copy is: env:NAME, file:PATH, credential:NAME, or - to be asked; the spec will name it too")
	c.Flags().StringVar(&f.name, "name", "", "name of the backup (default: the one that the drive says)")
	c.Flags().StringVar(&f.spec, "spec", "", "write the spec to this file, which must not exist yet (default: print it)")
	c.Flags().StringVar(&f.region, "region", "", "region of the buckets, for the spec")
	c.Flags().StringVar(&f.profile, "profile", "", "profile of AWS's own configuration, for the spec")
	c.Flags().StringVar(&f.server, "s3-endpoint", "", "URL of another S3 server, for the spec")
	return c
}

func (f *adoptFlags) check() error {
	if (f.image == "") == (f.device == "") {
		return usage(errors.New("name the drive with --device, or its image with --image: the spec has to say which it is"))
	}
	if f.root != "" && f.passwordFrom != "" {
		return usage(errors.New("--password-from and --root do not go together: what is mounted is decrypted already"))
	}
	return nil
}

// newSpec refuses a file that is there.
func (a *app) newSpec(name string) error {
	if name == "" {
		return nil
	}
	if _, err := os.Lstat(a.path(name)); err == nil {
		return fail(exitUsage, "SpecThere", fmt.Sprintf("there is a file %q already", name), "choose another name for the spec")
	}
	return nil
}

func (a *app) adopt(ctx context.Context, f adoptFlags) error {
	if err := errors.Join(f.check(), a.newSpec(f.spec)); err != nil {
		return err
	}
	from := f.copyFlags
	if from.root != "" {
		from.image, from.device = "", ""
	}
	held, err := a.holdCopy(ctx, from, nil)
	if err != nil {
		return a.stopped(ctx, err)
	}
	defer held.close()
	if f.name != "" {
		held.name = f.name
	}
	text, d, err := a.adoptedSpec(ctx, f, held)
	if err != nil {
		return err
	}
	unlock, err := a.journal().Lock(ctx, held.name)
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }()
	if err := a.adoptAs(ctx, f, held, d); err != nil {
		return a.stopped(ctx, err)
	}
	return a.sayAdopted(f, held, text)
}

// sayAdopted writes the spec, and says what comes next.
func (a *app) sayAdopted(f adoptFlags, held *heldCopy, text []byte) error {
	named := ""
	if f.spec == "" {
		if _, err := a.stdout.Write(text); err != nil {
			return err
		}
		named = " -f SPEC"
		a.say("keep the spec above in a file")
	} else if err := journal.WriteFile(a.path(f.spec), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}); err != nil {
		return err
	}
	a.say("backup/%s: run %s taken up from %s", held.name, held.run, held.from)
	a.say("  what to do: prove it with `s3export verify %s%s`", held.name, named)
	return nil
}

// adoptedSpec is the spec of what the drive says.
func (a *app) adoptedSpec(ctx context.Context, f adoptFlags, held *heldCopy) ([]byte, specs.Document, error) {
	b := specs.Backup{
		APIVersion: specs.APIVersion, Kind: specs.Kind, Metadata: specs.Metadata{Name: held.name},
		Spec: specs.Spec{
			Phase: specs.Verified, Run: held.run, Set: held.bundle.Set,
			// The default is written down: a provider without members would be left out.
			Provider: specs.Provider{Pull: &specs.Pull{Region: f.region, Profile: f.profile, S3Endpoint: f.server, Prune: specs.PruneNever}},
			Source:   &specs.Source{},
		},
	}
	for _, r := range held.ranges {
		b.Spec.Source.Ranges = append(b.Spec.Source.Ranges, specs.Range{Bucket: r.Bucket, Prefix: r.Prefix, After: r.After, Through: r.Through, Directory: r.Directory})
	}
	var err error
	if b.Spec.Device, err = a.adoptedDevice(ctx, f, held.bundle); err != nil {
		return nil, specs.Document{}, err
	}
	text, err := specText(b)
	if err != nil {
		return nil, specs.Document{}, err
	}
	name := "what the drive says"
	if f.spec != "" {
		name = a.path(f.spec)
	}
	docs, err := specs.Decode(name, text, specs.Options{Dir: a.dir})
	if err == nil && docs[0].Spec.Run != held.run { // one that is not given has a default
		err = fmt.Errorf("%q is no name of a run", held.run)
	}
	if err != nil {
		return nil, specs.Document{}, fail(exitBlocked, "NoSpec", fmt.Sprintf("what the drive says makes no spec: %v", err), "write the spec by hand; /.s3export/backup.json on the drive says what is known")
	}
	return text, docs[0], nil
}

// adoptedDevice selects the drive by what does not change when it is plugged in elsewhere.
func (a *app) adoptedDevice(ctx context.Context, f adoptFlags, b *bundle.Description) (specs.Device, error) {
	d := specs.Device{Name: b.Device.Name}
	disk, err := a.disks().Resolve(ctx, a.path(f.image+f.device))
	if err != nil {
		return d, err
	}
	s := disk.Selector()
	state, err := a.disks().Inspect(ctx, s)
	if err != nil {
		return d, err
	}
	if err := a.checkRoot(f, state); err != nil {
		return d, err
	}
	if fs := state.Content.FileSystem; fs != nil && fs.Type == "LUKS" {
		if d.Encryption = a.namedKey(f.passwordFrom, b.Keys); d.Encryption == nil {
			a.warning("the drive is encrypted, and the spec does not say where its password is: add spec.device.encryption")
		}
	}
	switch {
	case f.image != "":
		d.Image = a.path(f.image)
	case s.Serial == "" && s.WWN == "" && s.ByID == "":
		return d, fail(exitBlocked, "NoSerial", fmt.Sprintf("%s has no serial number, by which a spec could select it", f.device), "plug it in through another bridge, or write the spec by hand")
	default:
		d.Serial, d.WWN, d.ByID = s.Serial, s.WWN, s.ByID
	}
	return d, nil
}

// namedKey names in a spec where the password was read from; nil: nowhere that lasts.
func (a *app) namedKey(from string, keys []string) *specs.Encryption {
	kind, rest, _ := strings.Cut(from, ":")
	s := &secret.Source{}
	switch kind {
	case "env":
		s.Env = rest
	case "file":
		s.File = a.path(rest)
	case "credential":
		s.Credential = rest
	default:
		return nil
	}
	name := "adopted"
	if len(keys) == 1 { // of several it is not known which one this is
		name = keys[0]
	}
	return &specs.Encryption{LUKS2: &specs.LUKS2{Keys: []specs.NamedKey{{Name: name, Secret: s}}}}
}

// adoptAs writes the records, unless they are there.
func (a *app) adoptAs(ctx context.Context, f adoptFlags, held *heldCopy, d specs.Document) error {
	old, err := a.journal().Load(ctx, held.name)
	if err != nil {
		return err
	}
	fact, err := heldBaseline(ctx, held)
	if err != nil {
		return err
	}
	if run := old.Run(held.run); run.Baseline != nil && run.Baseline.Digest == fact.Digest && run.Load != nil {
		a.say("backup/%s: it is known here already", held.name)
		return nil
	}
	if !old.Idle() {
		return fail(exitBlocked, "NameTaken", fmt.Sprintf("backup %q is recorded here already, and not with this copy", held.name),
			"take this one up under another name with --name; `s3export describe "+held.name+"` says what is known")
	}
	record, drive, err := a.adoptedRecords(ctx, f, held, d, fact)
	if err != nil {
		return err
	}
	if drive.Version != "" && drive.Holds != nil && drive.Holds.RunName() != held.name+"/"+held.run {
		return fail(exitBlocked, "DriveClaimed", fmt.Sprintf("%s is the drive of run %s here", drive.Identity.Name(), drive.Holds.RunName()), "look at that run first: `s3export describe "+drive.Holds.Backup+"`")
	}
	if err := a.keepBaseline(held, fact); err != nil {
		return err
	}
	record.Version, record.Generation, record.Events = old.Version, old.Generation+1, append(old.Events, record.Events...)
	if _, err := a.journal().Save(ctx, record); err != nil {
		return err
	}
	at := a.now()
	h := &reconciler.Holding{Backup: held.name, Run: held.run, Set: held.bundle.Set, SpecFile: record.SpecFile, Since: at, CopiedAt: &fact.At, Ended: true}
	if v := record.Runs[0].Volume; v != nil {
		h.PartitionGUID = v.PartitionGUID
	}
	drive.Holds = h
	_, err = a.journal().SaveDrive(ctx, drive.Note(reconciler.Event{At: at, Run: held.run, Reason: "Adopted", Message: "taken up as " + h.RunName() + " from what the drive says"}))
	return err
}
