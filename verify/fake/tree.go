package fake

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/verify"
)

// Tree is a drive in memory. Set it up before it is used; then it is safe for
// concurrent use.
type Tree struct {
	Files map[string][]byte // by path
	// Links are entries that are no regular files.
	Links map[string]bool
	// BadDirs cannot be listed.
	BadDirs map[string]error
	// BadEntries cannot be looked at.
	BadEntries map[string]error
	// BadBytes are the offsets from which on reading fails.
	BadBytes map[string]Fault
	// Name is that of the file system; empty: it has none.
	Name string
	// Broken ends a walk after all entries.
	Broken error
}

// Fault is a read error at an offset.
type Fault struct {
	Offset int64
	Err    error
}

// NewTree returns a tree of the files.
func NewTree(files map[string][]byte) *Tree {
	return &Tree{Files: files, Links: map[string]bool{}, BadDirs: map[string]error{},
		BadEntries: map[string]error{}, BadBytes: map[string]Fault{}}
}

// FileSystem implements verify.Tree.
func (t *Tree) FileSystem() string { return t.Name }

// Walk implements verify.Tree.
func (t *Tree) Walk(ctx context.Context, root string, yield func(verify.Entry) error) error {
	all := t.entries()
	for _, p := range slices.Sorted(maps.Keys(all)) {
		if root != "" && !strings.HasPrefix(p, root+"/") && (p != root || all[p].Err == nil) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := yield(all[p]); err != nil {
			return err
		}
	}
	return t.Broken
}

func (t *Tree) entries() map[string]verify.Entry {
	all := map[string]verify.Entry{}
	for p, content := range t.Files {
		all[p] = verify.Entry{Path: p, Regular: true, Size: int64(len(content)), Place: -1}
		for i := range len(p) {
			if p[i] == '/' {
				all[p[:i]] = verify.Entry{Path: p[:i], Dir: true}
			}
		}
	}
	for p := range t.Links {
		all[p] = verify.Entry{Path: p}
	}
	for p, err := range t.BadEntries {
		all[p] = verify.Entry{Path: p, Err: err}
	}
	for d, err := range t.BadDirs {
		maps.DeleteFunc(all, func(p string, _ verify.Entry) bool { return strings.HasPrefix(p, d+"/") })
		all[d] = verify.Entry{Path: d, Dir: true, Err: err}
	}
	return all
}

// Open implements verify.Tree.
func (t *Tree) Open(e verify.Entry) (io.ReaderAt, error) {
	content, ok := t.Files[e.Path]
	if !ok {
		return nil, fmt.Errorf("opening %q: no such file", e.Path)
	}
	if f, ok := t.BadBytes[e.Path]; ok {
		return &faulty{content: content, fault: f}, nil
	}
	return bytes.NewReader(content), nil
}

type faulty struct {
	content []byte
	fault   Fault
}

func (f *faulty) ReadAt(p []byte, off int64) (int, error) {
	if off >= f.fault.Offset {
		return 0, f.fault.Err
	}
	n := copy(p, f.content[off:f.fault.Offset])
	if n < len(p) {
		return n, f.fault.Err
	}
	return n, nil
}
