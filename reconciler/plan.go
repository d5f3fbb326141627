package reconciler

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
)

// Planner looks at the world and decides, and can do nothing else: it has no
// writer. The zero Planner is not usable; all members are required.
type Planner struct {
	Traits providers.Traits
	// Incapable says why this host cannot fill drives; nil: it can, or need not.
	Incapable *device.Refusal
	Jobs      JobReader // nil where Traits.HasJob is false
	Source    Surveyor
	Disks     DiskReader
	Journal   Journal
	Drives    Drives
	Secrets   manifest.Resolve // reads secrets; errors are *secret.Error
	Clock     Clock
}

// Plan is a decision and what it was made on.
type Plan struct {
	Decision
	Seen Snapshot
	// Want is the document that was decided on: with the run that has begun by itself.
	Want specs.Document
}

// Plan decides what the backup needs next. The error is that of ctx or of a
// journal that cannot be read.
func (p *Planner) Plan(ctx context.Context, want specs.Document, limits Limits) (Plan, error) {
	record, err := p.Journal.Load(ctx, want.Metadata.Name)
	if err != nil {
		return Plan{}, err
	}
	return p.plan(ctx, want, limits, record)
}

// plan observes, decides, and fetches what the decision lacks, each kind at most
// once.
func (p *Planner) plan(ctx context.Context, want specs.Document, limits Limits, record Record) (Plan, error) {
	spec := want
	want = record.ongoing(want)
	existing := p.Traits.Refreshes && (limits.Reverify || limits.reverified || limits.Repair)
	if existing {
		want = record.standing(want)
	}
	seen, err := p.observe(ctx, want, record)
	if err != nil {
		return Plan{}, err
	}
	if !existing {
		want = renewed(spec, want, seen)
	}
	var fetched []FactKind
	for {
		d := Decide(want, seen, limits)
		if len(d.Lacks) == 0 {
			return Plan{Decision: d, Seen: seen, Want: want}, nil
		}
		for _, kind := range d.Lacks {
			if slices.Contains(fetched, kind) {
				return Plan{}, fmt.Errorf("deciding on %q: fact %s is lacking although it was fetched", want.Metadata.Name, kind)
			}
			fetched = append(fetched, kind)
			p.fetch(ctx, want, limits, &seen, kind)
		}
		if err := ctx.Err(); err != nil {
			return Plan{}, err
		}
	}
}

func (p *Planner) observe(ctx context.Context, want specs.Document, record Record) (Snapshot, error) {
	seen := Snapshot{At: p.Clock(), Traits: p.Traits, Incapable: p.Incapable, Record: record}
	state, err := p.Disks.Inspect(ctx, SelectorOf(want))
	if err != nil {
		return seen, err
	}
	seen.Device = state
	if name, run, ok := strings.Cut(want.Spec.Device.Replaces, "/"); ok {
		older, err := p.Journal.Load(ctx, name)
		if err != nil {
			return seen, err
		}
		seen.Replaced = older.Run(run)
	}
	run := record.Run(want.Spec.Run)
	if err := p.recall(ctx, want, run, &seen); err != nil {
		return seen, err
	}
	if run.Job == nil || run.Returned() || run.Canceled != nil || want.Spec.Suspend || !asksService(want) {
		return seen, nil
	}
	seen.Job.Asked = true
	seen.Job.Job, seen.Job.Err = p.Jobs.Job(ctx, run.Job.ID)
	return seen, ctx.Err()
}

// recall looks up what is known of the drive.
func (p *Planner) recall(ctx context.Context, want specs.Document, run Run, seen *Snapshot) (err error) {
	i, known := driveOf(want, run, seen.Device)
	if known {
		seen.Drive, err = p.Drives.Drive(ctx, i)
	}
	if err == nil && (want.Spec.Device.Replaces != "" || want.Spec.Set != "" && p.Traits.Refreshes) {
		seen.Copies, err = p.Drives.ListDrives(ctx)
	}
	return err
}

