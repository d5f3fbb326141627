package reconciler

import (
	"fmt"
	"math/big"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// Reasons of concerns of a copy that is brought up to date.
const (
	SourceShrank  Reason = "SourceShrank"
	SourceChanged Reason = "SourceChanged"
)

// driftConcerns keep a disaster in the source off the drive: a bucket that was emptied, or
// overwritten, looks like one that is merely another.
func driftConcerns(want specs.Document, s Survey) []Concern {
	d := s.Drift
	if d == nil || want.Spec.Provider.Pull == nil || d.Before+d.Unselected == 0 {
		return nil
	}
	guard := want.Spec.Provider.Pull.Guard
	maxDeleted, maxChanged, err := guard.Parse()
	if err != nil {
		return nil // checked with the spec
	}
	var list []Concern
	if p := want.Spec.Provider.Pull; p.Prune == specs.PruneExtra && exceeds(d.Deleted+d.Unselected, d.Before+d.Unselected, maxDeleted) && d.Unselected > 0 {
		list = append(list, Concern{
			Reason: SourceShrank, Stops: true,
			Message: fmt.Sprintf("%s of the %s on the drive would be taken away (%s), more than the %s that the spec lets pass: the ranges do not select them any more, or they are gone",
				count(d.Deleted+d.Unselected), objects(d.Before+d.Unselected), share(d.Deleted+d.Unselected, d.Before+d.Unselected), guard.MaxDeleted),
			Remedy: "the drive is not touched: correct spec.source.ranges; or set prune: Never; if it is meant, add SourceShrank to spec.preflight.accept for this run",
		})
	}
	if exceeds(d.Deleted, d.Before, maxDeleted) {
		list = append(list, Concern{
			Reason: SourceShrank, Stops: true,
			Message: fmt.Sprintf("%s of the %s on the drive are gone from the source (%s), more than the %s that the spec lets pass%s",
				count(d.Deleted), objects(d.Before), share(d.Deleted, d.Before), guard.MaxDeleted, such(d.DeletedSuch)),
			Remedy: "the drive is not touched: look at the source first, the copy may be what is left; if it is meant, add SourceShrank to spec.preflight.accept for this run, or raise spec.provider.pull.guard.maxDeleted",
		})
	}
	if exceeds(d.Changed, d.Before, maxChanged) {
		list = append(list, Concern{
			Reason: SourceChanged, Stops: true,
			Message: fmt.Sprintf("%s of the %s on the drive have another content in the source (%s), more than the %s that the spec lets pass%s",
				count(d.Changed), objects(d.Before), share(d.Changed, d.Before), guard.MaxChanged, such(d.ChangedSuch)),
			Remedy: "the drive is not touched: look at some of the objects first, they may have been encrypted by an intruder; if it is meant, add SourceChanged to spec.preflight.accept for this run, or raise spec.provider.pull.guard.maxChanged",
		})
	}
	return list
}

func exceeds(part, whole int64, most *big.Rat) bool {
	return part > 0 && whole > 0 && big.NewRat(part, whole).Cmp(most) > 0
}

func share(part, whole int64) string {
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}

func count(n int64) string { return fmt.Sprintf("%d", n) }

func such(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	return ", such as " + examples(verify.Issue{Examples: keys})
}

// unreadConcerns are about objects that this host cannot read as they are.
func unreadConcerns(want specs.Document, s Survey) []Concern {
	var list []Concern
	for _, i := range s.Issues {
		c := Concern{Reason: Reason(i.Kind), Stops: true}
		switch i.Kind {
		case verify.IssueArchived:
			c.Message = fmt.Sprintf("%s (%s, such as %s) in an archive class cannot be read before they are restored", objects(i.Objects), device.FormatSize(i.Bytes), examples(i))
			c.Remedy = "have them restored: spec.provider.pull.restore: {tier: Bulk, days: 14}, which AWS charges for; or restrict spec.source.ranges; or, if the drive need not hold them, accept it: spec.preflight.accept: [ArchivedObjects]"
			if want.Spec.Provider.Pull != nil && want.Spec.Provider.Pull.Restore != nil {
				c.Stops = false
			}
		case verify.IssueCustomerKey:
			c.Message = fmt.Sprintf("%d of %d objects that were looked at, such as %s, are under a key that only you have (SSE-C), and cannot be read without it", i.Objects, s.Probed, examples(i))
			c.Remedy = "copy them to keys without SSE-C; or restrict spec.source.ranges; or accept it: spec.preflight.accept: [CustomerKeys]"
		case verify.IssueUnnameable, verify.IssueColliding:
			continue // every key has a name of its own
		}
		list = append(list, c)
	}
	return list
}
