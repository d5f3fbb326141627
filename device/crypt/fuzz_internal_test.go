package crypt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"testing"
)

// FuzzTrueCrypt puts the checksums right, so that what they guard is reached.
func FuzzTrueCrypt(f *testing.F) {
	f.Add((&tcHeader{version: 5, size: 4096, start: tcAreaSize, length: 4096}).body(TrueCrypt), int64(1<<20))
	f.Add((&tcHeader{version: 4, size: math.MaxUint64, start: 512, flags: 3}).body(VeraCrypt), int64(math.MaxInt64))
	f.Add((&tcHeader{version: 3, hiddenSize: 512}).body(TrueCrypt), int64(4096))
	f.Fuzz(func(t *testing.T, body []byte, container int64) {
		if len(body) != tcBodySize || container <= tcHeaderSize {
			return
		}
		putChecksums(body)
		h, err := parseTCHeader(body)
		if err != nil {
			return
		}
		start, size, err := h.extent(container)
		if err == nil && (start < tcHeaderSize || size <= 0 || start+size > container || start+size < 0 || start%512 != 0 || size%512 != 0) {
			t.Fatalf("%d bytes from %d on in %d", size, start, container)
		}
	})
}

// FuzzOpen opens anything, and a volume of which anything was changed.
func FuzzOpen(f *testing.F) {
	container, kdfs := fuzzContainer(f), quickKDFs()[:1]
	f.Add([]byte("change"), uint32(0), []byte("secret"))
	f.Add(randomBytes(600), uint32(0), []byte("secret"))
	f.Add([]byte{}, uint32(0), []byte("secret"))
	f.Fuzz(func(t *testing.T, change []byte, at uint32, password []byte) {
		for _, image := range [][]byte{change, changed(container, change, int(at))} {
			v, err := openTCrypt(context.Background(), bytes.NewReader(image), int64(len(image)), Secret{Password: password}, kdfs)
			var e *Error
			if err != nil && (!errors.As(err, &e) || e.Remedy == "") {
				t.Fatalf("%v has no remedy", err)
			}
			if err == nil {
				if n, err := io.Copy(io.Discard, io.NewSectionReader(v, 0, math.MaxInt64)); err != nil || n != v.Size() {
					t.Fatalf("read %d of %d: %v", n, v.Size(), err)
				}
			}
		}
	})
}

func fuzzContainer(f *testing.F) []byte {
	f.Helper()
	var out bytes.Buffer
	c := tcContainer{
		chain: chains()[0], kdf: quickKDFs()[0], password: []byte("secret"),
		random: bytes.NewReader(randomBytes(3 * tcAreaSize)), header: tcHeader{version: 5},
	}
	if err := c.write(context.Background(), &out, sectionOf(make([]byte, 1024))); err != nil {
		f.Fatal(err)
	}
	return out.Bytes()
}

// putChecksums makes the checksums of a decrypted header right.
func putChecksums(body []byte) {
	binary.BigEndian.PutUint32(body[tcKeysCRCAt:], crc32.ChecksumIEEE(body[tcKeysAt:]))
	binary.BigEndian.PutUint32(body[tcHeaderCRCAt:], crc32.ChecksumIEEE(body[:tcHeaderCRCAt]))
}

func changed(container, change []byte, at int) []byte {
	out := bytes.Clone(container)
	copy(out[at%len(out):], change)
	return out
}
