package ext4

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

const (
	pathMax   = 32 << 10 // bytes of a path; bounds the depth, too
	heldBytes = 12 << 20 // of the listings of the directories on the way down; two full ones stay

	frameBytes = 512 // about what a directory on the way down costs by itself
)

// Walk calls yield for each entry below the directory root ("" is the root of the
// file system) in the byte order of full paths, a directory's path taken with its
// slash: "a-b" comes before the directory "a", which comes right before "a/b". What
// cannot be read comes as an Entry with Err set, and the walk goes on; a damaged
// directory has Err set and is followed by the entries that could be read. The root
// itself is not an entry, unless it cannot be read. A root that does not exist, or
// is not a directory, yields nothing. Walk ends with the first error of yield or ctx.
//
// Memory does not depend on the number of files; see the package comment.
func (f *FS) Walk(ctx context.Context, root string, yield func(Entry) error) error {
	in, err := f.lookup(ctx, root)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, ErrDirty):
		return err
	case err != nil:
		return yield(Entry{Path: root, Place: -1, Err: err})
	case in.kind() != Directory:
		return nil
	}
	w := &walker{f: f, yield: yield, budget: listingBytes, held: heldBytes}
	return w.walk(ctx, in, root)
}

// walker keeps the directories from the root of the walk down to the current one.
// A directory is entered only from the parent that its ".." names, and only by one
// name there: so none is entered twice, and there is no cycle.
type walker struct {
	f      *FS
	yield  func(Entry) error
	path   []byte // of the current directory
	frames []*frame
	blocks uint64 // of directories entered; more than there are is a lie
	budget int    // bytes of one listing
	held   int    // bytes of all listings but the current one
}

// frame is a directory that is being walked. Its listing may be dropped to save
// memory; it is read again from after on.
type frame struct {
	in     *inode
	path   int // length of its path within the walker's
	list   *listing
	next   int // of list
	ahead  ahead
	after  *key
	shared map[uint32]bool
	damage string // found when it was entered
}

func (w *walker) walk(ctx context.Context, in *inode, root string) error {
	top, err := w.enter(ctx, in, 0)
	if err != nil {
		return err
	}
	if top.list.damage != nil {
		e := w.f.entry(in, root)
		e.Err = top.list.damage
		if err := w.yield(e); err != nil {
			return err
		}
	}
	w.push(top, root)
	for len(w.frames) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.step(ctx, w.frames[len(w.frames)-1]); err != nil {
			return err
		}
	}
	return nil
}

// step yields the next entry of the current directory, or leaves it.
func (w *walker) step(ctx context.Context, fr *frame) error {
	if fr.list == nil || fr.next == len(fr.list.refs) && fr.list.partial {
		if err := w.again(ctx, fr); err != nil {
			return err
		}
	}
	if fr.next == len(fr.list.refs) {
		w.frames = w.frames[:len(w.frames)-1]
		return nil
	}
	w.path = w.path[:fr.path]
	r := fr.list.refs[fr.next]
	fr.ahead.fill(w.f, fr)
	e, in := w.entry(fr, r)
	fr.next++
	if e.Err != nil || e.Type != Directory {
		return w.yield(e)
	}
	child, err := w.enter(ctx, in, fr.in.number)
	if err != nil {
		return err
	}
	e.Err = child.list.damage
	if err := w.yield(e); err != nil {
		return err
	}
	w.push(child, e.Path)
	return nil
}

