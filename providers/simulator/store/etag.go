package store

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
)

func hexMD5(r io.Reader) (string, error) {
	h := md5.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", fmt.Errorf("hashing: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// opaque returns an ETag that looks like an MD5 and is none, as that of an object
// under SSE-KMS. It is derived, so that a repeated run has the same one.
func opaque(bucket, key, md5 string) string {
	sum := sha256.Sum256([]byte("s3export simulator\x00" + bucket + "\x00" + key + "\x00" + md5))
	return hex.EncodeToString(sum[:16])
}

// multipartETag returns the ETag of an object made of parts with these ETags.
func multipartETag(parts []string) (string, error) {
	h := md5.New()
	for _, p := range parts {
		raw, err := hex.DecodeString(p)
		if err != nil {
			return "", fmt.Errorf("ETag %q of a part: %w", p, err)
		}
		h.Write(raw)
	}
	return fmt.Sprintf("%x-%d", h.Sum(nil), len(parts)), nil
}

// partHasher takes the MD5 of each run of size bytes that goes through it; with
// size 0 there is one run.
type partHasher struct {
	size  int64
	h     hash.Hash
	in    int64 // bytes in h
	etags []string
	sizes []int64
}

func newPartHasher(size int64) *partHasher { return &partHasher{size: size, h: md5.New()} }

// Write implements io.Writer; it does not fail.
func (p *partHasher) Write(b []byte) (int, error) {
	n := len(b)
	for p.size > 0 && p.in+int64(len(b)) > p.size {
		cut := p.size - p.in
		p.h.Write(b[:cut])
		p.in, b = p.size, b[cut:]
		p.flush()
	}
	p.h.Write(b)
	p.in += int64(len(b))
	return n, nil
}

func (p *partHasher) flush() {
	p.etags = append(p.etags, hex.EncodeToString(p.h.Sum(nil)))
	p.sizes = append(p.sizes, p.in)
	p.h.Reset()
	p.in = 0
}
