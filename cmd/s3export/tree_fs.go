package main

import (
	"context"
	"io"
	"io/fs"
	"path"
	"time"

	"github.com/cargomedia/s3export/verify"
)

// treeFS shows the files of a directory of a Tree, for what is small.
type treeFS struct {
	tree    verify.Tree
	entries map[string]verify.Entry
}

// newTreeFS looks at the directory; paths stay those of the tree.
func newTreeFS(ctx context.Context, tree verify.Tree, dir string) (treeFS, error) {
	t := treeFS{tree, map[string]verify.Entry{}}
	err := tree.Walk(ctx, dir, func(e verify.Entry) error {
		if e.Dir {
			return e.Err
		}
		t.entries[e.Path] = e
		return nil
	})
	return t, err
}

// Open implements fs.FS.
func (t treeFS) Open(name string) (fs.File, error) {
	e, ok := t.entries[name]
	if !ok || !e.Regular {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if e.Err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: e.Err}
	}
	file, err := t.tree.Open(e)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &treeFile{io.NewSectionReader(file, 0, e.Size), e, file}, nil
}

// treeFile is a file of a treeFS.
type treeFile struct {
	*io.SectionReader
	entry verify.Entry
	file  io.ReaderAt
}

// Stat implements fs.File.
func (f *treeFile) Stat() (fs.FileInfo, error) { return treeInfo{f.entry}, nil }

// Close implements fs.File.
func (f *treeFile) Close() error {
	if c, ok := f.file.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

type treeInfo struct{ entry verify.Entry }

func (i treeInfo) Name() string       { return path.Base(i.entry.Path) }
func (i treeInfo) Size() int64        { return i.entry.Size }
func (treeInfo) Mode() fs.FileMode    { return 0o444 }
func (i treeInfo) ModTime() time.Time { return i.entry.ModTime }
func (treeInfo) IsDir() bool          { return false }
func (i treeInfo) Sys() any           { return i.entry }
