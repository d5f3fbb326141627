package pull

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/cargomedia/s3export/providers"
)

const (
	journalBegin  = "staged-"
	journalEnding = ".jsonl"
	// pageLines is after how many objects a new page is begun.
	pageLines = 1024
)

// journal holds a line for each object that is complete in Staging, until the caller has
// kept it, as JSON. It is read after a kill, and what it says is believed
// when the content has that SHA-256, so it needs no fsync. Its pages are files that are
// removed once all their objects are kept. It is safe for concurrent use.
type journal struct {
	staging *os.Root
	mu      sync.Mutex
	left    map[string]line // by path, of an earlier copy
	now     *page
	number  int
}

// line is what is kept of an object.
type line struct {
	Asked string // the ETag that was listed
	providers.Copied
}

// page is a file of a journal.
type page struct {
	name  string
	file  *os.File
	lines int // that were written
	kept  int // whose objects are kept
}

// openJournal reads what earlier copies have left. first is the path of the first object
// that is left to copy: what lies before is kept, and forgotten here.
func openJournal(staging *os.Root, first string) (*journal, error) {
	j := &journal{staging: staging, left: map[string]line{}}
	names, err := fs.Glob(staging.FS(), journalBegin+"*"+journalEnding)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := j.read(name, first); err != nil {
			return nil, err
		}
	}
	return j, j.gather(names)
}

func (j *journal) read(name, first string) error {
	f, err := regular(j.staging, name)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read from
	r := bufio.NewReader(f)
	for {
		text, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil // a line that was not ended is none
		}
		if err != nil {
			return err
		}
		var l line
		if json.Unmarshal(text, &l) == nil && l.Path >= first {
			j.left[l.Path] = l
		}
	}
}

// gather writes what was read into one file, which the next copy reads too, and removes
// the others.
func (j *journal) gather(names []string) error {
	const to = journalBegin + "000000" + journalEnding // is read first
	if len(names) == 0 {
		return nil
	}
	f, err := j.staging.Create(to + ".new")
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	e := json.NewEncoder(w)
	for _, l := range j.left {
		err = errors.Join(err, e.Encode(l))
	}
	if err = errors.Join(err, w.Flush(), f.Close()); err != nil {
		return err
	}
	if err := j.staging.Rename(to+".new", to); err != nil {
		return err
	}
	for _, name := range names {
		if name != to {
			err = errors.Join(err, j.staging.Remove(name))
		}
	}
	return err
}

// add writes the line of an object that is complete. asked is what was listed of it.
func (j *journal) add(asked providers.Item, c providers.Copied) (*page, error) {
	text, err := json.Marshal(line{asked.ETag, c})
	if err != nil {
		return nil, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.now == nil || j.now.lines == pageLines {
		if err := j.begin(); err != nil {
			return nil, err
		}
	}
	if _, err := j.now.file.Write(append(text, '\n')); err != nil {
		return nil, err
	}
	j.now.lines++
	return j.now, nil
}

func (j *journal) begin() error {
	if was := j.now; was != nil {
		j.now = nil
		if err := was.file.Close(); err != nil {
			return err
		}
		if was.kept == was.lines {
			if err := j.staging.Remove(was.name); err != nil {
				return err
			}
		}
	}
	for {
		j.number++
		name := fmt.Sprintf("%s%06d%s", journalBegin, j.number, journalEnding)
		f, err := j.staging.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		j.now = &page{name: name, file: f}
		return nil
	}
}

// keep says that an object of a page is kept.
func (j *journal) keep(p *page) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if p.kept++; p.kept < p.lines || p == j.now {
		return nil
	}
	return j.staging.Remove(p.name)
}

func (j *journal) close() error {
	if j.now == nil {
		return nil
	}
	return j.now.file.Close()
}
