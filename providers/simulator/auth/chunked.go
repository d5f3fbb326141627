package auth

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"strconv"
	"strings"
)

const (
	maxLine     = 4096 // a chunk's header line or a trailer, generously
	maxTrailers = 16
)

// ChunkedReader decodes a body in aws-chunked encoding and verifies the chunks'
// signatures while it is read, in memory that does not depend on the chunks. What
// it returned is only to be trusted after io.EOF. It is for one goroutine.
// Source: "Signature Calculations for the Authorization Header: Transferring
// Payload in Multiple Chunks" of the Amazon S3 API Reference.
type ChunkedReader struct {
	in       *bufio.Reader
	chain    *chain // nil: the chunks are not signed
	trailing bool
	left     int64 // of the current chunk
	open     bool  // inside a chunk
	declared string
	sum      hash.Hash
	trailer  http.Header
	err      error
}

// Trailer returns the trailing headers. They are complete after io.EOF.
func (c *ChunkedReader) Trailer() http.Header { return c.trailer }

func newLineReader(r io.Reader) *bufio.Reader { return bufio.NewReaderSize(r, 64<<10) }

// Read returns decoded bytes. A body that breaks off, is not well-formed or has a
// wrong signature ends in a *Failure.
func (c *ChunkedReader) Read(p []byte) (int, error) {
	if c.err != nil || len(p) == 0 {
		return 0, c.err
	}
	if !c.open {
		if c.err = c.header(); c.err != nil {
			return 0, c.err
		}
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	if c.sum != nil {
		c.sum.Write(p[:n])
	}
	c.left -= int64(n)
	switch {
	case c.left == 0:
		c.err = c.endChunk()
	case err != nil:
		c.err = broken(err)
	}
	return n, c.err
}

// header reads a chunk's line. It returns io.EOF after the last one.
func (c *ChunkedReader) header() error {
	line, err := c.line()
	if err != nil {
		return err
	}
	size, extension, _ := bytes.Cut(line, []byte(";"))
	c.left, err = strconv.ParseInt(string(size), 16, 64)
	if err != nil || c.left < 0 || size[0] == '+' {
		return incomplete("a chunk's size is not a hexadecimal number")
	}
	if c.chain != nil {
		signature, found := strings.CutPrefix(string(extension), "chunk-signature=")
		if !found {
			return incomplete("a chunk has no signature")
		}
		c.declared, c.sum = signature, sha256.New()
	}
	if c.left == 0 {
		return c.end()
	}
	c.open = true
	return nil
}

func (c *ChunkedReader) endChunk() error {
	c.open = false
	line, err := c.line()
	if err != nil {
		return err
	}
	if len(line) != 0 {
		return incomplete("a chunk is longer than it says")
	}
	return c.checkChunk()
}

func (c *ChunkedReader) checkChunk() error {
	if c.chain == nil {
		return nil
	}
	return c.chain.next("AWS4-HMAC-SHA256-PAYLOAD", emptyHash()+"\n"+hex.EncodeToString(c.sum.Sum(nil)), c.declared)
}

// end reads what follows the last chunk: trailers where they are announced, and
// an empty line.
func (c *ChunkedReader) end() error {
	if err := c.checkChunk(); err != nil {
		return err
	}
	c.trailer = http.Header{}
	var signed strings.Builder
	for range maxTrailers {
		line, err := c.line()
		if err != nil {
			return err
		}
		name, value, found := strings.Cut(string(line), ":")
		switch {
		case len(line) == 0:
			return c.checkTrailer(signed.String())
		case !found || !c.trailing:
			return malformedTrailer()
		}
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		c.trailer.Set(name, value)
		if name != "x-amz-trailer-signature" {
			signed.WriteString(name + ":" + value + "\n")
		}
	}
	return malformedTrailer()
}

func (c *ChunkedReader) checkTrailer(signed string) error {
	if c.chain != nil && c.trailing {
		// Some clients put an empty line before the signature of the trailers.
		if c.trailer.Get("X-Amz-Trailer-Signature") == "" {
			if err := c.lateSignature(); err != nil {
				return err
			}
		}
		err := c.chain.next("AWS4-HMAC-SHA256-TRAILER", hexSHA256([]byte(signed)), c.trailer.Get("X-Amz-Trailer-Signature"))
		if err != nil {
			return err
		}
	}
	if _, err := c.in.ReadByte(); err == nil {
		return incomplete("there are bytes after the last chunk")
	} else if !errors.Is(err, io.EOF) {
		return broken(err)
	}
	return io.EOF
}

func (c *ChunkedReader) lateSignature() error {
	line, err := c.line()
	if err != nil {
		return err
	}
	name, value, _ := strings.Cut(string(line), ":")
	if !strings.EqualFold(name, "x-amz-trailer-signature") {
		return malformedTrailer()
	}
	c.trailer.Set(name, strings.TrimSpace(value))
	if line, err = c.line(); err != nil {
		return err
	}
	if len(line) != 0 {
		return malformedTrailer()
	}
	return nil
}

// line returns the next line without its line break; it stays valid until the
// next read.
func (c *ChunkedReader) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		if errors.Is(err, bufio.ErrBufferFull) {
			return nil, incomplete("a line is too long")
		}
		return nil, broken(err)
	}
	if len(line) > maxLine {
		return nil, incomplete("a line is too long")
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}
