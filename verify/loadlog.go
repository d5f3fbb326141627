package verify

import (
	"context"
	"iter"
	"slices"
	"strings"
)

// LoadLog is what the service's log says of a load beyond "as expected": objects that
// it did not load, and objects that it put under another path. Its memory grows with
// these alone. It is filled by Add and then only read.
type LoadLog struct {
	ranges []Range
	failed map[objectName]string // the service's code
	moved  map[objectName]string // path on the drive
}

type objectName struct{ bucket, key string }

// maxLogged bounds what is remembered of a log that makes no sense.
const maxLogged = 1_000_000

// NewLoadLog returns an empty log of a load of these ranges.
func NewLoadLog(ranges []Range) (*LoadLog, error) {
	ranges, err := cleanRanges(ranges)
	return &LoadLog{ranges: ranges, failed: map[objectName]string{}, moved: map[objectName]string{}}, err
}

// Failed takes in that an object was not loaded, with the service's code.
func (l *LoadLog) Failed(bucket, key, code string) {
	if n, _ := l.selecting(bucket, key); n > 0 && len(l.failed) < maxLogged {
		l.failed[objectName{bucket, key}] = code
	}
}

// Loaded takes in under which path an object lies; the last word counts. An object
// that two ranges select lies on the drive twice: of that, only expected paths are
// understood.
func (l *LoadLog) Loaded(bucket, key, path string) {
	path = strings.TrimSuffix(path, "/")
	n, r := l.selecting(bucket, key)
	switch {
	case n != 1:
	case r.leads(strings.TrimSuffix(key, "/"), path):
		delete(l.moved, objectName{bucket, key})
	case nameable(path) && len(l.moved) < maxLogged:
		l.moved[objectName{bucket, key}] = path
	}
}

// Moved returns how many objects lie elsewhere than their keys say.
func (l *LoadLog) Moved() int64 { return int64(len(l.moved)) }

// selecting returns how many ranges select an object, and the last of them. It is
// called for each line of a log.
func (l *LoadLog) selecting(bucket, key string) (n int, r *Range) {
	for i := range l.ranges {
		if one := &l.ranges[i]; one.Bucket == bucket && one.selects(key) {
			n, r = n+1, one
		}
	}
	return n, r
}

// leads reports whether the key has the path, without making the one of the other.
func (r *Range) leads(key, path string) bool {
	if r.Directory == "" {
		return path == key
	}
	return below(path, r.Directory) && path[len(r.Directory)+1:] == key
}

// code returns with what the load of a unit has failed. A nil log knows of none.
func (l *LoadLog) code(u *unit) (string, bool) {
	if l == nil {
		return "", false
	}
	code, failed := l.failed[objectName{u.states[0].Bucket, u.states[0].Key}]
	return code, failed
}

// moves returns the population with the objects at the paths that the log names.
func (l *LoadLog) moves(p Population) Population {
	if l == nil || len(l.moved) == 0 {
		return p
	}
	objects := p.Objects
	p.Objects = func(ctx context.Context) iter.Seq2[Expected, error] {
		return func(yield func(Expected, error) bool) {
			moved, err := l.collect(objects(ctx))
			if err != nil {
				yield(Expected{}, err)
				return
			}
			l.merge(objects(ctx), moved, yield)
		}
	}
	return p
}

// elsewhere returns the path that the log has for an object. Directory markers stay
// what they are: outside the population.
func (l *LoadLog) elsewhere(e *Expected) (string, bool) {
	path, is := l.moved[objectName{e.Bucket, e.Key}]
	return path, is && e.Kind != KindMarker
}

// collect finds the states of the moved objects, in the order of their new paths.
func (l *LoadLog) collect(objects iter.Seq2[Expected, error]) ([]Expected, error) {
	var moved []Expected
	for e, err := range objects {
		if err != nil {
			return nil, err
		}
		if path, is := l.elsewhere(&e); is {
			e.Path, e.Kind = path, KindFile
			moved = append(moved, e)
		}
	}
	slices.SortStableFunc(moved, func(a, b Expected) int { return order(&a, &b) })
	return moved, nil
}

// merge yields the objects that were not moved, and those that were between them.
func (l *LoadLog) merge(objects iter.Seq2[Expected, error], moved []Expected, yield func(Expected, error) bool) {
	for e, err := range objects {
		if err != nil {
			yield(e, err)
			return
		}
		if _, is := l.elsewhere(&e); is {
			continue
		}
		at, _ := slices.BinarySearchFunc(moved, e, func(m, e Expected) int { return order(&m, &e) })
		if !yieldAll(moved[:at], yield) || !yield(e, nil) {
			return
		}
		moved = moved[at:]
	}
	yieldAll(moved, yield)
}

func yieldAll(list []Expected, yield func(Expected, error) bool) bool {
	return !slices.ContainsFunc(list, func(e Expected) bool { return !yield(e, nil) })
}

// places returns the ranges, and one more for each directory at the drive's root
// that holds moved objects: it has to be walked too.
func (l *LoadLog) places(ranges []Range) []Range {
	if l == nil {
		return ranges
	}
	all := slices.Clone(ranges)
	for _, path := range l.moved {
		top, _, _ := strings.Cut(path, "/")
		if top == path {
			top = ""
		}
		if !slices.ContainsFunc(all, func(r Range) bool { return below(path, r.Directory) }) {
			all = append(all, Range{Directory: top})
		}
	}
	return all
}
