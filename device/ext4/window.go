package ext4

import (
	"context"
	"sync"
)

const (
	windowBytes = 1 << 20         // of one read for several files
	windowGap   = 128 << 10       // what lies between two of them is rather read than skipped
	windowsMost = 2               // one is being read while the other is in use
	smallBytes  = windowBytes / 4 // a larger file is read by itself
	windowBlock = 4096            // a window ends with one, so that it can be read directly
)

// window is a part of the device that was read for several files at once. It is read
// over again and again; a file knows of one time only.
type window struct {
	mu   sync.RWMutex // guards time; who has it shared may look at the rest
	time uint64
	at   int64
	data []byte // empty where it could not be read
}

// view is a window at one time; the zero value shows nothing.
type view struct {
	*window
	time uint64
}

// copy fills p with what is at off, if that can be seen still.
func (v view) copy(p []byte, off int64) bool {
	if v.window == nil {
		return false
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.window.time != v.time || off < v.at || off+int64(len(p)) > v.at+int64(len(v.data)) {
		return false
	}
	copy(p, v.data[off-v.at:])
	return true
}

// end ends all views, and waits for who is looking.
func (w *window) end() {
	w.mu.Lock()
	w.time++
	w.mu.Unlock()
}

// load is some files and the window in which the small ones lie.
type load struct {
	files  []placed
	window *window
}

// readahead reads windows one after the other, one ahead of who uses them. Each goes
// to loads, and comes back to free.
type readahead struct {
	src   source
	loads chan load
	free  chan *window
}

func newReadahead(src source) *readahead {
	r := &readahead{src: src, loads: make(chan load), free: make(chan *window, windowsMost)}
	for range windowsMost {
		r.free <- &window{}
	}
	return r
}

// wait returns when nothing is being read any more; the context of run has ended.
func (r *readahead) wait() {
	for range r.loads {
		continue
	}
}

// run reads all files, which are in the order of the device, or until ctx ends.
func (r *readahead) run(ctx context.Context, files []placed) {
	defer close(r.loads)
	for len(files) > 0 {
		n := together(files)
		if !r.next(ctx, files[:n]) {
			return
		}
		files = files[n:]
	}
}

// next hands some files over. What is not small is read by who uses it: reading on
// meanwhile would send the drive to and fro, so it waits until all windows are back.
// It returns false when ctx has ended.
func (r *readahead) next(ctx context.Context, files []placed) bool {
	l := load{files: files}
	select {
	case l.window = <-r.free:
	case <-ctx.Done():
		return false
	}
	small := files[0].small
	if small {
		l.window.fill(r.src, files)
	}
	select {
	case r.loads <- l:
	case <-ctx.Done():
		return false
	}
	return small || files[0].at < 0 || r.idle(ctx)
}

// idle waits until all windows are back.
func (r *readahead) idle(ctx context.Context) bool {
	var all [windowsMost]*window
	for i := range all {
		select {
		case all[i] = <-r.free:
		case <-ctx.Done():
			return false
		}
	}
	for _, w := range all {
		r.free <- w
	}
	return true
}

// together is how many of the first files are handed over at once: all that are not
// to be read from a place, or as many small ones as one read takes.
func together(files []placed) int {
	first, n := &files[0], 1
	if first.at < 0 {
		for n < len(files) && files[n].at < 0 {
			n++
		}
		return n
	}
	for end := first.end; first.small && n < len(files); n++ {
		next := &files[n]
		if !next.small || next.at-end > windowGap || next.end-first.at > windowBytes {
			break
		}
		end = max(end, next.end)
	}
	return n
}

// fill reads what lies between the beginning of the first file and the end of the
// last. Where that fails the window is empty, and each file is read by itself.
func (w *window) fill(src source, files []placed) {
	w.end()
	w.at, w.data = files[0].at, w.data[:0]
	end := w.at
	for i := range files {
		end = max(end, files[i].end)
	}
	end = min((end+windowBlock-1)&^(windowBlock-1), max(end, src.size))
	if end > src.size {
		return
	}
	if w.data == nil {
		w.data = make([]byte, 0, windowBytes+windowBlock)
	}
	if _, err := src.readOnce(w.data[:end-w.at], w.at); err == nil {
		w.data = w.data[:end-w.at]
	}
}
