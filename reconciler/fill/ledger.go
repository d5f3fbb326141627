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

// A ledger is what a copy that is under way has brought onto the drive: files
// /.s3export/ledger-N.jsonl, each a line that says of what, and then one line an object, in
// the order of paths. A session that begins again before the end of the last one begins a
// file of its own. The bundle takes their place when the copy has ended.
type ledger struct {
	root *os.Root
	of   string // which copy
	size []int64
	out  *os.File
	last string // path of the last line
}

// entry is a line of a ledger.
type entry struct {
	Object json.RawMessage `json:"object"`
	Gone   bool            `json:"gone,omitempty"`
	Change bool            `json:"changed,omitempty"`

	verify.Expected `json:"-"`
}

const (
	ledgerMax = 4 << 20 // bytes of a line
	most      = 10_000  // sessions of one copy
)

func ledgerName(n int) string { return path.Join(bundle.Dir, fmt.Sprintf("ledger-%d.jsonl", n)) }

// openLedger finds what earlier sessions of the same copy have left, and removes what
// others have.
func openLedger(root *os.Root, of string) (*ledger, error) {
	l := &ledger{root: root, of: of}
	for n := range most {
		size, ours, err := l.look(ledgerName(n))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return l, nil
		case err != nil:
			return nil, err
		case !ours:
			return l, l.drop(n)
		}
		l.size = append(l.size, size)
	}
	return l, nil
}

// look returns how much of a ledger is whole lines, and whether it is of this copy.
func (l *ledger) look(name string) (size int64, ours bool, err error) {
	f, err := l.root.Open(name)
	if err != nil {
		return 0, false, err
	}
	defer func() { _ = f.Close() }()
	r := bufio.NewReaderSize(f, 1<<16)
	head, err := r.ReadString('\n')
	if err != nil || strings.TrimSuffix(head, "\n") != l.of {
		return 0, false, nil
	}
	size = int64(len(head))
	for {
		line, err := r.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) {
			size += int64(len(line))
			line, err = r.ReadSlice('\n')
		}
		if err != nil {
			return size, true, nil
		}
		size += int64(len(line))
	}
}

// drop removes the ledgers from the n-th on.
func (l *ledger) drop(n int) error {
	for ; n < most; n++ {
		if err := l.root.Remove(ledgerName(n)); errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// add appends entries and makes them durable.
func (l *ledger) add(entries []entry) error {
	var text bytes.Buffer
	for i := range entries {
		e := &entries[i]
		if l.out == nil || e.Path <= l.last {
			if err := l.flush(&text); err != nil {
				return err
			}
			if err := l.begin(); err != nil {
				return err
			}
		}
		line, err := verify.EncodeLine(e.Expected)
		if err != nil {
			return err
		}
		e.Object = line
		if line, err = json.Marshal(e); err != nil {
			return err
		}
		text.Write(append(line, '\n'))
		l.last = e.Path
	}
	return l.flush(&text)
}

func (l *ledger) flush(text *bytes.Buffer) error {
	if l.out == nil || text.Len() == 0 {
		return nil
	}
	if _, err := text.WriteTo(l.out); err != nil {
		return err
	}
	return l.out.Sync()
}

// begin begins a ledger of its own.
func (l *ledger) begin() error {
	if err := l.close(); err != nil {
		return err
	}
	f, err := l.root.OpenFile(ledgerName(len(l.size)), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	l.size, l.out = append(l.size, -1), f
	_, err = io.WriteString(f, l.of+"\n")
	return err
}

func (l *ledger) close() error {
	if l.out == nil {
		return nil
	}
	err := l.out.Close()
	l.out = nil
	return err
}
