package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/restore"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/digest"
)

// errEnough ends a walk of which nothing more is wanted.
var errEnough = errors.New("enough")

// items are the objects that are meant, each with its file. The listing and the drive are
// both in the order of paths, so memory does not grow with them.
func (h *heldCopy) items(ctx context.Context, meant func(*verify.Expected) bool) iter.Seq2[restore.Item, error] {
	return h.itemsOf(ctx, func(yield func(verify.Expected, error) bool) {
		for e, err := range h.objects(ctx) {
			if err == nil && !meant(&e) {
				continue
			}
			if !yield(e, err) {
				return
			}
		}
	})
}

func (h *heldCopy) itemsOf(ctx context.Context, objects iter.Seq2[verify.Expected, error]) iter.Seq2[restore.Item, error] {
	return func(yield func(restore.Item, error) bool) {
		next, stop := iter.Pull2(objects)
		defer stop()
		m := &merging{held: h, next: next, yield: yield}
		err := m.advance()
		if err == nil && len(m.states) > 0 {
			err = h.tree.Walk(ctx, "", m.visit)
		}
		for err == nil && len(m.states) > 0 {
			err = m.emit(nil)
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(restore.Item{}, err)
		}
	}
}

// merging brings the listing and the walk of the drive together.
type merging struct {
	held   *heldCopy
	next   func() (verify.Expected, error, bool)
	yield  func(restore.Item, error) bool
	states []verify.Expected // of the object that comes next; none at the end
	ahead  *verify.Expected
	broken map[string]error // directories that could not be listed
}

// advance reads the states of the next object.
func (m *merging) advance() error {
	m.states = m.states[:0]
	for {
		e := m.ahead
		if m.ahead = nil; e == nil {
			one, err, ok := m.next()
			if err != nil || !ok {
				return err
			}
			e = &one
		}
		if n := len(m.states); n > 0 && (m.states[0].Path != e.Path || m.states[0].Key != e.Key || m.states[0].Bucket != e.Bucket) {
			m.ahead = e
			return nil
		}
		m.states = append(m.states, *e)
	}
}

// visit takes what is on the drive.
func (m *merging) visit(e verify.Entry) error {
	if e.Dir && e.Err != nil {
		if m.broken == nil {
			m.broken = map[string]error{}
		}
		m.broken[e.Path] = e.Err
		return nil
	}
	for len(m.states) > 0 && m.states[0].Path < e.Path {
		if err := m.emit(nil); err != nil {
			return err
		}
	}
	for len(m.states) > 0 && m.states[0].Path == e.Path {
		if err := m.emit(&e); err != nil {
			return err
		}
	}
	if len(m.states) == 0 {
		return errEnough
	}
	return nil
}

// emit yields the next object, with its file where there is one.
func (m *merging) emit(e *verify.Entry) error {
	if !m.yield(m.item(e), nil) {
		return errEnough
	}
	return m.advance()
}

func (m *merging) item(e *verify.Entry) restore.Item {
	held := int64(restore.Missing)
	if e != nil && e.Regular {
		held = e.Size
	}
	state := stateOf(m.states, held)
	i := itemOf(state)
	i.Directory, i.Held = m.held.directoryOf(state), held
	switch {
	case e != nil && e.Err != nil:
		i.Held, i.Open = i.Size, func() (io.ReaderAt, error) { return nil, e.Err }
	case held != restore.Missing:
		i.Open = func() (io.ReaderAt, error) { return m.held.tree.Open(*e) }
	case m.held.closed && len(m.states) == 1 && (state.Seen == verify.AtStart || state.Seen == verify.AtEnd) && state.Since == "":
		i.Excuse = "it came or went while the copy was made, and is not on the drive"
	default:
		for dir, err := range m.broken {
			if strings.HasPrefix(state.Path, dir+"/") {
				i.Held, i.Open = i.Size, func() (io.ReaderAt, error) { return nil, err }
			}
		}
	}
	return i
}

// stateOf is the state of which the drive has a copy: the one that a proof has read, else
// one that is as long as the file, else the newest.
func stateOf(states []verify.Expected, held int64) *verify.Expected {
	best, points := &states[len(states)-1], -1
	for i := range states {
		now := 0
		if states[i].Known != nil {
			now = 2
		}
		if states[i].Size == held {
			now++
		}
		if now >= points {
			best, points = &states[i], now
		}
	}
	return best
}

// directoryOf is the directory of the object's range.
func (h *heldCopy) directoryOf(e *verify.Expected) string {
	for _, r := range h.ranges {
		if r.Bucket == e.Bucket && strings.HasPrefix(e.Key, r.Prefix) && (r.Directory == "" || strings.HasPrefix(e.Path, r.Directory+"/")) {
			return r.Directory
		}
	}
	return ""
}

func itemOf(e *verify.Expected) restore.Item {
	i := restore.Item{Bucket: e.Bucket, Key: e.Key, Path: e.Path, Size: e.Size, ETag: e.ETag, LastModified: e.LastModified}
	if k := e.Known; k != nil && k.Algorithm == digest.SHA256 && len(k.Sum) == sha256.Size {
		i.SHA256 = k.Sum
	}
	if a := e.Attributes; a != nil {
		i.Attributes = providers.CopiedAttributes{
			PartSizes: a.PartSizes, ContentType: a.ContentType, CacheControl: a.CacheControl, ContentDisposition: a.ContentDisposition,
			ContentEncoding: a.ContentEncoding, ContentLanguage: a.ContentLanguage, Expires: a.Expires, Metadata: a.Metadata,
		}
		if n := a.PartSize; n > 0 && len(a.PartSizes) == 0 {
			i.Attributes.PartSizes = []int64{n}
		}
	}
	return i
}
