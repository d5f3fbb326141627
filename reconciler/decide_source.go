package reconciler

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/specs"
)

// sourceKnown brings the baseline of what the spec selects about, and ends the
// ladder while there is something in the source for which no job should be made. It
// comes before anything is erased or paid for.
func (c *deciding) sourceKnown() bool {
	b := c.run.Baseline
	if b != nil && (b.Complete || b.Ranges == "" || b.Ranges == rangesOf(c.want)) || c.planned(nameTakeBaseline) {
		return true
	}
	switch s := c.seen.Surveyed; {
	case s == nil:
		return c.lack(FactSurvey)
	case s.Err != nil:
		return c.judged(string(FactSurvey), s.Err)
	case c.run.Job == nil:
		if bad := stopping(c.concerns()); len(bad) > 0 {
			return c.blockFor(bad)
		}
	}
	c.do(TakeBaseline{Fact: c.seen.Surveyed.Fact})
	return true
}

// concerns are those of the listing that was just made, else of the recorded one.
func (c *deciding) concerns() []Concern {
	s := c.seen.survey(c.run)
	if s == nil {
		return nil
	}
	return concerns(c.want, *s, c.deviceSize())
}

// survey returns what is known of the run's source; nil when nothing is.
func (seen Snapshot) survey(run Run) *Survey {
	switch {
	case seen.Surveyed != nil && seen.Surveyed.Err == nil:
		return seen.Surveyed.Fact.Survey
	case run.Baseline != nil:
		return run.Baseline.Survey
	}
	return nil
}

// deviceSize is the size of the drive that the load goes to; 0 when it is not known.
func (c *deciding) deviceSize() int64 {
	if c.seen.Device.Identity.Size > 0 {
		return c.seen.Device.Identity.Size
	}
	if c.run.Volume != nil {
		return c.run.Volume.Device.Size
	}
	size, _, err := c.want.Spec.Device.Size.Parse()
	if err != nil {
		return 0
	}
	return size
}

func stopping(all []Concern) []Concern {
	return slices.DeleteFunc(slices.Clone(all), func(c Concern) bool { return !c.Stops })
}

// blockFor ends the ladder with all that stops, under the reason of the gravest. A
// look at the source costs requests, so it is not repeated as often as others.
func (c *deciding) blockFor(bad []Concern) bool {
	if c.foreseen() {
		return false
	}
	messages, remedies := make([]string, len(bad)), make([]string, len(bad))
	for i, b := range bad {
		messages[i], remedies[i] = b.Message, b.Remedy
	}
	c.d.Hold = Blocked{
		Reason: bad[0].Reason, Message: strings.Join(messages, "; "), Remedy: strings.Join(remedies, "; "), LookAgain: lookAtSource,
	}
	return false
}

// planned reports whether an action of that name comes first.
func (c *deciding) planned(name string) bool {
	return slices.ContainsFunc(c.d.Actions, func(a Action) bool { return StepOf(a).Name == name })
}

// rangesOf returns the digest of what the load selects, to know a baseline that is
// of another selection.
func rangesOf(want specs.Document) string {
	h := sha256.New()
	for _, r := range want.Ranges() {
		fmt.Fprintf(h, "%q %q %q %q %q\n", r.Bucket, r.Prefix, r.After, r.Through, r.Directory)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
