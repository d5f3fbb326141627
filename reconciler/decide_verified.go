package reconciler

import (
	"fmt"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// verified proves the drive, unless a proof holds. A bad verdict is sticky: it is
// not repeated by itself, because reading a bad drive again does not mend it.
func (c *deciding) verified() bool {
	proof, proven := c.run.LatestProof()
	resumed := c.run.Pending(nameVerify) && !c.limits.Restart
	again := c.limits.Reverify || resumed || c.planned(nameFill)
	if proven && !again && !c.verdictStale(proof) {
		return c.verdictHolds(proof)
	}
	if !c.foreseen() && !c.driveForProof(proof, proven) {
		return false
	}
	c.do(Verify{Attempt: c.attempt(resumed), Resume: resumed})
	return true
}

// verdictStale reports whether something has changed that makes the latest verdict
// void: a good one ages, a bad one holds for this device and this spec only.
func (c *deciding) verdictStale(p Proof) bool {
	if p.Verdict == verify.Pass {
		return !proofHolds(c.run, c.want, c.seen)
	}
	return copiedSince(p, c.run, c.seen) || p.SpecDigest != c.want.Digest || !p.isOf(c.want, c.seen.Device)
}

func (c *deciding) verdictHolds(p Proof) bool {
	switch p.Verdict {
	case verify.Pass:
		return true
	case verify.Incomplete:
		return c.block(VerificationIncomplete, p.Summary,
			c.readFirst()+"; when the cause is mended, run `s3export verify "+c.want.Metadata.Name+"`")
	case verify.Fail:
		return c.block(VerificationFailed, p.Summary,
			"do not trust this drive; "+c.readFirst()+"; then take a new copy with a new spec.run, or, if the fault was elsewhere (cable, bridge), run `s3export verify "+c.want.Metadata.Name+"`")
	}
	return false
}

// readFirst names what says more about a bad verdict.
func (c *deciding) readFirst() string {
	text := "read the report (`s3export describe " + c.want.Metadata.Name + "` says where it is)"
	if l := c.run.Load; l != nil && l.WithErrors {
		text += " and the service's log s3://" + l.LogBucket + "/" + l.LogKey + ", which says what could not be loaded"
	}
	if l := c.run.Log; l != nil && l.Problem != "" {
		text += "; the proof did without that log, and the same command says why"
	}
	return text
}

func (c *deciding) driveForProof(p Proof, proven bool) bool {
	d := c.seen.Device
	if d.Presence == device.Absent {
		if proven && p.Verdict == verify.Pass && p.isOf(c.want, d) && !c.limits.Reverify {
			return c.wait(ProofDue, fmt.Sprintf("the proof of %s is older than %s", day(p.At), c.want.Spec.Verify.MaxAge),
				"bring "+c.deviceName()+c.whereItIs(), lookForDrive)
		}
		return c.arriving()
	}
	return c.deviceHere(false)
}

func (c *deciding) attempt(resumed bool) int {
	if resumed && c.run.Intent.Proof != nil {
		return c.run.Intent.Proof.Attempt
	}
	return len(c.run.Proofs) + 1
}

// proofHolds reports whether the latest proof passed, is of the drive that the spec
// selects, and is young enough.
func proofHolds(run Run, want specs.Document, seen Snapshot) bool {
	p, found := run.LatestProof()
	if !found || p.Verdict != verify.Pass || !p.isOf(want, seen.Device) || copiedSince(p, run, seen) {
		return false
	}
	age, err := want.Spec.Verify.MaxAge.Parse()
	return err != nil || age == 0 || seen.At.Sub(p.At) < age
}

// copiedSince reports whether we have written to the drive since it was proven.
func copiedSince(p Proof, run Run, seen Snapshot) bool {
	return seen.Traits.Fill == providers.ByUs && run.Load != nil && p.At.Before(run.Load.EndedAt)
}

// isOf reports whether the proof is of the device that is here, or, of one that is
// away, whether nothing that is known of it says otherwise.
func (p Proof) isOf(want specs.Document, seen device.State) bool {
	if seen.Presence == device.Present {
		return seen.Identity.Same(p.Device)
	}
	d := want.Spec.Device
	if (d.Image != "") != (p.Device.Kind == device.Image) {
		return false
	}
	return d.Serial == "" || p.Device.Serial == "" || d.Serial == p.Device.Serial
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02") }
