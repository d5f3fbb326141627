package evidence

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/chain"
	"github.com/cargomedia/s3export/verify/page"
)

// Prove implements reconciler.Evidence. The report is written once, as a whole: one
// that is there, with this seed, device, spec and baseline, was finished by a run that
// could not record it. Another one is left alone: a record that was lost or restored
// does not know of it.
func (k *Keeper) Prove(ctx context.Context, d specs.Document, s device.Selector, on device.Identity, run reconciler.Run) (reconciler.Proof, error) {
	plan := *run.Intent.Proof
	report, err := k.finished(d, &plan, on, run)
	if errors.Is(err, os.ErrNotExist) {
		run.Intent = &reconciler.Intent{Proof: &plan}
		report, err = k.verify(ctx, d, s, on, run)
	}
	if err == nil {
		err = k.cover(d, report)
	}
	if err != nil {
		return reconciler.Proof{}, err
	}
	amended, err := k.amended(d, run)
	if err != nil {
		return reconciler.Proof{}, err
	}
	return reconciler.Proof{
		ProofPlan: plan, At: report.Ended, Verdict: report.Verdict(), Full: report.Full(), Summary: report.Sentence(),
		SpecDigest: d.Digest, Device: on, Baseline: amended,
	}, nil
}

// maxReports bounds the search for a name of a report that is not taken.
const maxReports = 10_000

// finished returns the report of the plan, or os.ErrNotExist with the plan's report
// under a name that is free.
func (k *Keeper) finished(d specs.Document, plan *reconciler.ProofPlan, on device.Identity, run reconciler.Run) (verify.Report, error) {
	for range maxReports {
		report, err := k.report(d, plan.Report)
		s := report.Subject
		if err != nil || strings.EqualFold(report.Seed.String(), plan.Seed) && s.Device == on.Name() && s.SpecDigest == d.Digest && s.BaselineDigest == run.Baseline.Digest {
			return report, err
		}
		plan.Report = nextName(plan.Report)
	}
	return verify.Report{}, &reconciler.FileError{
		Op: "writing", Path: k.path(d, plan.Report), Err: errors.New("too many reports of one day"), Remedy: "move older reports to another directory",
	}
}

func (k *Keeper) report(d specs.Document, name string) (verify.Report, error) {
	return ReadReport(k.path(d, name))
}

// ReadReport reads a report of a proof.
func ReadReport(path string) (verify.Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return verify.Report{}, err
	}
	defer func() { _ = f.Close() }()
	return verify.DecodeReport(f)
}

// nextName counts up reports/<date>-<n>.json.
func nextName(name string) string {
	stem := strings.TrimSuffix(name, ".json")
	i := strings.LastIndexByte(stem, '-') + 1
	n, err := strconv.Atoi(stem[i:])
	if err != nil {
		return stem + "-2.json" // cannot happen: the name is ours
	}
	return stem[:i] + strconv.Itoa(n+1) + ".json"
}

// verify takes a new proof. What was found of an interrupted one is gone on with.
func (k *Keeper) verify(ctx context.Context, d specs.Document, s device.Selector, on device.Identity, run reconciler.Run) (verify.Report, error) {
	key, err := KeyOf(ctx, d, run, k.Secrets)
	if err != nil {
		return verify.Report{}, err
	}
	volume, err := k.Devices.Open(ctx, s, key)
	if err != nil {
		return verify.Report{}, err
	}
	defer func() { _ = volume.Close() }()
	request, err := k.request(d, on, run)
	if err != nil {
		return verify.Report{}, err
	}
	request.Tree, request.Runtime.Workers = Tree(volume), k.workers(s)
	name := k.path(d, run.Intent.Proof.Report)
	notes, err := verify.OpenNotes(filepath.Join(filepath.Dir(name), chain.NotesName), k.Clock)
	if err != nil {
		return verify.Report{}, &reconciler.FileError{Op: "reading", Path: name, Err: err, Remedy: "check the rights of the state directory, then run the same again"}
	}
	defer func() { _ = notes.Close() }()
	request.Runtime.Notes = notes
	report, err := k.learn(ctx, d, run, request)
	if err != nil {
		return report, err
	}
	if err := keepReport(name, &report); err != nil {
		return report, err
	}
	return report, notes.Remove()
}

