package pull

import (
	"github.com/cargomedia/s3export/providers"
)

// task is an object on its way. What a goroutine has set is read by the next one after
// the channel between them was closed.
type task struct {
	item   providers.Item
	weight int64 // of memory that is reserved for it

	// ready is closed when the object was looked at, or a small one is here.
	ready   chan struct{}
	looked  *looked // of a large one
	content []byte  // of a small one

	// done is closed when the object is complete in Staging, or will not be.
	done   chan struct{}
	copied providers.Copied
	final  bool // it is under its final name already
	page   *page
	err    error
}

func newTask(item providers.Item) *task {
	return &task{item: item, ready: make(chan struct{}), done: make(chan struct{}), copied: providers.Copied{Item: item}}
}

// ended is a task that cannot begin.
func ended(item providers.Item, err error) *task {
	t := newTask(item)
	t.err = err
	close(t.ready)
	close(t.done)
	return t
}

// over reports whether there is nothing to write.
func (t *task) over() bool { return t.err != nil || t.copied.Gone || t.page != nil || t.final }

// nothing reports whether no file is staged for it.
func (t *task) nothing() bool { return t.copied.Gone || t.final }
