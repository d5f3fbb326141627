package verify_test

import (
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/verify"
)

// saidByLog is what a service's log says, a line for each object that it names: where
// it lies, or that it failed.
type saidByLog struct{ lines map[[2]string]string }

const itFailed = "\x00failed"

func (l saidByLog) loadLog(t *rapid.T, ranges []verify.Range) *verify.LoadLog {
	log, err := verify.NewLoadLog(ranges)
	if err != nil {
		t.Fatal(err)
	}
	for id, at := range l.lines {
		if at == itFailed {
			log.Failed(id[0], id[1], "InternalError")
		} else {
			log.Loaded(id[0], id[1], at)
		}
	}
	return log
}

// move puts a subject where the log says that it lies, if only one range selects it.
func (l saidByLog) move(o *oracle, s *subject) {
	at, named := l.lines[[2]string{s.bucket, s.key}]
	n := 0
	for _, r := range o.ranges {
		if r.Bucket == s.bucket && strings.HasPrefix(s.key, r.Prefix) {
			n++
		}
	}
	if named && at != itFailed && n == 1 && !awkwardName(at) && at != strings.TrimSuffix(s.path, "/") {
		s.path, s.moved = at, true
	}
}

func (l saidByLog) failed(s *subject) bool {
	return l.lines[[2]string{s.bucket, s.key}] == itFailed && (s.history == "stable" || s.history == "changed")
}

// claim says of a subject whether its path may be another's ("taken"), or it has none
// for the log's reason ("failed").
func (l saidByLog) claim(s *subject, all []*subject, there bool) string {
	rivals, owners := 0, 0
	for _, t := range all {
		if t.path == s.path {
			rivals++
			if !l.failed(t) {
				owners++
			}
		}
	}
	switch nobody := there && owners == 0; {
	case l.failed(s) && (!there || owners > 0):
		return "failed"
	case owners > 1, nobody && rivals > 1:
		return "taken"
	}
	return ""
}

// walks reports whether a path lies in a directory that is walked for the log's sake
// alone.
func (l saidByLog) walks(o *oracle, path string) bool {
	for _, s := range o.logged() {
		if slices.ContainsFunc(o.ranges, func(r verify.Range) bool {
			return r.Directory == "" || strings.HasPrefix(s, r.Directory+"/")
		}) {
			continue
		}
		top, _, below := strings.Cut(s, "/")
		if !below || strings.HasPrefix(path, top+"/") {
			return true
		}
	}
	return false
}

// logged returns the paths of what the log says lies elsewhere, markers included: they
// are walked too.
func (o *oracle) logged() (paths []string) {
	for id, at := range o.log.lines {
		n, expected := 0, false
		for _, r := range o.ranges {
			if r.Bucket == id[0] && strings.HasPrefix(id[1], r.Prefix) {
				n++
				expected = expected || strings.TrimSuffix(strings.TrimPrefix(r.Directory+"/"+id[1], "/"), "/") == at
				if r.Directory == "" {
					expected = expected || strings.TrimSuffix(id[1], "/") == at
				}
			}
		}
		if at != itFailed && n == 1 && !awkwardName(at) && !expected {
			paths = append(paths, at)
		}
	}
	return paths
}

// TestLogProperty: with a log that names some objects, right or wrong, the findings are
// the oracle's.
func TestLogProperty(t *testing.T) {
	RegisterTestingT(t)
	places := []string{"R/0000/0000", "R/0000/0001", "R/0000/0002", "S/x", "top", "a/R", "c/zz", itFailed, itFailed}
	rapid.Check(t, func(t *rapid.T) {
		o := drawOracle(t)
		o.log.lines = map[[2]string]string{}
		for _, s := range sorted(o.subjects()) {
			if rapid.IntRange(0, 2).Draw(t, "named") > 0 {
				continue
			}
			at := rapid.SampledFrom(append(slices.Clone(places), strings.TrimRight(s.path, "/"))).Draw(t, "place")
			o.log.lines[[2]string{s.bucket, s.key}] = at
			if at != itFailed && rapid.IntRange(0, 4).Draw(t, "right") > 0 {
				delete(o.tree, s.path)
				grow(o.tree, at, rapid.SampledFrom(s.states).Draw(t, "state"))
			}
		}
		o.agrees(t)
	})
}
