package verify

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"github.com/cargomedia/s3export/verify/digest"
)

// packer writes what is sorted outside of memory. What it writes is read by the same
// process only.
type packer []byte

func (p *packer) num(n int64)  { *p = binary.AppendVarint(*p, n) }
func (p *packer) str(s string) { p.num(int64(len(s))); *p = append(*p, s...) }
func (p *packer) flag(b bool) {
	if b {
		p.num(1)
	} else {
		p.num(0)
	}
}

func (p *packer) time(t time.Time) {
	p.flag(!t.IsZero())
	if !t.IsZero() {
		p.num(t.UnixNano())
	}
}

// unpacker reads what a packer wrote. After an error everything is zero.
type unpacker struct {
	rest   []byte
	failed bool
}

var errPacked = errors.New("a record of the temporary file is damaged")

func (u *unpacker) num() int64 {
	n, size := binary.Varint(u.rest)
	if size <= 0 {
		u.failed, u.rest = true, nil
		return 0
	}
	u.rest = u.rest[size:]
	return n
}

func (u *unpacker) bytes() []byte {
	n := u.num()
	if n < 0 || n > int64(len(u.rest)) {
		u.failed, u.rest = true, nil
		return nil
	}
	b := u.rest[:n]
	u.rest = u.rest[n:]
	return b
}

func (u *unpacker) str() string { return string(u.bytes()) }
func (u *unpacker) flag() bool  { return u.num() != 0 }

func (u *unpacker) time() time.Time {
	if !u.flag() {
		return time.Time{}
	}
	return time.Unix(0, u.num()).UTC()
}

func (u *unpacker) err() error {
	if u.failed || len(u.rest) > 0 {
		return errPacked
	}
	return nil
}

func (p *packer) expected(e *Expected) {
	p.str(e.Path)
	p.str(e.Bucket)
	p.str(e.Key)
	p.num(e.Size)
	p.str(e.ETag)
	p.time(e.LastModified)
	p.str(e.VersionID)
	p.str(e.StorageClass)
	p.str(string(e.Stored))
	p.flag(e.Composite)
	p.flag(e.Known != nil)
	if e.Known != nil {
		p.str(string(e.Known.Algorithm))
		p.str(string(e.Known.Sum))
		p.str(string(e.Known.Witness))
	}
	p.str(string(e.Seen))
	p.str(string(e.Kind))
	p.str(string(e.Since))
}

func (u *unpacker) expected() Expected {
	var e Expected
	e.Path, e.Bucket, e.Key, e.Size, e.ETag = u.str(), u.str(), u.str(), u.num(), u.str()
	e.LastModified, e.VersionID, e.StorageClass = u.time(), u.str(), u.str()
	e.Stored, e.Composite = digest.Algorithm(u.str()), u.flag()
	if u.flag() {
		e.Known = &Known{Algorithm: digest.Algorithm(u.str()), Sum: []byte(u.str()), Witness: Witness(u.str())}
	}
	e.Seen, e.Kind, e.Since = Seen(u.str()), Kind(u.str()), Since(u.str())
	return e
}

// entry writes a regular file that could be looked at.
func (p *packer) entry(e *Entry) {
	p.str(e.Path)
	p.num(e.Size)
	p.time(e.ModTime)
	p.num(int64(e.Inode))
	p.num(e.Place)
	p.flag(e.Mounted)
	p.str(e.Map)
}

func (u *unpacker) entry() Entry {
	return Entry{Path: u.str(), Regular: true, Size: u.num(), ModTime: u.time(), Inode: uint64(u.num()), Place: u.num(), Mounted: u.flag(), Map: u.str()}
}

func (p *packer) finding(f *Finding) {
	p.str(f.Path)
	p.str(f.Bucket)
	p.str(f.Key)
	p.num(f.Size)
	p.str(string(f.Outcome))
	p.str(string(f.Reason))
	e := &f.Evidence
	p.str(string(e.Method))
	p.str(string(e.Witness))
	p.str(e.Want)
	p.str(e.Have)
	p.num(e.PartSize)
	p.num(int64(e.Parts))
	p.num(int64(len(f.Ranges)))
	for _, r := range f.Ranges {
		p.num(r.Offset)
		p.num(r.Length)
	}
	p.str(f.Detail)
	p.str(f.SHA256)
	p.str(f.Accepted)
}

func (u *unpacker) finding() Finding {
	f := Finding{Path: u.str(), Bucket: u.str(), Key: u.str(), Size: u.num(), Outcome: Outcome(u.str()), Reason: Reason(u.str())}
	e := &f.Evidence
	e.Method, e.Witness, e.Want, e.Have = Method(u.str()), Witness(u.str()), u.str(), u.str()
	e.PartSize, e.Parts = u.num(), int(u.num())
	e.Class = e.Method.class()
	for range u.num() {
		f.Ranges = append(f.Ranges, ByteRange{Offset: u.num(), Length: u.num()})
	}
	f.Detail, f.SHA256, f.Accepted = u.str(), u.str(), u.str()
	return f
}

// byPath compares records that begin with a packed string by that string, then by the
// rest.
func byPath(a, b []byte) int {
	x, y := unpacker{rest: a}, unpacker{rest: b}
	if c := bytes.Compare(x.bytes(), y.bytes()); c != 0 {
		return c
	}
	return bytes.Compare(x.rest, y.rest)
}