func asksService(want specs.Document) bool {
	return want.Spec.Phase == specs.Canceled || want.Spec.Phase.Includes(specs.Submitted)
}

// fetch gets a fact that costs.
func (p *Planner) fetch(ctx context.Context, want specs.Document, limits Limits, seen *Snapshot, kind FactKind) {
	run := seen.Record.Run(want.Spec.Run)
	switch kind {
	case FactMarkedJobs:
		m := &MarkedSeen{}
		var found providers.Found
		found, m.Err = p.Jobs.FindJobs(ctx, run.MarkFor(want), since(run))
		m.Jobs, m.ObservedAt = found.Jobs, found.ObservedAt
		seen.Marked = m
	case FactNamedJob:
		j := &JobSeen{Asked: true}
		j.Job, j.Err = p.Jobs.Job(ctx, limits.Job)
		seen.Named = j
	case FactServiceCheck:
		k := &CheckSeen{}
		r, err := p.request(ctx, want, run, deviceID(want, run, seen.Device.Identity))
		if err != nil {
			k.Err = err
		} else {
			k.Warning, k.Err = p.Jobs.Check(ctx, r)
		}
		seen.Checked = k
	case FactSurvey:
		s := &SurveySeen{}
		s.Fact, s.Err = p.Source.Survey(ctx, want, p.priorCopies(*seen, run))
		s.Fact.Ranges = rangesOf(want)
		seen.Surveyed = s
	}
}

// priorCopies returns what is on the drive, with which the source is compared; none where a
// run begins with an empty drive.
func (p *Planner) priorCopies(seen Snapshot, run Run) []PriorCopy {
	if !p.Traits.Refreshes {
		return nil
	}
	var all []PriorCopy
	for _, old := range seen.Record.prior(run, seen.Device) {
		all = append(all, PriorCopy{Run: old.Name, Baseline: *old.Baseline})
	}
	return all
}

// since is how far back a job of this run may have been created, on the service's
// clock. Without an intent all jobs are looked at, since the record may be new.
func since(run Run) time.Time {
	if run.Intent == nil || run.Intent.ServiceAt.IsZero() {
		return time.Time{}
	}
	return run.Intent.ServiceAt.Add(-skew)
}

// request renders the manifest, secrets included.
func (p *Planner) request(ctx context.Context, want specs.Document, run Run, id string) (providers.JobRequest, error) {
	text, err := want.ManifestFor(ctx, id, string(run.MarkFor(want)), p.Secrets)
	return providers.JobRequest{Manifest: text}, err
}

// MarkFor returns the mark of the run's job. Once a job exists or may exist it is
// the one that went out, though the spec may select the drive by another name now.
func (r Run) MarkFor(want specs.Document) providers.Mark {
	if r.Mark != "" && (r.Job != nil || r.Pending(nameCreateJob)) {
		return r.Mark
	}
	return providers.NewMark(want.Metadata.Name, want.Spec.Run, want.Selector())
}

// SelectorOf translates the spec's device.
func SelectorOf(want specs.Document) device.Selector {
	d := want.Spec.Device
	s := device.Selector{Serial: d.Serial, WWN: d.WWN, ByID: d.ByID, Image: d.Image}
	if d.Image != "" {
		s.Serial = want.DeviceID()
	}
	if n, exact, err := d.Size.Parse(); err == nil && n > 0 {
		s.Size = device.SizeCheck{Bytes: n}
		if !exact {
			s.Size.Tolerance = 0.02
		}
	}
	return s
}

// Standing returns the record as it would be saved if nothing were done now.
func (p Plan) Standing() Record {
	r := p.Seen.Record
	r.Phase, r.Conditions = p.Phase, p.Conditions
	if o := p.Outcome(); o != nil {
		r.Hold = holdOf(o, r.Hold, p.Seen.At)
	}
	return r
}
