package watch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// notifier wakes a channel when something happens in a directory, or to it. inotify
// watches an inode, not a path: a directory that is removed and made again, or a
// link that is swapped, is silent from then on. So the nearest existing directory
// above is watched too, and arm compares inodes.
type notifier struct {
	dir  string
	wake chan struct{}

	fs      *fsnotify.Watcher
	armed   map[string]os.FileInfo // what was found at each watched path
	forward sync.WaitGroup
}

func newNotifier(dir string) *notifier {
	return &notifier{dir: dir, wake: make(chan struct{}, 1), armed: map[string]os.FileInfo{}}
}

// arm puts the watches where they belong now. It may be repeated at will, and is
// called before every listing, so that nothing falls between the two. An error
// means that some changes are seen by the periodic listing only.
func (n *notifier) arm() error {
	if n.fs == nil {
		w, err := fsnotify.NewWatcher()
		if err != nil {
			return fmt.Errorf("watching %q: %w", n.dir, err)
		}
		n.fs = w
		n.forward.Go(func() { n.pump(w) })
	}
	above := nearest(filepath.Dir(n.dir))
	for path := range n.armed {
		if path != n.dir && path != above {
			n.drop(path)
		}
	}
	return errors.Join(n.watch(above), n.watch(n.dir))
}

// watch sets the watch of path anew unless it is in force for the inode that is
// there now. A path that does not exist is no error: the directory above tells
// when it appears.
func (n *notifier) watch(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		n.drop(path)
		return nil //nolint:nilerr // the listing reports what is wrong with the directory
	}
	if old, is := n.armed[path]; is && os.SameFile(old, info) && slices.Contains(n.fs.WatchList(), path) {
		return nil
	}
	n.drop(path)
	if err := n.fs.Add(path); err != nil {
		return fmt.Errorf("watching %q: %w", path, err)
	}
	n.armed[path] = info
	return nil
}

// drop forgets a watch; the kernel may have dropped it before.
func (n *notifier) drop(path string) {
	if _, is := n.armed[path]; !is {
		return
	}
	delete(n.armed, path)
	_ = n.fs.Remove(path)
}

// pump passes on that something happened until w is closed. An error of the queue
// (overflow) is as good a reason to look as an event.
func (n *notifier) pump(w *fsnotify.Watcher) {
	for {
		select {
		case e, open := <-w.Events:
			if !open {
				return
			}
			if !n.concerns(e.Name) {
				continue
			}
		case _, open := <-w.Errors:
			if !open {
				return
			}
		}
		select {
		case n.wake <- struct{}{}:
		default: // a wake-up is waiting already
		}
	}
}

// concerns tells events in the directory, or on the way to it, from those of its
// neighbors: the directory above may be as busy as /tmp.
func (n *notifier) concerns(name string) bool {
	return within(n.dir, name) || within(name, n.dir)
}

// within reports whether path is dir or below it.
func within(dir, path string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

// close ends the watches and waits for the pump.
func (n *notifier) close() {
	if n.fs != nil {
		_ = n.fs.Close()
	}
	n.forward.Wait()
}

// nearest returns the closest existing directory at or above path, which is absolute.
func nearest(path string) string {
	for path != filepath.Dir(path) {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return path
		}
		path = filepath.Dir(path)
	}
	return path
}
