package verify

import (
	"context"
	"fmt"
)

// Room is what a drive offers.
type Room struct {
	Bytes  int64 `json:"bytes"`
	Inodes int64 `json:"inodes"`
}

// Holds reports whether what is needed fits.
func (r Room) Holds(n Need) bool { return n.Bytes <= r.Bytes && n.Inodes() <= r.Inodes }

// Split spreads the ranges over drives that offer room each: every part is the
// ranges of one drive, in order, and together they select what the ranges select.
// Objects are taken in the order in which a service loads them, range by range and
// key by key, so a part ends with Through where the next one goes on with After. It
// lists each range once; memory does not grow with the number of objects. An object
// that fits on no drive is an error that names it.
func Split(ctx context.Context, src Source, ranges []Range, room Room, progress Progress) ([][]Range, error) {
	ranges, err := cleanRanges(ranges)
	if err != nil {
		return nil, err
	}
	s := splitting{room: room, meter: newMeter(progress, PhaseListing)}
	for _, r := range ranges {
		if err := s.take(ctx, src, r); err != nil {
			return nil, err
		}
	}
	s.meter.done()
	return append(s.parts, s.part), nil
}

// splitting is a split under way.
type splitting struct {
	room  Room
	meter *meter
	parts [][]Range
	part  []Range // of the drive at hand
	need  needing
	held  int64 // objects on it
}

func (s *splitting) take(ctx context.Context, src Source, r Range) error {
	last := ""
	for e, err := range listRange(ctx, src, r) {
		if err != nil {
			return err
		}
		if !s.room.Holds(s.need.with(e.Path, e.Size)) {
			if r, err = s.turn(r, last, e); err != nil {
				return err
			}
		}
		s.need.add(e.Path, e.Size)
		s.held++
		last = e.Key
		s.meter.add(1, e.Size)
	}
	s.part = append(s.part, r)
	return nil
}

// turn goes on with the next drive before e, and returns what is left of r.
func (s *splitting) turn(r Range, last string, e Expected) (Range, error) {
	if s.held == 0 {
		return r, problem("splitting the load", fmt.Sprintf("s3://%s/%s has %d bytes and does not fit on one drive", e.Bucket, e.Key, e.Size),
			"use larger drives, or leave this object out of the operations")
	}
	if last != "" {
		done := r
		done.Through = last
		s.part = append(s.part, done)
		r.After = last
	}
	s.parts = append(s.parts, s.part)
	s.part, s.need, s.held = nil, needing{}, 0
	if !s.room.Holds(s.need.with(e.Path, e.Size)) {
		return s.turn(r, "", e)
	}
	return r, nil
}
