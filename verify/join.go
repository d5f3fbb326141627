package verify

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// join merges the population with the drive in the order of paths. It decides
// presence and size of every object, and hands on what is left to be decided.
type join struct {
	request *Request
	tree    Tree
	next    func() (Expected, error, bool)
	ahead   *Expected // read from the population, not yet taken
	units   []*unit   // of the path that is at hand; more than one: NameTaken
	last    string    // path of the drive's last file
	walked  bool      // last is set
	above   []*unit   // objects whose paths are a prefix of the one at hand
	broken  []string  // directories that could not be listed, at or before the path at hand
	out     joined
	counts  Totals
	// reopens: a file of the wrong size may be an older version, which somebody can tell.
	reopens bool
}

// joined takes what the join finds.
type joined interface {
	// settled takes a finding that needs no reading.
	settled(ctx context.Context, f Finding) error
	// open takes a unit whose content is to be compared, or that is reopened.
	open(ctx context.Context, u *unit) error
	// counted takes each unit of the population once, settled or not.
	counted(u *unit)
}

func (j *join) run(ctx context.Context) error {
	next, stop := iter.Pull2(j.request.Log.moves(j.request.Population).Objects(ctx))
	defer stop()
	j.next = next
	if err := j.advance(ctx); err != nil {
		return err
	}
	for _, root := range roots(j.request.Log.places(j.request.Population.Ranges)) {
		var own error // ours, not the tree's
		err := j.tree.Walk(ctx, root, func(e Entry) error {
			own = j.entry(ctx, e)
			return own
		})
		if own != nil || ctx.Err() != nil {
			return cmp.Or(own, ctx.Err())
		}
		if err != nil {
			return walkError(root, err)
		}
	}
	for len(j.units) > 0 {
		if err := j.absent(ctx); err != nil {
			return err
		}
	}
	return j.leave(ctx, nil)
}

// entry takes the drive's next entry.
func (j *join) entry(ctx context.Context, e Entry) error {
	if gone(e.Err) {
		return e.Err
	}
	if e.Dir {
		return j.directory(ctx, e)
	}
	if j.walked && e.Path <= j.last {
		return problem("walking the drive", fmt.Sprintf("%q comes after %q", e.Path, j.last), "report this as a defect")
	}
	j.last, j.walked = e.Path, true
	j.counts.Files++
	for len(j.units) > 0 && j.units[0].path() < e.Path {
		if err := j.absent(ctx); err != nil {
			return err
		}
	}
	if len(j.units) > 0 && j.units[0].path() == e.Path {
		return j.present(ctx, e)
	}
	return j.unexpected(ctx, e)
}

func (j *join) directory(ctx context.Context, e Entry) error {
	if e.Err == nil || j.own(e.Path) {
		return nil
	}
	j.broken = append(j.broken, e.Path)
	return j.out.settled(ctx, Finding{Path: e.Path, Outcome: Failure, Reason: DirectoryError, Detail: e.Err.Error()})
}

func (j *join) present(ctx context.Context, e Entry) error {
	owners := j.owners()
	if len(owners) == 0 {
		owners = j.units // the log calls all of them failed, and is wrong
	}
	for _, u := range j.units {
		if !slices.Contains(owners, u) {
			j.failed(u)
		} else if u.entry, u.there = e, true; len(owners) > 1 {
			u.settle(Unverifiable, NameTaken)
		} else {
			u.sized(j.history(u))
		}
		if err := j.enter(ctx, u); err != nil {
			return err
		}
	}
	return j.advance(ctx)
}

func (j *join) absent(ctx context.Context) error {
	owners := j.owners()
	for _, u := range j.units {
		if len(owners) > 1 && slices.Contains(owners, u) {
			u.settle(Unverifiable, NameTaken)
		} else if !j.excuse(u) {
			j.counts.Newer++
			continue
		}
		if err := j.enter(ctx, u); err != nil {
			return err
		}
	}
	return j.advance(ctx)
}

// excuse settles a unit that is not on the drive; without an excuse it stays open
// until the join has left its path. It returns false when the unit is outside the
// population after all.
func (j *join) excuse(u *unit) bool {
	h := j.history(u)
	switch {
	case h == newer:
		return false
	case j.failed(u):
	case u.states[0].Kind == KindUnnameable:
		u.settle(Unverifiable, Renamed)
	case j.belowBroken(u.path()):
		u.settle(Failure, DirectoryError)
	case h == created:
		u.settle(ChangedAfterExport, CreatedDuringLoad)
	case h == deleted:
		u.settle(ChangedAfterExport, DeletedDuringLoad)
	case u.archived():
		u.settle(MissingOnDevice, Archived)
	}
	return true
}

// owners returns the units at hand that may have the path: those that the service's
// log does not call failed, of several.
func (j *join) owners() []*unit {
	if j.request.Log == nil || len(j.units) < 2 {
		return j.units
	}
	return slices.DeleteFunc(slices.Clone(j.units), func(u *unit) bool { _, failed := j.notLoaded(u); return failed })
}

// notLoaded returns with what code the service's log says that a unit was not loaded.
// One that came or went while the load ran, or came after it, need not have been.
func (j *join) notLoaded(u *unit) (code string, failed bool) {
	if code, failed = j.request.Log.code(u); !failed {
		return "", false
	}
	h := j.history(u)
	return code, h == stable || h == changed
}

// failed settles a unit that the service's log says was not loaded.
func (j *join) failed(u *unit) bool {
	code, failed := j.notLoaded(u)
	if failed {
		u.settle(MissingOnDevice, FailedByService)
		u.settled.Detail = code
	}
	return failed
}

func (j *join) history(u *unit) history {
	return u.history(j.request.Population.Known, j.request.LoadEnded)
}

// enter takes a unit into the population. Where one key leads to a file and another
// to a directory of the same name, only one of them can be there under its name:
// the other one is excused, however their paths are ordered.
func (j *join) enter(ctx context.Context, u *unit) error {
	if err := j.leave(ctx, u); err != nil {
		return err
	}
	for _, a := range j.above {
		if !below(u.path(), a.path()) {
			continue
		}
		if u.there && !a.there && a.settled == nil {
			a.settle(Unverifiable, NameTaken)
			if err := j.out.settled(ctx, *a.settled); err != nil {
				return err
			}
		}
		if a.there && !u.there && u.settled == nil {
			u.settle(Unverifiable, NameTaken)
		}
	}
	j.above = append(j.above, u)
	j.count(u)
	switch {
	case u.settled != nil && u.settled.Reason == SizeDiffers && j.reopens:
		u.reopened = true
		return j.out.open(ctx, u)
	case u.settled != nil:
		return j.out.settled(ctx, *u.settled)
	case u.there:
		return j.out.open(ctx, u)
	}
	return nil // pending, see leave
}

// leave forgets the units that u's path cannot lie below, and all of them when u is
// nil. Those still open are missing.
func (j *join) leave(ctx context.Context, u *unit) error {
	for len(j.above) > 0 {
		top := j.above[len(j.above)-1]
		if u != nil && strings.HasPrefix(u.path(), top.path()) {
			return nil
		}
		j.above = j.above[:len(j.above)-1]
		if top.there || top.settled != nil {
			continue
		}
		top.settle(MissingOnDevice, NotThere)
		if err := j.out.settled(ctx, *top.settled); err != nil {
			return err
		}
	}
	return nil
}

func (j *join) count(u *unit) {
	j.counts.Objects++
	j.counts.Bytes += u.bytes()
	if u.there && u.settled == nil {
		j.counts.Sized++
	}
	j.out.counted(u)
}
