package reconciler

import (
	"fmt"
	"strings"

	"github.com/cargomedia/s3export/specs"
)

// mayTake refuses a drive that is not to be taken for this run: retired, or claimed by
// another backup, whatever is on it now.
func (c *deciding) mayTake() bool {
	if c.run.Volume != nil {
		return true
	}
	drive, name := c.seen.Drive, c.seen.Device.Identity.Name()
	if r := drive.Retired; r != nil {
		why := ""
		if r.Reason != "" {
			why = ": " + r.Reason
		}
		return c.block(DriveRetired, fmt.Sprintf("%s was retired on %s%s", name, day(r.At), why), "use another drive")
	}
	if rivals := c.limits.Rivals; len(rivals) > 0 {
		return c.block(DriveClaimed, fmt.Sprintf("%s is selected by another spec too: %s", name, strings.Join(rivals, ", ")),
			"correct spec.device in one of them; or let one end, and name its run in the other's spec.device.replaces")
	}
	h := drive.Holds
	switch {
	case h == nil, h.Backup == c.want.Metadata.Name, c.want.Spec.Device.Replaces == h.RunName():
		return true
	case h.Ended && c.seen.Device.Content.Blank:
		return true // somebody has cleared it
	}
	return c.block(DriveClaimed, fmt.Sprintf("%s is the drive of run %s%s", name, h.RunName(), sinceText(h)),
		"use another drive; or, when that run has ended and its copy is not needed any more, set spec.device.replaces to "+h.RunName())
}

func sinceText(h *Holding) string {
	switch {
	case h.Proof != nil:
		return fmt.Sprintf(" (verified %s: %s)", day(h.Proof.At), h.Proof.Verdict)
	case h.CopiedAt != nil:
		return " (copied " + day(*h.CopiedAt) + ")"
	}
	return " since " + day(h.Since)
}

// notLastCopy refuses to erase the only proven copy of a set.
func (c *deciding) notLastCopy() bool {
	h := c.seen.Drive.Holds
	if h == nil || c.want.Spec.Device.Replaces != h.RunName() || !IsLastProven(c.seen.Drive, c.seen.Copies) {
		return true
	}
	return c.block(LastProvenCopy,
		fmt.Sprintf("%s holds run %s, the last proven copy of set %q", c.seen.Device.Identity.Name(), h.RunName(), h.Set),
		"take this copy on another drive, and let it be verified, before this one is used again")
}

// IsLastProven reports whether a drive holds a proven copy of a set of which no other
// drive that is in use has one.
func IsLastProven(drive DriveRecord, all []DriveRecord) bool {
	h := drive.Holds
	if !h.Proven() || h.Set == "" || drive.Retired != nil {
		return false
	}
	for _, d := range all {
		if d.Key != drive.Key && d.Retired == nil && d.Holds.Proven() && d.Holds.Set == h.Set && d.Holds.sameParts(h) {
			return false
		}
	}
	return true
}

// sameParts reports whether two copies are of the same ranges, as far as that is known.
func (h *Holding) sameParts(other *Holding) bool {
	return h.Ranges == "" || other.Ranges == "" || h.Ranges == other.Ranges
}

// Rivals returns the names of the other documents that select the same drive as d and
// want something of it. One that replaces the other's run follows it, and is no rival.
func Rivals(d specs.Document, all []specs.Document) []string {
	var names []string
	for _, o := range all {
		switch {
		case o.Metadata.Name == d.Metadata.Name, !sameDrive(o.Spec.Device, d.Spec.Device):
		case o.Spec.Suspend, o.Spec.Phase == specs.Canceled:
		case follows(d, o), follows(o, d):
		default:
			names = append(names, o.Metadata.Name)
		}
	}
	return names
}

func sameDrive(a, b specs.Device) bool {
	return a.Serial == b.Serial && a.WWN == b.WWN && a.ByID == b.ByID && a.Image == b.Image
}

func follows(later, earlier specs.Document) bool {
	return strings.HasPrefix(later.Spec.Device.Replaces, earlier.Metadata.Name+"/")
}
