package verify

import (
	"cmp"
	"context"
	"errors"
	"hash/fnv"
	"slices"
	"strings"
)

// Survey is what a listing says of a load before it begins: what each range
// selects, what of it a service cannot load as it is, and the room that it needs.
type Survey struct {
	Ranges []RangeSurvey `json:"ranges"` // in the order that they were given in
	// Issues that occur, in the order of IssueKinds.
	Issues []Issue `json:"issues,omitempty"`
	Need   Need    `json:"need"`
	// Probed is how many objects were looked at one by one, drawn over all ranges; a
	// listing does not tell how an object is encrypted.
	Probed int `json:"probed"`
	// ProbeProblem is why fewer were looked at than was meant.
	ProbeProblem string `json:"probeProblem,omitempty"`
}

// RangeSurvey counts what one range selects. Objects that two ranges share count
// in both.
type RangeSurvey struct {
	Range
	Objects int64        `json:"objects"`
	Bytes   int64        `json:"bytes"`
	Classes []ClassCount `json:"classes,omitempty"` // by name
}

// ClassCount counts the objects of a storage class.
type ClassCount struct {
	Name    string `json:"name"` // STANDARD where the listing names none
	Objects int64  `json:"objects"`
	Bytes   int64  `json:"bytes"`
}

// IssueKind is a way in which objects do not come onto the drive as they are.
type IssueKind string

// The kinds of issues.
const (
	// IssueArchived: in a class that must be restored before anyone can read it.
	IssueArchived IssueKind = "ArchivedObjects"
	// IssueCustomerKey: encrypted with a key that only the customer has. Counted among
	// the probed objects only.
	IssueCustomerKey IssueKind = "CustomerKeys"
	// IssueUnnameable: keys that cannot be paths, see KindUnnameable.
	IssueUnnameable IssueKind = "UnnameableKeys"
	// IssueColliding: keys of which two lead to one path, or one to a file where
	// another needs a directory.
	IssueColliding IssueKind = "CollidingKeys"
)

// IssueKinds returns all kinds, the gravest first.
func IssueKinds() []IssueKind {
	return []IssueKind{IssueArchived, IssueCustomerKey, IssueUnnameable, IssueColliding}
}

// Issue counts the objects of one kind, with a few of them.
type Issue struct {
	Kind     IssueKind `json:"kind"`
	Objects  int64     `json:"objects"`
	Bytes    int64     `json:"bytes"`
	Examples []string  `json:"examples"` // s3://bucket/key, at most maxExamples
}

// Issue returns the issue of that kind, and whether it occurs.
func (s Survey) Issue(kind IssueKind) (Issue, bool) {
	i := slices.IndexFunc(s.Issues, func(i Issue) bool { return i.Kind == kind })
	if i < 0 {
		return Issue{}, false
	}
	return s.Issues[i], true
}

const (
	maxExamples = 3
	// maxProbes bounds the HEAD requests of a survey.
	maxProbes = 20
)

// CustomerKey is Head.Encryption of an object under a key that only the customer
// has (SSE-C).
const CustomerKey = "customer"

// surveying makes a Survey of a listing that passes by in the order of paths.
type surveying struct {
	survey  Survey
	issues  map[IssueKind]*Issue
	classes []map[string]*ClassCount // by range
	need    needing
	above   []Expected // files whose path is a prefix of the one at hand
	probes  []probe    // those of the smallest rank, in its order
	listed  *meter     // of what is counted as it is listed, and not as it is written; may be nil
}

type probe struct {
	rank   uint64
	object Object
}

func newSurveying(ranges []Range) *surveying {
	s := &surveying{issues: map[IssueKind]*Issue{}}
	for _, r := range ranges {
		s.survey.Ranges = append(s.survey.Ranges, RangeSurvey{Range: r})
		s.classes = append(s.classes, map[string]*ClassCount{})
	}
	return s
}

// counted returns the source with what each range selects counted on the way.
func (s *surveying) counted(src Source) Source {
	return &countingSource{Source: src, s: s, begun: map[int]bool{}}
}

// countingSource lists each range once. Two ranges may be equal.
type countingSource struct {
	Source
	s     *surveying
	begun map[int]bool // ranges, by their position
}

