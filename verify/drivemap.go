package verify

import (
	"sync"
	"time"
)

// DriveMap says how the reading went, place by place: the device in slices of one
// size, from its beginning on.
type DriveMap struct {
	SliceSize int64   `json:"sliceSize"` // bytes
	Slices    []Slice `json:"slices"`    // up to the last place that was read; at most 512
}

// Slice is what was read of files whose data begin in one slice of the device.
type Slice struct {
	Files  int64 `json:"files,omitempty"`
	Bytes  int64 `json:"bytes,omitempty"`
	Nanos  int64 `json:"nanos,omitempty"`  // spent in reads
	Differ int64 `json:"differ,omitempty"` // files whose content is another
	Errors int64 `json:"errors,omitempty"` // files that could not be read
}

// SpeedPoint is what was read from the drive in one interval.
type SpeedPoint struct {
	Bytes int64 `json:"bytes"`
	Files int64 `json:"files"`
}

// Speed is the throughput over time.
type Speed struct {
	IntervalNanos int64        `json:"intervalNanos"`
	Points        []SpeedPoint `json:"points"` // at most 256
}

const (
	mapSlices   = 512
	mapFirst    = 1 << 20 // bytes of a slice, doubled until all fit
	speedPoints = 256
	speedFirst  = int64(time.Second / 4) // doubled until all fit
)

// chart gathers a DriveMap and a Speed. It is safe for concurrent use.
type chart struct {
	now   func() time.Time
	start time.Time

	mu    sync.Mutex
	drive DriveMap
	speed Speed
}

func newChart(now func() time.Time) *chart {
	return &chart{now: now, start: now(), drive: DriveMap{SliceSize: mapFirst}, speed: Speed{IntervalNanos: speedFirst}}
}

// add takes in what was read of a file that lies at place; a place of -1 counts for
// the speed alone.
func (c *chart) add(place int64, s Slice) {
	at := c.now().Sub(c.start)
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.speed.at(max(int64(at), 0))
	p.Bytes += s.Bytes
	p.Files += s.Files
	if place < 0 {
		return
	}
	to := c.drive.at(place)
	to.Files += s.Files
	to.Bytes += s.Bytes
	to.Nanos += s.Nanos
	to.Differ += s.Differ
	to.Errors += s.Errors
}

func (m *DriveMap) at(place int64) *Slice {
	for place/m.SliceSize >= mapSlices {
		m.Slices = halve(m.Slices, func(a, b Slice) Slice {
			return Slice{a.Files + b.Files, a.Bytes + b.Bytes, a.Nanos + b.Nanos, a.Differ + b.Differ, a.Errors + b.Errors}
		})
		m.SliceSize *= 2
	}
	return grown(&m.Slices, place/m.SliceSize)
}

func (s *Speed) at(nanos int64) *SpeedPoint {
	for nanos/s.IntervalNanos >= speedPoints {
		s.Points = halve(s.Points, func(a, b SpeedPoint) SpeedPoint {
			return SpeedPoint{a.Bytes + b.Bytes, a.Files + b.Files}
		})
		s.IntervalNanos *= 2
	}
	return grown(&s.Points, nanos/s.IntervalNanos)
}

// grown returns the i-th of the list, made as long as needed.
func grown[T any](list *[]T, i int64) *T {
	for int64(len(*list)) <= i {
		var zero T
		*list = append(*list, zero)
	}
	return &(*list)[i]
}

// halve adds up neighbors.
func halve[T any](list []T, add func(a, b T) T) []T {
	var half []T
	for i := 0; i < len(list); i += 2 {
		one := list[i]
		if i+1 < len(list) {
			one = add(one, list[i+1])
		}
		half = append(half, one)
	}
	return half
}

// result returns what was gathered; nil where there is nothing.
func (c *chart) result() (*DriveMap, *Speed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	drive, speed := c.drive, c.speed
	if len(speed.Points) == 0 {
		return nil, nil
	}
	if len(drive.Slices) == 0 {
		return nil, &speed
	}
	return &drive, &speed
}
