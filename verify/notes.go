package verify

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Notes keep what a run has found, in a file that grows while it is under way: the next
// run of the same request goes on where this one was interrupted, with the same draw. It
// is safe for concurrent use.
//
// The file is JSON lines: a header, then one line a decided object. A torn last line is
// ignored.
type Notes struct {
	path   string
	now    func() time.Time
	seed   Seed
	begun  time.Time
	about  string
	resume bool

	mu     sync.Mutex
	file   *os.File
	out    *bufio.Writer
	passed time.Time // to the kernel
	synced time.Time
}

// notesFormat names the contract of the file.
const notesFormat = "s3export-notes/v1"

// What is noted survives a kill -9 after notesEvery, and a power cut after notesSync.
const (
	notesEvery = 100 * time.Millisecond
	notesSync  = 5 * time.Second
)

// notesLineMax bounds a line, in bytes.
const notesLineMax = 1 << 20

type notesHeader struct {
	Format string    `json:"format"`
	About  string    `json:"about"` // digest of the request, without its seed
	Seed   Seed      `json:"seed"`
	Begun  time.Time `json:"begun"`
}

// OpenNotes opens the notes at path, which need not exist. Errors are those of the file
// system.
func OpenNotes(path string, now func() time.Time) (*Notes, error) {
	n := &Notes{path: path, now: now}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return n, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	line, err := bufio.NewReader(f).ReadBytes('\n')
	var h notesHeader
	if err == nil && json.Unmarshal(line, &h) == nil && h.Format == notesFormat {
		n.seed, n.begun, n.about, n.resume = h.Seed, h.Begun, h.About, true
	}
	return n, nil
}

// ErrOtherNotes says that notes are of another request.
var ErrOtherNotes = errors.New("what was found by an interrupted verification is there: of another drive, or compared with something else")

// GoOn gives a request, which is complete but for its seed, that of the interrupted run
// whose notes these are, unless a person has chosen one. It returns when that run began;
// the zero time where there was none. Its errors are ErrOtherNotes, with that time too,
// after which Run would begin the notes anew, and those of Run about a request.
func (n *Notes) GoOn(r *Request) (begun time.Time, err error) {
	if !n.resume {
		return time.Time{}, nil
	}
	whole := *r
	if err := whole.check(); err != nil {
		return time.Time{}, err
	}
	if !whole.Draw.Reproduction {
		whole.Draw.Seed = n.seed
	}
	if !n.fits(&whole) {
		return n.begun, ErrOtherNotes
	}
	r.Draw.Seed = n.seed
	return n.begun, nil
}

// fits reports whether the notes are of this request.
func (n *Notes) fits(r *Request) bool {
	return n.resume && n.about == r.digest() && n.seed == r.Draw.Seed
}

// digest names what decides the findings of a request, but for the seed.
func (r *Request) digest() string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(struct { // plain values do not fail
		Format    string
		Ranges    []Range
		Known     Knowledge
		LoadEnded time.Time
		Draw      string
		Subject   Subject
		Medium    string
		Asked     bool
		Download  bool
		SHA256    bool
	}{notesFormat, r.Population.Ranges, r.Population.Known, r.LoadEnded, r.Draw.amount(), r.About.Subject.lasting(), r.About.Medium, r.Source != nil, r.Download != nil, r.Runtime.SHA256})
	return hex.EncodeToString(h.Sum(nil))
}

// lasting leaves out what may change from one sitting to the next.
func (s Subject) lasting() Subject {
	s.Tool, s.Host, s.User = "", "", ""
	return s
}

// start begins or goes on with the file.
func (n *Notes) start(r *Request) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if n.fits(r) {
		flags = os.O_WRONLY | os.O_APPEND
	}
	if err := os.MkdirAll(filepath.Dir(n.path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(n.path, flags, 0o600)
	if err != nil {
		return err
	}
	n.file, n.out, n.synced = f, bufio.NewWriterSize(f, 64<<10), n.now()
	if n.fits(r) {
		_, err = n.out.WriteString("\n") // ends a torn line
	} else {
		err = n.write(notesHeader{Format: notesFormat, About: r.digest(), Seed: r.Draw.Seed, Begun: n.now().UTC()})
	}
	return errors.Join(err, n.flush())
}

func (n *Notes) write(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = n.out.Write(append(line, '\n'))
	return err
}

// keep adds a result, or what was read ahead.
func (n *Notes) keep(one note) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.write(one); err != nil {
		return n.failed(err)
	}
	return n.failed(n.pass())
}

// pass gives the kernel what was noted, and the disk, as often as it is due.
func (n *Notes) pass() error {
	now := n.now()
	if now.Sub(n.passed) < notesEvery {
		return nil
	}
	n.passed = now
	if err := n.out.Flush(); err != nil || now.Sub(n.synced) < notesSync {
		return err
	}
	n.synced = now
	return n.file.Sync()
}

// tick keeps what was noted on time while a long file is read.
func (n *Notes) tick() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.failed(n.pass())
}

func (n *Notes) flush() error {
	if err := n.out.Flush(); err != nil {
		return err
	}
	return n.file.Sync()
}

// Close keeps what was noted for the next run.
func (n *Notes) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.file == nil {
		return nil
	}
	err := errors.Join(n.flush(), n.file.Close())
	n.file = nil
	return n.failed(err)
}

// Remove ends the notes: the run has a report.
func (n *Notes) Remove() error {
	err := n.Close()
	if gone := os.Remove(n.path); gone != nil && !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

func (n *Notes) failed(err error) error {
	if err == nil {
		return nil
	}
	return &Error{Op: "keeping notes of what was found", Err: err, Remedy: "make room where the report is kept, then run it again: it goes on"}
}
