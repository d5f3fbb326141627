package verify

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/cargomedia/s3export/verify/spill"
)

// note is a line of Notes: a decided object, or a file that was read ahead.
type note struct {
	Unit    string   `json:"unit,omitempty"` // digest of the object's states and the file's
	Finding *Finding `json:"finding,omitempty"`
	Read    int64    `json:"read,omitempty"` // bytes
	Nanos   int64    `json:"nanos,omitempty"`
	Ahead   *hashed  `json:"ahead,omitempty"`
}

// hashed is a file whose content was read before anybody knew what it is to equal.
type hashed struct {
	Path      string    `json:"path"`
	PathBytes []byte    `json:"pathBytes,omitempty"`
	Size      int64     `json:"size"`
	ModTime   time.Time `json:"modTime"`
	Inode     uint64    `json:"inode,omitempty"`
	MD5       []byte    `json:"md5"`
	SHA256    string    `json:"sha256,omitempty"`
	Nanos     int64     `json:"nanos,omitempty"`
}

// of reports whether it is the file of the entry, unchanged.
func (h *hashed) of(e *Entry) bool {
	// Nanoseconds, as a packer keeps them: of years beyond 2262 they are those of others.
	return h.Size == e.Size && h.Inode == e.Inode && h.ModTime.UnixNano() == e.ModTime.UnixNano()
}

func (p *packer) hashed(h *hashed) {
	p.str(h.Path)
	p.num(h.Size)
	p.time(h.ModTime)
	p.num(int64(h.Inode))
	p.str(string(h.MD5))
	p.str(h.SHA256)
	p.num(h.Nanos)
}

// hashed reads what follows the path.
func (u *unpacker) hashed(path string) hashed {
	return hashed{Path: path, Size: u.num(), ModTime: u.time(), Inode: uint64(u.num()), MD5: []byte(u.str()), SHA256: u.str(), Nanos: u.num()}
}

// memory is what notes hold, in the order of paths.
type memory struct {
	results *spill.Sorter // see before
	hashed  *spill.Sorter
}

func (m *memory) close() {
	_ = m.results.Close()
	_ = m.hashed.Close()
}

// recall reads what an interrupted run has noted.
func (n *Notes) recall(ctx context.Context, dir string) (*memory, error) {
	f, err := os.Open(n.path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	m := &memory{results: newSorter(dir, byPath), hashed: newSorter(dir, byPath)}
	if err := m.read(ctx, bufio.NewReaderSize(f, notesLineMax)); err != nil {
		m.close()
		return nil, fmt.Errorf("reading %q: %w", n.path, err)
	}
	return m, nil
}

func (m *memory) read(ctx context.Context, from *bufio.Reader) error {
	_, err := noteLine(from) // the header
	for err == nil && ctx.Err() == nil {
		var line []byte
		if line, err = noteLine(from); err != nil {
			break
		}
		var one note
		if json.Unmarshal(line, &one) != nil {
			continue // torn by a kill, or lost in a power cut
		}
		err = m.add(&one)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, ctx.Err())
}

// noteLine returns the next line; nothing of one that is too long for a note.
func noteLine(from *bufio.Reader) ([]byte, error) {
	line, long, err := from.ReadLine()
	for more := long; more && err == nil; {
		_, more, err = from.ReadLine()
	}
	if long {
		line = nil
	}
	return line, err
}

func (m *memory) add(one *note) error {
	var p packer
	switch {
	case one.Finding != nil:
		p.str(one.Finding.Path)
		p.str(one.Unit)
		p.num(one.Read)
		p.num(one.Nanos)
		p.finding(one.Finding)
		return m.results.Add(p)
	case one.Ahead != nil:
		one.Ahead.Path = fromRaw(one.Ahead.Path, one.Ahead.PathBytes)
		p.hashed(one.Ahead)
		return m.hashed.Add(p)
	}
	return nil
}
