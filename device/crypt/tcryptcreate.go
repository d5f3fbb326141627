package crypt

import (
	"context"
	"fmt"
	"io"
)

// CreateTrueCrypt writes a TrueCrypt 7 volume that holds the payload: AES, SHA-512, with
// the copy of the header at its end. What is written is 256 KiB longer than the payload,
// which is a multiple of 512 bytes and is read and encrypted a mebibyte at a time.
//
// random is what keys and salts are made of: the system's randomness, unless the volume is
// to be the same each time. The password has 1 to 64 bytes; a refusal of it or of the
// payload is an *Error, of reason Unsupported, before anything is written. An error leaves
// a partial volume behind.
func CreateTrueCrypt(ctx context.Context, w io.Writer, payload *io.SectionReader, password []byte, random io.Reader) error {
	if len(password) == 0 || len(password) > tcPasswordMax {
		return &Error{Reason: Unsupported, Message: "the password of a TrueCrypt volume has 1 to 64 bytes", Remedy: "choose another password"}
	}
	if payload.Size() <= 0 || payload.Size()%tcSector != 0 {
		return &Error{Reason: Unsupported, Message: fmt.Sprintf("a volume of %d bytes", payload.Size()),
			Remedy: "make it a multiple of 512 bytes, and not empty"}
	}
	return tcContainer{
		chain: chains()[0], kdf: tcKDFs(0)[0], password: password, random: random,
		header: tcHeader{version: tcNewest, program: 0x700, sectorSize: tcSector},
	}.write(ctx, w, payload)
}

// tcContainer is how a volume is to be made.
type tcContainer struct {
	chain    chain
	kdf      kdf
	password []byte
	random   io.Reader
	header   tcHeader // without keys, and what depends on the payload
}

func (c tcContainer) write(ctx context.Context, w io.Writer, payload *io.SectionReader) error {
	h := c.header
	h.start, h.size, h.length = tcAreaSize, uint64(payload.Size()), uint64(payload.Size())
	if _, err := io.ReadFull(c.random, h.keys[:c.chain.keySize()]); err != nil {
		return fmt.Errorf("making keys: %w", err)
	}
	cipher, err := c.chain.open(h.keys[:], tcSector)
	if err != nil {
		return err
	}
	if err := c.writeArea(w, &h); err != nil {
		return err
	}
	if err := encryptTo(ctx, w, payload, cipher); err != nil {
		return err
	}
	return c.writeArea(w, &h)
}

// writeArea writes a header with a salt of its own, and random bytes where that of a hidden
// volume would be: nothing tells whether there is one.
func (c tcContainer) writeArea(w io.Writer, h *tcHeader) error {
	area := make([]byte, tcAreaSize)
	if _, err := io.ReadFull(c.random, area); err != nil {
		return fmt.Errorf("making salts: %w", err)
	}
	if err := c.seal(area[:tcHeaderSize], h); err != nil {
		return err
	}
	_, err := w.Write(area)
	return err
}

// seal encrypts h into header, which begins with the salt.
func (c tcContainer) seal(header []byte, h *tcHeader) error {
	d := c.kdf.start(c.password, header[:tcSaltSize])
	d.grow(c.chain.keySize(), func() bool { return false })
	cipher, err := c.chain.open(d.key, tcBodySize)
	if err != nil {
		return err
	}
	body := header[tcSaltSize:]
	copy(body, h.body(c.kdf.format))
	cipher.encrypt(body, 0)
	return nil
}

// encryptTo writes the payload as what begins after the first area.
func encryptTo(ctx context.Context, w io.Writer, payload *io.SectionReader, cipher cascade) error {
	buffer := make([]byte, min(payload.Size(), 1<<20))
	for at := int64(0); at < payload.Size(); {
		if ctx.Err() != nil {
			return fmt.Errorf("encrypting: %w", context.Cause(ctx))
		}
		p := buffer[:min(int64(len(buffer)), payload.Size()-at)]
		if n, err := payload.ReadAt(p, at); n < len(p) {
			return fmt.Errorf("reading at %d what is to be encrypted: %w", at, shortRead(err))
		}
		cipher.encrypt(p, uint64((tcAreaSize+at)/tcSector))
		if _, err := w.Write(p); err != nil {
			return err
		}
		at += int64(len(p))
	}
	return nil
}
