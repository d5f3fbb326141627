package spill

// merge is a heap of cursors, the one with the smallest record on top.
type merge struct {
	compare func(a, b []byte) int
	heap    []*cursor
	started bool
}

func (s *store) merge(runs []run) (*merge, error) {
	m := &merge{compare: s.options.Compare}
	for i, r := range runs {
		c := &cursor{file: s.file, left: r, index: i}
		ok, err := c.next()
		if err != nil {
			return nil, err
		}
		if ok {
			m.heap = append(m.heap, c)
		}
	}
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.down(i)
	}
	return m, nil
}

// record moves the cursor of the last record on and returns the next one.
func (m *merge) record() ([]byte, bool, error) {
	if m.started {
		if err := m.advance(); err != nil {
			return nil, false, err
		}
	}
	m.started = true
	if len(m.heap) == 0 {
		return nil, false, nil
	}
	return m.heap[0].current, true, nil
}

func (m *merge) advance() error {
	if len(m.heap) == 0 {
		return nil
	}
	ok, err := m.heap[0].next()
	if err != nil {
		return err
	}
	if !ok {
		last := len(m.heap) - 1
		m.heap[0], m.heap[last] = m.heap[last], nil
		m.heap = m.heap[:last]
	}
	m.down(0)
	return nil
}

func (m *merge) down(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(m.heap); child++ {
			if m.less(m.heap[child], m.heap[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		m.heap[i], m.heap[least] = m.heap[least], m.heap[i]
		i = least
	}
}

// less puts the earlier run first where records are equal.
func (m *merge) less(a, b *cursor) bool {
	if order := m.compare(a.current, b.current); order != 0 {
		return order < 0
	}
	return a.index < b.index
}