// keepReport adds a report to the chain in its directory, and its page beside it. The
// page comes first: a report that is there is finished.
func keepReport(name string, report *verify.Report) (err error) {
	if report.Before, err = chain.Last(os.DirFS(filepath.Dir(name))); err != nil {
		return err
	}
	html := strings.TrimSuffix(name, ".json") + ".html"
	if err := journal.WriteFile(html, func(w io.Writer) error { return page.Write(w, *report) }); err != nil {
		return err
	}
	return journal.WriteFile(name, report.Encode)
}

// learn verifies, and keeps a baseline that holds what was read, if anything of that is
// new. The one that the record names stays as it is. A proof against the bucket teaches
// nothing: what equals an object as it is now need not be what the baseline lists.
func (k *Keeper) learn(ctx context.Context, d specs.Document, run reconciler.Run, request verify.Request) (verify.Report, error) {
	listing, err := k.openBaseline(d, *run.Baseline)
	if err != nil {
		return verify.Report{}, err
	}
	defer func() { _ = listing.Close() }()
	var report verify.Report
	var failed error // of the proof, not of the file
	path := k.path(d, amendedFile(run))
	err = journal.WriteFile(path, func(w io.Writer) error {
		amender, err := verify.AmendBaseline(listing, w)
		if err != nil {
			return err
		}
		request.Runtime.SHA256 = true
		if d.Spec.Verify.Against != specs.AgainstBucket {
			request.Runtime.Sink = amender
		}
		if report, failed = k.run(ctx, request); failed != nil {
			return errNothingNew
		}
		if _, err = amender.Close(); err == nil && amender.Added() == 0 {
			return errNothingNew
		}
		return err
	})
	if errors.Is(err, errNothingNew) {
		// What an interrupted run may have left is not of this proof.
		if gone := os.Remove(path); gone != nil && !errors.Is(gone, os.ErrNotExist) {
			failed = errors.Join(failed, gone)
		}
		return report, failed
	}
	return report, err
}

// run verifies within the time that is given. One that has not come to its end is an
// error: it is gone on with.
func (k *Keeper) run(ctx context.Context, request verify.Request) (verify.Report, error) {
	if k.Timed != nil {
		timed, cancel := k.Timed(ctx)
		defer cancel()
		ctx = timed
	}
	report, err := verify.Run(ctx, request)
	if err == nil && report.Stopped != "" {
		err = &verify.Error{
			Op: "comparing", Err: fmt.Errorf("%w: %d objects are left", verify.ErrTimeUp, report.Totals.Pending),
			Remedy: "run the same command again: it goes on where it ended",
		}
	}
	return report, err
}

// amendedFile is the baseline with what the run's planned proof has read.
func amendedFile(run reconciler.Run) string {
	return fmt.Sprintf("baseline-%d.jsonl.gz", run.Intent.Proof.Attempt)
}

// amended returns the baseline that the planned proof has left; nil when it has left
// none. It is written before the report, so that a report has its baseline.
func (k *Keeper) amended(d specs.Document, run reconciler.Run) (*reconciler.BaselineFact, error) {
	fact := *run.Baseline
	fact.File = amendedFile(run)
	f, err := os.Open(k.path(d, fact.File))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, k.noBaseline(d, fact.File, err)
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return nil, k.noBaseline(d, fact.File, err)
	}
	fact.Digest = hex.EncodeToString(sum.Sum(nil))
	return &fact, nil
}

var errNothingNew = errors.New("nothing was read that was not known")

// KeyOf opens the run's copy: with TrueCrypt it lies in a container that the service
// calls after the job (Developer Guide, "Encrypting Your Data"); with LUKS the first of the
// keys is used that can be read.
func KeyOf(ctx context.Context, d specs.Document, run reconciler.Run, secrets manifest.Resolve) (device.Key, error) {
	var first error
	for _, key := range d.Keys() {
		passphrase, err := secrets(ctx, *key.Secret)
		if err == nil {
			return device.PasswordKey(passphrase.Reveal(), ""), nil
		}
		first = cmp.Or(first, err)
	}
	if first != nil {
		return device.Key{}, first
	}
	container := ""
	if run.Job != nil {
		container = string(run.Job.ID) + ".tc"
	}
	if d.Manifest == nil || d.Manifest.TrueCryptPassword == nil {
		return device.PasswordKey("", container), nil
	}
	password, err := secrets(ctx, *d.Manifest.TrueCryptPassword)
	return device.PasswordKey(password.Reveal(), container), err
}
