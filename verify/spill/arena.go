package spill

// arena holds records in memory, one behind the other.
type arena struct {
	data  []byte
	ends  []int // of the records
	bound int   // bytes, with what each record costs besides
}

// perRecord is what a record costs besides its bytes: its end, and its place in an order.
const perRecord = 16

func (a *arena) full(next int) bool {
	return len(a.ends) > 0 && len(a.data)+next+perRecord*(len(a.ends)+1) > a.bound
}

func (a *arena) add(record []byte) {
	if need := len(a.data) + len(record); need > cap(a.data) {
		larger := make([]byte, len(a.data), max(need, min(2*cap(a.data), a.bound))) // not more than will be used
		copy(larger, a.data)
		a.data = larger
	}
	a.data = append(a.data, record...)
	a.ends = append(a.ends, len(a.data))
}

func (a *arena) len() int { return len(a.ends) }

func (a *arena) at(i int) []byte {
	start := 0
	if i > 0 {
		start = a.ends[i-1]
	}
	return a.data[start:a.ends[i]:a.ends[i]]
}

func (a *arena) reset() { a.data, a.ends = a.data[:0], a.ends[:0] }
