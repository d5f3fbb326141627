package reconciler_test

import (
	"errors"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// row is a state of the job, with the record that goes with it.
type row struct {
	name   string
	run    Run
	job    JobSeen
	marked []providers.Job
}

func asked(j providers.Job) JobSeen { return JobSeen{Asked: true, Job: j} }

func rows() []row {
	bad := job(providers.AtService, providers.Failed)
	bad.Failure = &providers.Failure{Reason: "MissingSignature", Remedy: "send it again"}
	canceled := job(providers.NotReceived, providers.Canceled)
	canceled.Failure = &providers.Failure{Reason: "JobCanceled", Remedy: "set a new run"}
	ended := submitted()
	ended.Baseline.Complete = true
	ended.Load = &LoadFact{EndedAt: noon}
	return []row{
		{name: "no job"},
		{name: "no record, one job with our mark", marked: []providers.Job{job(providers.NotReceived, providers.Pending)}},
		{name: "no record, two jobs with our mark", marked: []providers.Job{job(providers.NotReceived, providers.Pending), job(providers.NotReceived, providers.Pending)}},
		{name: "not received", run: submitted(), job: asked(job(providers.NotReceived, providers.Pending))},
		{name: "at AWS, pending", run: submitted(), job: asked(job(providers.AtService, providers.Pending))},
		{name: "at AWS, in progress", run: submitted(), job: asked(job(providers.AtService, providers.InProgress))},
		{name: "at AWS, complete", run: submitted(), job: asked(job(providers.AtService, providers.Complete))},
		{name: "at AWS, complete, recorded", run: ended, job: asked(job(providers.AtService, providers.Complete))},
		{name: "returned, complete", run: ended, job: asked(job(providers.Returned, providers.Complete))},
		{name: "returned, recorded", run: returned()},
		{name: "canceled by somebody", run: submitted(), job: asked(canceled)},
		{name: "failed", run: submitted(), job: asked(bad)},
		{name: "unknown codes", run: submitted(), job: asked(job(providers.LocationUnknown, providers.ProgressUnknown))},
		{name: "service down", run: submitted(), job: JobSeen{Asked: true, Err: &providers.Error{Kind: providers.Unreachable, Op: "GetStatus", Err: errors.New("refused"), Remedy: "wait"}}},
		{name: "proof passed", run: proven(verify.Pass, noon)},
		{name: "proof expired", run: proven(verify.Pass, noon.AddDate(0, 0, -100))},
		{name: "proof failed", run: proven(verify.Fail, noon)},
		{name: "proof incomplete", run: proven(verify.Incomplete, noon)},
	}
}

type column struct {
	name  string
	state device.State
}

func columns() []column {
	return []column{
		{"absent", absent()},
		{"blank", blank()},
		{"ours, unsigned", ours("", false)},
		{"ours, signed", ours(signature, false)},
		{"ours, wrong SIGNATURE", ours("x", false)},
		{"half-made", halfMade()},
		{"foreign", foreign()},
		{"loaded by service", loaded()},
		{"ambiguous", ambiguous()},
		{"mounted", mounted()},
	}
}

// cell says in a few words what is decided.
func cell(d Decision) string {
	if len(d.Lacks) > 0 {
		return fmt.Sprint("lacks ", d.Lacks[0])
	}
	if d.Forbidden != nil {
		return "blocked: " + string(d.Forbidden.Reason)
	}
	if a, ok := d.Next(); ok {
		s := StepOf(a)
		return fmt.Sprintf("%s (%s)", s.Name, s.Effect)
	}
	switch o := d.Hold.(type) {
	case Converged:
		return "converged"
	case Waiting:
		return "wait: " + string(o.Reason)
	case Blocked:
		return "blocked: " + string(o.Reason)
	}
	return "?"
}

// table renders one wanted phase: a row a job state, a column a device state.
func table(phase specs.Phase, traits providers.Traits) string {
	var b strings.Builder
	fmt.Fprintf(&b, "wanted: %s\n\n", phase)
	for _, r := range rows() {
		fmt.Fprintf(&b, "  %s\n", r.name)
		same, cells := true, []string{}
		for _, c := range columns() {
			seen := Snapshot{
				At: noon, Traits: traits, Job: r.job, Device: c.state, Record: record(r.run),
				Marked: &MarkedSeen{Jobs: r.marked, ObservedAt: noon}, Checked: &CheckSeen{}, Surveyed: surveyed(),
			}
			cells = append(cells, cell(Decide(document(phase), seen, Limits{AllowErase: true})))
			same = same && cells[0] == cells[len(cells)-1]
		}
		if same {
			fmt.Fprintf(&b, "    %-24s %s\n", "(any device)", cells[0])
			continue
		}
		for i, c := range columns() {
			fmt.Fprintf(&b, "    %-24s %s\n", c.name, cells[i])
		}
	}
	return b.String() + "\n"
}

var _ = Describe("the decision table", func() {
	It("is as written down, for a provider that ships the drive", func() {
		text := ""
		for _, p := range specs.WantedPhases() {
			text += table(p, shipped)
		}
		golden("decisions-shipped.txt", text)
	})

	It("is as written down, for a provider that ships nothing", func() {
		text := ""
		for _, p := range specs.WantedPhases() {
			text += table(p, pulled)
		}
		golden("decisions-pulled.txt", text)
	})
})