// List implements Source.
func (c *countingSource) List(ctx context.Context, r Range, yield func(Object) error) error {
	at := 0
	for at+1 < len(c.s.survey.Ranges) && (c.s.survey.Ranges[at].Range != r || c.begun[at]) {
		at++
	}
	c.begun[at] = true
	return c.Source.List(ctx, r, func(o Object) error {
		c.s.inRange(at, o)
		return yield(o)
	})
}

func (s *surveying) inRange(i int, o Object) {
	r := &s.survey.Ranges[i]
	r.Objects++
	r.Bytes += o.Size
	name := cmp.Or(o.StorageClass, "STANDARD")
	class := s.classes[i][name]
	if class == nil {
		class = &ClassCount{Name: name}
		s.classes[i][name] = class
	}
	class.Objects++
	class.Bytes += o.Size
	if s.listed != nil {
		s.listed.add(1, o.Size)
	}
}

// add takes the listing's next object.
func (s *surveying) add(e Expected) {
	s.need.add(e.Path, e.Size)
	s.collide(e)
	switch {
	case e.Kind == KindUnnameable:
		s.issue(IssueUnnameable, e)
	case e.Kind == KindFile && e.Archived():
		s.issue(IssueArchived, e)
	}
	s.offer(e.Object)
}

// collide finds two keys of one path, and a file in the place of a directory.
// What does not begin with a path never does again, so few are remembered.
func (s *surveying) collide(e Expected) {
	for n := len(s.above); n > 0 && !strings.HasPrefix(e.Path, s.above[n-1].Path); n-- {
		s.above = s.above[:n-1]
	}
	if e.Kind == KindUnnameable {
		return
	}
	if slices.ContainsFunc(s.above, func(a Expected) bool { return within(e.Path, a.Path) }) {
		s.issue(IssueColliding, e)
	}
	if e.Kind == KindFile {
		s.above = append(s.above, e)
	}
}

func (s *surveying) issue(kind IssueKind, e Expected) {
	i := s.issues[kind]
	if i == nil {
		i = &Issue{Kind: kind}
		s.issues[kind] = i
	}
	i.Objects++
	i.Bytes += e.Size
	if len(i.Examples) < maxExamples {
		i.Examples = append(i.Examples, "s3://"+e.Bucket+"/"+e.Key)
	}
}

// offer keeps the objects of the smallest hashes: a draw that does not depend on
// where in the listing they stand, and is the same each time.
func (s *surveying) offer(o Object) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(o.Bucket + "\x00" + o.Key))
	p := probe{rank: h.Sum64(), object: o}
	if len(s.probes) == maxProbes && p.rank >= s.probes[maxProbes-1].rank {
		return
	}
	at, _ := slices.BinarySearchFunc(s.probes, p, func(a, b probe) int { return cmp.Compare(a.rank, b.rank) })
	s.probes = slices.Insert(s.probes, at, p)
	s.probes = s.probes[:min(len(s.probes), maxProbes)]
}

// finish looks at the probes and returns the survey.
func (s *surveying) finish(ctx context.Context, src Source) (Survey, error) {
	for i, classes := range s.classes {
		for _, c := range classes {
			s.survey.Ranges[i].Classes = append(s.survey.Ranges[i].Classes, *c)
		}
		slices.SortFunc(s.survey.Ranges[i].Classes, func(a, b ClassCount) int { return strings.Compare(a.Name, b.Name) })
	}
	if err := s.probe(ctx, src); err != nil {
		return Survey{}, err
	}
	for _, kind := range IssueKinds() {
		if i := s.issues[kind]; i != nil {
			s.survey.Issues = append(s.survey.Issues, *i)
		}
	}
	s.survey.Need = s.need.total()
	return s.survey, nil
}

// probe asks how the drawn objects are encrypted. A source that does not say ends
// the probing, not the survey.
func (s *surveying) probe(ctx context.Context, src Source) error {
	for _, p := range s.probes {
		head, err := src.Head(ctx, p.object, Ask{})
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrGone), errors.Is(err, ErrChanged):
			continue
		case err != nil:
			s.survey.ProbeProblem = err.Error()
			return nil //nolint:nilerr // it is said; the survey goes on without the probes
		}
		s.survey.Probed++
		if head.Encryption == CustomerKey {
			s.issue(IssueCustomerKey, Expected{Object: p.object})
		}
	}
	return nil
}
