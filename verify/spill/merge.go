package spill

import (
	"container/heap"
	"errors"
	"io"
)

// source is a sorted sequence of records: a run, or what is held in memory.
type source struct {
	rank  int // of equal records those of the lower rank come first
	run   *reader
	held  *arena
	order []int
	head  []byte
}

// advance reads the next head; io.EOF at the end.
func (s *source) advance() error {
	if s.run != nil {
		var err error
		s.head, err = s.run.next()
		return err
	}
	if len(s.order) == 0 {
		return io.EOF
	}
	s.head, s.order = s.held.at(s.order[0]), s.order[1:]
	return nil
}

// merge is a heap of sources that have a head, the smallest first.
type merge struct {
	compare func(a, b []byte) int
	sources []*source
	taken   bool // the head of the first was given away
}

func (m *merge) begin() error {
	all := m.sources
	m.sources = nil
	for _, s := range all {
		switch err := s.advance(); {
		case err == nil:
			m.sources = append(m.sources, s)
		case !errors.Is(err, io.EOF):
			return err
		}
	}
	heap.Init(m)
	return nil
}

// next returns the smallest record, good until the next call; io.EOF at the end.
func (m *merge) next() ([]byte, error) {
	if m.taken {
		switch err := m.sources[0].advance(); {
		case err == nil:
			heap.Fix(m, 0)
		case errors.Is(err, io.EOF):
			heap.Pop(m)
		default:
			return nil, err
		}
	}
	if m.taken = len(m.sources) > 0; !m.taken {
		return nil, io.EOF
	}
	return m.sources[0].head, nil
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (m *merge) Len() int      { return len(m.sources) }
func (m *merge) Swap(i, j int) { m.sources[i], m.sources[j] = m.sources[j], m.sources[i] }
func (m *merge) Push(any)      {}

// Less is part of heap.Interface.
func (m *merge) Less(i, j int) bool {
	if c := m.compare(m.sources[i].head, m.sources[j].head); c != 0 {
		return c < 0
	}
	return m.sources[i].rank < m.sources[j].rank
}

// Pop is part of heap.Interface.
func (m *merge) Pop() any {
	last := m.sources[len(m.sources)-1]
	m.sources = m.sources[:len(m.sources)-1]
	return last
}
