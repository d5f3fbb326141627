package fill

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
)

// A ledger is what copies that are under way have brought onto the drive: files
// /.s3export/ledger-N.jsonl, each a line that says of which copy, and then one line an
// object, in the order of paths. A session goes on in the last file where its objects come
// behind those, and begins a file of its own where they do not. The bundle takes the place
// of all of them when a copy has ended. What a copy has left that will not be ended, since
// its spec was edited or a drive was full, is known of the drive like what the bundle says.
type ledger struct {
	root     *os.Root
	of       string // which copy
	sessions []session
	out      *os.File // of the last one
	written  int64    // bytes of it that are durable, as a whole
}

// session is a file of a ledger.
type session struct {
	size int64 // of its whole lines; negative: all, and 0 where none can be read
	ours bool  // of this copy
	last string
}

// entry is a line of a ledger.
type entry struct {
	Object   json.RawMessage `json:"object"`
	Gone     bool            `json:"gone,omitempty"`
	Change   bool            `json:"changed,omitempty"`
	Unproven bool            `json:"unproven,omitempty"` // what came was compared with nothing

	verify.Expected `json:"-"`
}

const ledgerMax = 4 << 20 // bytes of a line

func ledgerName(n int) string { return path.Join(bundle.Dir, fmt.Sprintf("ledger-%d.jsonl", n)) }

// openLedger finds what earlier sessions have left.
func openLedger(root *os.Root, of string) (*ledger, error) {
	l := &ledger{root: root, of: of}
	for n := 0; ; n++ {
		s, err := l.look(ledgerName(n))
		if errors.Is(err, fs.ErrNotExist) {
			return l, nil
		}
		if err != nil {
			return nil, err
		}
		l.sessions = append(l.sessions, s)
	}
}

// look returns how much of a session is whole lines, and whether it is of this copy.
func (l *ledger) look(name string) (s session, err error) {
	f, err := l.root.Open(name)
	if err != nil {
		return s, err
	}
	defer func() { _ = f.Close() }()
	r := bufio.NewReaderSize(f, 1<<16)
	head, err := r.ReadString('\n')
	if err != nil {
		return s, nil
	}
	s = session{size: int64(len(head)), ours: strings.TrimSuffix(head, "\n") == l.of}
	var last []byte
	for {
		line, err := r.ReadBytes('\n')
		if err != nil { // one that was not ended is none
			e, _ := decode(last)
			s.last = e.Path
			return s, nil
		}
		last = line
		s.size += int64(len(line))
	}
}

// drop removes all ledgers, the newest first, so that none is left behind a gap.
func (l *ledger) drop() error {
	for n := len(l.sessions) - 1; n >= 0; n-- {
		if err := l.root.Remove(ledgerName(n)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		l.sessions = l.sessions[:n]
	}
	return nil
}

// add appends entries and makes them durable. After an error it may be repeated.
func (l *ledger) add(entries []entry) error {
	for len(entries) > 0 {
		if err := l.ready(entries[0].Path); err != nil {
			return err
		}
		n := 1
		for n < len(entries) && entries[n-1].Path < entries[n].Path {
			n++
		}
		if err := l.write(entries[:n]); err != nil {
			return err
		}
		l.sessions[len(l.sessions)-1].last = entries[n-1].Path
		entries = entries[n:]
	}
	return nil
}

// write appends entries in order; what is half written is taken back.
func (l *ledger) write(entries []entry) error {
	var text bytes.Buffer
	for i := range entries {
		e := &entries[i]
		line, err := verify.EncodeLine(e.Expected)
		if err != nil {
			return err
		}
		e.Object = line
		if line, err = json.Marshal(e); err != nil {
			return err
		}
		text.Write(append(line, '\n'))
	}
	size := int64(text.Len())
	_, err := text.WriteTo(l.out)
	if err == nil {
		err = l.out.Sync()
	}
	if err != nil {
		return errors.Join(err, l.out.Truncate(l.written))
	}
	l.written += size
	return nil
}

// ready has a file open to which a line of the path can be appended.
func (l *ledger) ready(path string) error {
	n := len(l.sessions) - 1
	if n < 0 || !l.sessions[n].ours || path <= l.sessions[n].last {
		return l.begin()
	}
	if l.out != nil {
		return nil
	}
	f, err := l.root.OpenFile(ledgerName(n), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	l.out, l.written = f, l.sessions[n].size
	l.sessions[n].size = -1
	return f.Truncate(l.written) // a line that was not ended
}

// begin begins a session of its own.
func (l *ledger) begin() error {
	if err := l.close(); err != nil {
		return err
	}
	f, err := l.root.OpenFile(ledgerName(len(l.sessions)), os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(f, l.of+"\n"); err != nil {
		return errors.Join(err, f.Close())
	}
	l.sessions, l.out = append(l.sessions, session{size: -1, ours: true}), f
	l.written = int64(len(l.of)) + 1
	return nil
}

func (l *ledger) close() error {
	if l.out == nil {
		return nil
	}
	err := l.out.Close()
	l.out = nil
	l.sessions[len(l.sessions)-1].size = l.written
	return err
}
