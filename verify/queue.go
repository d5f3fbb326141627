package verify

import (
	"bytes"
	"context"
	"encoding/binary"
	"iter"
	"sync/atomic"

	"github.com/cargomedia/s3export/verify/spill"
)

// item is a unit whose content is to be compared.
type item struct {
	unit   *unit
	drawn  bool // it belongs to the sample
	queued bool // it came out of a queue
}

// queue brings items into the order in which their files lie on the device.
type queue struct {
	sorter *spill.Sorter
	record packer
	items  int64
	bytes  int64
	done   atomic.Int64
}

// queueMemory is what a sorter keeps in memory, in bytes.
const queueMemory = 4 << 20

func newQueue(dir string) *queue {
	return &queue{sorter: newSorter(dir, bytes.Compare)}
}

func newSorter(dir string, compare func(a, b []byte) int) *spill.Sorter {
	return spill.New(spill.Options{Dir: dir, Memory: queueMemory, Compare: compare})
}

// placeKey makes bytes that sort as the places do; unknown ones come first.
func placeKey(place int64) [8]byte {
	var key [8]byte
	binary.BigEndian.PutUint64(key[:], uint64(place+1))
	return key
}

func (q *queue) add(one item) error {
	key := placeKey(one.unit.entry.Place)
	q.record = append(q.record[:0], key[:]...)
	q.record.entry(&one.unit.entry)
	q.record.flag(one.drawn)
	q.record.flag(one.unit.reopened)
	q.record.num(int64(len(one.unit.states)))
	for i := range one.unit.states {
		q.record.expected(&one.unit.states[i])
	}
	q.items++
	q.bytes += one.unit.entry.Size
	return q.sorter.Add(q.record)
}

func (q *queue) sorted(ctx context.Context) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		for record, err := range q.sorter.Sorted(ctx) {
			var one item
			if err == nil {
				one, err = unpackItem(record)
			}
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}

func unpackItem(record []byte) (item, error) {
	u := unpacker{rest: record[len(placeKey(0)):]}
	one := item{unit: &unit{entry: u.entry(), there: true}, queued: true}
	one.drawn = u.flag()
	one.unit.reopened = u.flag()
	for range u.num() {
		one.unit.states = append(one.unit.states, u.expected())
	}
	if err := u.err(); err != nil {
		return item{}, err
	}
	return one, nil
}

func (q *queue) close() { _ = q.sorter.Close() }
