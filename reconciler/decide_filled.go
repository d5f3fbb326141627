package reconciler

import (
	"fmt"

	"github.com/cargomedia/s3export/verify"
)

// filled has this host copy the source onto the drive.
func (c *deciding) filled() bool {
	if c.limits.Repair && !c.limits.repaired {
		return c.repaired()
	}
	if c.run.Returned() {
		return c.sameSelection()
	}
	if !c.foreseen() && !c.deviceHere(true) {
		return false
	}
	c.do(c.fill(""))
	return true
}

func (c *deciding) fill(repair string) Fill {
	b := c.run.Baseline
	if c.planned(nameTakeBaseline) {
		b = &c.seen.Surveyed.Fact
	}
	f := Fill{Repair: repair}
	if b != nil {
		f.Objects, f.Bytes = b.Objects, b.Bytes
	}
	return f
}

// repaired fetches again what the latest proof names as bad.
func (c *deciding) repaired() bool {
	p, proven := c.run.LatestProof()
	if !c.run.Returned() || !proven || p.Verdict == verify.Pass {
		return c.block(NothingToRepair, fmt.Sprintf("no proof of run %q has found anything bad", c.run.Name),
			"verify the drive with `s3export verify "+c.want.Metadata.Name+"`; what it finds can be repaired")
	}
	if !c.deviceHere(true) || !c.sameSelection() {
		return false
	}
	c.do(c.fill(p.Report))
	return true
}

// sameSelection refuses to call a copy that of a spec which selects something else by now.
func (c *deciding) sameSelection() bool {
	b := c.run.Baseline
	if b == nil || b.Ranges == "" || b.Ranges == rangesOf(c.want) {
		return true
	}
	return c.block(SelectionChanged, fmt.Sprintf("the copy of run %q is of other ranges than the spec selects now", c.run.Name),
		"set spec.run to a new name: the drive is brought up to date, and what is on it already is not fetched again; or put spec.source back as it was")
}

// notCopiedOver keeps a run that is not proven off the only proven copy of a set.
func (c *deciding) notCopiedOver() bool {
	if !IsLastProven(c.seen.Drive, c.seen.Copies) {
		return true
	}
	h := c.seen.Drive.Holds
	return c.block(LastProvenCopy,
		fmt.Sprintf("%s holds run %s, the last proven copy of set %q, and this run would write over it", c.seen.Device.Identity.Name(), h.RunName(), h.Set),
		"take this copy on another drive of the set, and let it be verified, before this one is used again")
}
