package spill

import (
	"cmp"
	"slices"
)

// block is how memory is taken, in bytes.
const block = 256 << 10

// held is a record and its number in order of adding.
type held struct {
	bytes  []byte
	number int
}

// memory holds copies of records.
type memory struct {
	records []held
	used    int // bytes, with what the records cost themselves
	full    [][]byte
	current []byte
	spare   [][]byte // blocks to be used again
}

func (m *memory) add(record []byte) {
	if len(record) > cap(m.current)-len(m.current) {
		m.next(len(record))
	}
	start := len(m.current)
	m.current = append(m.current, record...)
	m.records = append(m.records, held{m.current[start:len(m.current):len(m.current)], len(m.records)})
	m.used += len(record) + overhead
}

func (m *memory) next(size int) {
	if m.current != nil {
		m.full = append(m.full, m.current)
	}
	if last := len(m.spare) - 1; last >= 0 && size <= block {
		m.current, m.spare = m.spare[last][:0], m.spare[:last]
		return
	}
	// The first blocks are small, as most spools stay so.
	m.current = make([]byte, 0, max(size, min(block, max(m.used, 4096))))
}

// sort is stable by the numbers, which takes a quarter of the time of
// slices.SortStableFunc.
func (m *memory) sort(compare func(a, b []byte) int) {
	slices.SortFunc(m.records, func(a, b held) int {
		if order := compare(a.bytes, b.bytes); order != 0 {
			return order
		}
		return cmp.Compare(a.number, b.number)
	})
}

// clear forgets the records and keeps the blocks of the usual size.
func (m *memory) clear() {
	for _, b := range append(m.full, m.current) {
		if cap(b) == block {
			m.spare = append(m.spare, b)
		}
	}
	clear(m.records)
	m.records, m.used, m.current = m.records[:0], 0, nil
	clear(m.full)
	m.full = m.full[:0]
}

// reader gives one record after the other.
func (m *memory) reader() func() ([]byte, bool, error) {
	i := -1
	return func() ([]byte, bool, error) {
		if i++; i < len(m.records) {
			return m.records[i].bytes, true, nil
		}
		return nil, false, nil
	}
}
