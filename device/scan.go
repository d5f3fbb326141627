package device

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/cargomedia/s3export/device/capacity"
)

// What is read to prove a device blank, at most about 64 MiB. Everything on a
// device of up to scanAll bytes; else its first and last scanEdge bytes (MBR, both
// GPTs, RAID, LVM, LUKS, ZFS, the superblocks of all file systems that we know),
// the places where ext and btrfs keep copies, and scanSamples blocks of scanBlock
// bytes spread evenly. The odds: data that fill a share p of a device beside those
// places in runs of at least scanBlock are missed with (1-p)^256, one in 500,000
// for p = 5 %; a hidden run longer than 1/256 of the device is never missed.
// Of an image also what its file system says is allocated, up to scanData bytes.
const (
	scanAll     = 48 << 20
	scanEdge    = 4 << 20
	scanSamples = 256
	scanBlock   = 64 << 10
	scanData    = 32 << 20
	scanPage    = 4096
)

// span is a range of bytes.
type span struct{ off, len int64 }

// places returns the spans to read, aligned, in ascending order and without
// overlap. More are added by the caller's knowledge of what is allocated.
func places(size int64, more []span) []span {
	if size <= scanAll {
		return []span{{0, size}}
	}
	s := []span{{0, scanEdge}, {size - scanEdge, scanEdge}}
	// Block group 1 of ext with 1, 2 and 4 KiB blocks; the copies of btrfs.
	for _, at := range []int64{8193 << 10, 32 << 20, 128 << 20, 64 << 20, 256 << 30} {
		s = append(s, span{at, scanBlock})
	}
	for i := range int64(scanSamples) {
		s = append(s, span{size / scanSamples * i, scanBlock})
	}
	return merge(append(s, more...), size)
}

// merge aligns, cuts at size, sorts and joins.
func merge(in []span, size int64) []span {
	for i, s := range in {
		begin := s.off &^ (scanPage - 1)
		end := min((s.off+s.len+scanPage-1)&^(scanPage-1), size)
		in[i] = span{begin, end - begin}
	}
	in = slices.DeleteFunc(in, func(s span) bool { return s.len <= 0 })
	slices.SortFunc(in, func(a, b span) int {
		if a.off < b.off {
			return -1
		}
		return 1
	})
	var out []span
	for _, s := range in {
		if n := len(out); n > 0 && s.off <= out[n-1].off+out[n-1].len {
			out[n-1].len = max(out[n-1].len, s.off+s.len-out[n-1].off)
			continue
		}
		out = append(out, s)
	}
	return out
}

// scan is what reading the places gave.
type scan struct {
	sum         hash.Hash
	zeros, ones bool  // nothing but 0x00; nothing but 0xFF, as of erased flash
	probed      bool  // and sectors that a probe of the capacity has left
	first       int64 // offset of the first page that is not zero; -1 for none
	noise       noise
	unreadable  []ByteRange
}

func (s *scan) blank() bool { return (s.zeros || s.ones) && len(s.unreadable) == 0 }

// fingerprint is the SHA-256 over the size of the device and all pages that are
// not zero, each with its offset: so it does not depend on which places were read,
// as long as the others are zero.
func (s *scan) fingerprint() string { return hex.EncodeToString(s.sum.Sum(nil)) }

// scanErrors is how many pages that cannot be read are noted before the look is given
// up: on a dying disk each of them takes seconds.
const scanErrors = 16

// readPlaces reads the spans. Pages that cannot be read are noted; the error of a
// device that cannot be read at all, or is gone, is returned.
func readPlaces(ctx context.Context, r io.ReaderAt, size int64, spans []span) (*scan, error) {
	s := &scan{sum: sha256.New(), zeros: true, ones: true, first: -1}
	s.number(size)
	buf := make([]byte, mebibyte)
	for _, sp := range spans {
		for at := sp.off; at < sp.off+sp.len; {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			n, err := s.read(r, at, buf[:min(int64(len(buf)), sp.off+sp.len-at)])
			if err != nil {
				return nil, err
			}
			at += n
		}
	}
	return s, nil
}

// read takes in what b holds after reading at an offset, or what comes before a page
// that cannot be read, and that page as unreadable. It returns how far it came.
func (s *scan) read(r io.ReaderAt, at int64, b []byte) (int64, error) {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		s.chunk(at, b)
		return int64(n), nil
	}
	if lengths(s.unreadable) >= scanErrors*scanPage || vanished(err) {
		return 0, fmt.Errorf("reading %d bytes at %d: %w", len(b), at, err)
	}
	whole := int64(n / scanPage * scanPage)
	s.chunk(at, b[:whole])
	s.skip(at + whole)
	return whole + scanPage, nil
}

// skip notes the page at an offset as unreadable; the fingerprint knows of it.
func (s *scan) skip(at int64) {
	s.number(-1)
	s.number(at)
	if n := len(s.unreadable) - 1; n >= 0 && s.unreadable[n].Offset+s.unreadable[n].Length == at {
		s.unreadable[n].Length += scanPage
		return
	}
	s.unreadable = append(s.unreadable, ByteRange{at, scanPage})
}

func (s *scan) chunk(at int64, b []byte) {
	for len(b) > 0 {
		page := b[:min(scanPage, len(b))]
		if uniform(page, 0) {
			s.ones = false
		} else {
			s.number(at)
			s.sum.Write(page)
			s.something(at, page)
		}
		at, b = at+int64(len(page)), b[len(page):]
	}
}

// something takes in a page that is not zero. Sectors of a probe of the capacity prove
// themselves, so they are nobody's data: a probe that was killed leaves a blank device.
func (s *scan) something(at int64, page []byte) {
	if r := capacity.Inspect(page); r.Probe > 0 && r.Other < 0 {
		s.probed = true
		s.zeros, s.ones = s.zeros && r.Ones == 0, s.ones && r.Zeros == 0
		return
	}
	s.zeros = false
	s.ones = s.ones && uniform(page, 0xFF)
	if s.first < 0 {
		s.first = at
	}
	s.noise.add(page)
}

func (s *scan) number(n int64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	s.sum.Write(b[:])
}

// uniform reports whether b is nothing but v: its first byte is, and each byte is
// like the one before.
func uniform(b []byte, v byte) bool {
	return len(b) == 0 || b[0] == v && bytes.Equal(b[1:], b[:len(b)-1])
}
