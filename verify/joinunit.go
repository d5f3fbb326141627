package verify

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// advance reads the units of the next path; none at the end of the population.
func (j *join) advance(ctx context.Context) error {
	j.units = j.units[:0]
	if err := ctx.Err(); err != nil {
		return err
	}
	for {
		e, err := j.take()
		if err != nil {
			return err
		}
		if e == nil {
			return nil
		}
		if len(j.units) > 0 && j.units[0].path() != e.Path {
			j.ahead = e
			return nil
		}
		switch {
		case e.Kind == KindMarker:
			j.counts.Markers++
		case len(j.units) > 0 && order(&j.units[len(j.units)-1].states[0], e) == 0:
			u := j.units[len(j.units)-1]
			u.states = append(u.states, *e)
		default:
			j.units = append(j.units, &unit{states: []Expected{*e}})
		}
	}
}

func (j *join) take() (*Expected, error) {
	if e := j.ahead; e != nil {
		j.ahead = nil
		return e, nil
	}
	e, err, ok := j.next()
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, nil
	}
	return &e, nil
}

// unexpected takes a file that no object of the population leads to.
func (j *join) unexpected(ctx context.Context, e Entry) error {
	switch {
	case j.own(e.Path):
		j.counts.Own++
		return nil
	case j.request.Layout.Recovery != "" && within(e.Path, j.request.Layout.Recovery):
		j.counts.Recovered++
		return nil
	}
	f := Finding{Path: e.Path, Size: e.Size, Outcome: Extra, Reason: Unknown}
	selected := slices.ContainsFunc(j.request.Population.Ranges, func(r Range) bool { return r.holds(e.Path) })
	switch {
	case e.Err != nil:
		f.Outcome, f.Reason, f.Detail = Failure, ReadError, e.Err.Error()
	case !selected:
		f.Reason = OutsideRange
	case j.request.Population.Known == LiveListing:
		f.Outcome, f.Reason = MissingOnSource, NotListed
	}
	return j.out.settled(ctx, f)
}

func (j *join) own(path string) bool {
	return slices.ContainsFunc(j.request.Layout.Own, func(own string) bool { return within(path, own) })
}

func within(path, top string) bool { return path == top || below(path, top) }

// belowBroken reports whether the path lies below a directory that could not be
// listed, and forgets the directories that no later path lies below.
func (j *join) belowBroken(path string) bool {
	j.broken = slices.DeleteFunc(j.broken, func(d string) bool {
		return !below(path, d) && path > d+"/"
	})
	return slices.ContainsFunc(j.broken, func(d string) bool { return below(path, d) })
}

func (u *unit) settle(o Outcome, r Reason) {
	f := u.finding(o, r)
	u.settled = &f
}

// sized settles a unit that is there, unless its content has to be compared.
func (u *unit) sized(h history) {
	switch {
	case u.entry.Err != nil:
		u.settle(Failure, ReadError)
		u.settled.Detail = u.entry.Err.Error()
	case !u.entry.Regular:
		u.settle(Differ, NotAFile)
	case !slices.ContainsFunc(u.states, func(s Expected) bool { return s.Size == u.entry.Size }):
		o, r := h.unequal(SizeDiffers)
		u.settle(o, r)
		u.settled.Evidence = Evidence{Method: BySize, Class: BySize.class(),
			Want: u.sizes(), Have: strconv.FormatInt(u.entry.Size, 10)}
	}
}

func (u *unit) sizes() string {
	all := make([]string, 0, len(u.states))
	for _, s := range u.states {
		all = append(all, strconv.FormatInt(s.Size, 10))
	}
	return strings.Join(all, " or ")
}

func (u *unit) archived() bool {
	return !slices.ContainsFunc(u.states, func(s Expected) bool { return !s.Archived() })
}

// roots returns the directories to walk so that each file is met once, in the order
// of the paths below them.
func roots(ranges []Range) []string {
	var all []string
	for _, r := range ranges {
		all = append(all, r.Directory)
	}
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(a+"/", b+"/") })
	if slices.Contains(all, "") {
		return []string{""}
	}
	var top []string
	for _, d := range all {
		if len(top) == 0 || !within(d, top[len(top)-1]) {
			top = append(top, d)
		}
	}
	return top
}

func walkError(root string, err error) error {
	return &Error{Op: fmt.Sprintf("walking the drive below %q", root), Err: err,
		Remedy: "check that the drive is still there and its file system can be read, then run it again"}
}
