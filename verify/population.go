package verify

import (
	"context"
	"iter"
)

// Knowledge says where a population comes from, and so what it can decide.
type Knowledge string

// The values of Knowledge.
const (
	LiveListing    Knowledge = "live"   // the bucket as it is now
	StartBaseline  Knowledge = "start"  // as it was when the job was made
	ClosedBaseline Knowledge = "closed" // as it was then and when the load had ended
)

// Population is what a drive is expected to hold.
type Population struct {
	Ranges []Range
	Known  Knowledge
	// Objects yields all objects in the order of a baseline, and at most one error,
	// last. It may be good for one walk only.
	Objects func(ctx context.Context) iter.Seq2[Expected, error]
}

// Live returns the present listing of the ranges as the population, for when there
// is no baseline.
func Live(src Source, ranges []Range) (Population, error) {
	ranges, err := cleanRanges(ranges)
	if err != nil {
		return Population{}, err
	}
	return Population{Ranges: ranges, Known: LiveListing,
		Objects: func(ctx context.Context) iter.Seq2[Expected, error] { return listing(ctx, src, ranges) }}, nil
}
