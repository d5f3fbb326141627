package chain

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cargomedia/s3export/verify"
)

// NotesName is the file in which an interrupted verification has noted how far it came.
const NotesName = "unfinished.notes"

// LockName is the file that a verification locks while the folder is its own.
const LockName = ".lock"

// Chain are the reports of a folder in the order of their ends.
type Chain []Kept

// Kept is a report in a folder.
type Kept struct {
	Name     string         `json:"name"`
	SHA256   string         `json:"sha256"` // of the file, in hex
	Started  time.Time      `json:"started,omitzero"`
	Ended    time.Time      `json:"ended,omitzero"`
	Backup   string         `json:"backup,omitempty"`
	Device   string         `json:"device,omitempty"`
	Verdict  verify.Verdict `json:"verdict,omitempty"` // empty: it cannot be read
	Sentence string         `json:"sentence,omitempty"`
	Before   *verify.Link   `json:"before,omitempty"`
	Page     bool           `json:"page,omitempty"` // its page is there

	broken error // why it cannot be read
}

// Link returns what the next report says of this one.
func (k *Kept) Link() verify.Link { return verify.Link{Name: k.Name, SHA256: k.SHA256} }

// Last returns the report that the next one has to name: the one that none names yet. It
// is nil in a folder without reports, and in one that is not there.
func (c Chain) Last() *verify.Link {
	named := map[string]bool{}
	for _, k := range c {
		if k.Before != nil {
			named[k.Before.SHA256] = true
		}
	}
	for _, k := range slices.Backward(c) {
		if !named[k.SHA256] {
			link := k.Link()
			return &link
		}
	}
	return nil
}

// names reports whether a report names another as the one before it.
func (c Chain) names(report string) bool {
	return slices.ContainsFunc(c, func(k Kept) bool { return k.Before != nil && k.Before.Name == report })
}

// Last reads a folder and returns the link for a new report.
func Last(fsys fs.FS) (*verify.Link, error) {
	c, _, err := read(fsys, func(data []byte, k *Kept) {
		l := lead(data)
		k.Ended, k.Before = l.Ended, l.Before
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return c.Last(), err
}

// leading is what places a report among others.
type leading struct {
	Ended  time.Time    `json:"ended"`
	Before *verify.Link `json:"before"`
}

// lead reads as much of a report as can be read, also of one that is damaged.
func lead(data []byte) leading {
	var l leading
	if json.Unmarshal(data, &l) != nil {
		return leading{}
	}
	return l
}

// IsReport reports whether a file of that name is a report of a folder.
func IsReport(name string) bool {
	_, ok := place(name)
	return ok
}

// place returns the day and the number in the name of a report.
func place(name string) (order, bool) {
	m := regexp.MustCompile(`^(\d{4}-\d\d-\d\d)-(\d{1,6})\.json$`).FindStringSubmatch(name)
	if m == nil {
		return order{}, false
	}
	n, err := strconv.Atoi(m[2])
	return order{m[1], n}, err == nil
}

type order struct {
	day string
	n   int
}

func (o order) compare(p order) int { return cmp.Or(strings.Compare(o.day, p.day), o.n-p.n) }

// read takes in all reports of a folder, and returns the names of all other files.
func read(fsys fs.FS, decode func(data []byte, k *Kept)) (Chain, []string, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, nil, err
	}
	var c Chain
	var others []string
	for _, e := range entries {
		if !IsReport(e.Name()) || e.IsDir() {
			others = append(others, e.Name())
			continue
		}
		data, err := fs.ReadFile(fsys, e.Name())
		if err != nil {
			return nil, nil, err
		}
		sum := sha256.Sum256(data)
		k := Kept{Name: e.Name(), SHA256: hex.EncodeToString(sum[:])}
		decode(data, &k)
		c = append(c, k)
	}
	slices.SortStableFunc(c, func(a, b Kept) int {
		pa, _ := place(a.Name)
		pb, _ := place(b.Name)
		return cmp.Or(a.Ended.Compare(b.Ended), pa.compare(pb))
	})
	return c, others, nil
}

// decode reads a whole report: one that ends with it, and agrees with itself.
func decode(data []byte) (verify.Report, error) {
	in := bytes.NewReader(data)
	r, err := verify.DecodeReport(in)
	if err != nil {
		return r, err
	}
	if !json.Valid(data) {
		return r, &verify.Error{Op: "reading the report", Err: errors.New("something follows it in the file"), Remedy: "give a report.json that s3export wrote, unchanged"}
	}
	return r, nil
}

// Read reads a report and refuses one that does not agree with itself.
func Read(r io.Reader) (verify.Report, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return verify.Report{}, err
	}
	return decode(data)
}