// entry looks at one name of fr. The inode comes with directories only.
func (w *walker) entry(fr *frame, r ref) (Entry, *inode) {
	name := fr.list.name(r)
	path := string(name)
	if fr.path > 0 {
		path = string(w.path) + "/" + path
	}
	s := fr.ahead.stat(fr.next)
	e := Entry{Path: path, Inode: uint64(r.inode), Type: s.kind, Size: s.size, ModTime: s.mtime, Place: s.place, Map: s.found, Err: s.err}
	twin := fr.next > 0 && fr.list.key(fr.list.refs[fr.next-1]).compare(fr.list.key(r)) == 0
	switch {
	case e.Err != nil:
	case len(path) > pathMax:
		e.Err = tooLarge("a path of more than %d bytes", pathMax)
	case r.inode == w.frames[0].in.number:
		e.Err = corrupt("directory", uint64(fr.in.number), "names inode %d, where the walk began, below itself", r.inode)
	case twin || r.dir && fr.list.has(key{name, false}):
		e.Err = corrupt("directory", uint64(fr.in.number), "has the name %q twice", name)
	case r.kind != 0 && r.kind != s.ftype:
		e.Err = corrupt("directory", uint64(fr.in.number), "inode %d is a %s, the directory says another type", r.inode, s.kind)
	case fr.shared[r.inode] && s.kind == Directory:
		e.Err = corrupt("directory", uint64(fr.in.number), "has two names for directory inode %d", r.inode)
	case s.kind == Directory:
		in, err := w.f.inode(r.inode)
		e.Err = err
		return e, in
	}
	return e, nil
}

// enter lists a directory that has the given parent (0: any). Damage is in the
// listing, which is then empty where nothing can be trusted.
func (w *walker) enter(ctx context.Context, in *inode, parent uint32) (*frame, error) {
	fr := &frame{in: in, list: &listing{}}
	if in.flags&flagInlineData == 0 {
		w.blocks += uint64(in.size) / uint64(w.f.sb.blockSize)
	}
	if w.blocks > w.f.blocksThere() {
		fr.list.damage = corrupt("directory", uint64(in.number), "all directories together are larger than the device")
		return fr, nil
	}
	list, err := w.f.list(ctx, in, nil, w.budget, nil)
	var refused *Error
	if errors.As(err, &refused) {
		fr.list.damage = refused
		return fr, nil
	}
	if err != nil {
		return nil, err
	}
	switch {
	case list.self == 0 && list.damage != nil:
		// The first block could not be read: without ".." a cycle cannot be excluded.
		fr.list.damage = list.damage
	case list.self != in.number:
		fr.list.damage = corrupt("directory", uint64(in.number), `"." is inode %d`, list.self)
	case parent != 0 && list.parent != parent:
		fr.list.damage = corrupt("directory", uint64(in.number), `".." is inode %d, but it lies in inode %d`, list.parent, parent)
	default:
		fr.list, fr.shared, fr.damage = list, list.shared, text(list.damage)
	}
	return fr, nil
}

// again reads the listing of fr from where it ended.
func (w *walker) again(ctx context.Context, fr *frame) error {
	old := fr.list
	if old != nil {
		fr.leave()
	}
	list, err := w.f.list(ctx, fr.in, fr.after, w.budget, old)
	if err == nil && text(list.damage) != fr.damage {
		// Entries are missing now that were there before; nobody could be told in order.
		err = list.damage
	}
	if err != nil {
		return fmt.Errorf("%q, read again: %w", w.path[:fr.path], err)
	}
	fr.list, fr.next = list, 0
	return nil
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// leave drops the listing and remembers where it was.
func (fr *frame) leave() {
	if fr.next > 0 {
		last := fr.list.key(fr.list.refs[fr.next-1])
		fr.after = &key{append([]byte(nil), last.name...), last.dir}
	}
	fr.list, fr.next, fr.ahead = nil, 0, ahead{}
}

// push makes child the current directory. Of those above it the listings nearest
// to the root are dropped when they are too much together: they are needed last.
func (w *walker) push(child *frame, path string) {
	w.path = append(w.path[:0], path...)
	child.path = len(path)
	held := 0
	for i := len(w.frames) - 1; i >= 0; i-- {
		fr := w.frames[i]
		if fr.list == nil {
			break // so are all above it
		}
		held += frameBytes + fr.list.bytes() + fr.ahead.bytes()
		if held > w.held {
			fr.leave()
		}
	}
	w.frames = append(w.frames, child)
}
