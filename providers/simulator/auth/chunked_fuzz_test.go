package auth_test

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"testing"
	"testing/iotest"

	"github.com/cargomedia/s3export/providers/simulator/auth"
)

// FuzzChunkedReader: whatever comes, the decoder ends, gives back no more than
// went in, refuses in S3's words, and does not depend on how the bytes arrive.
func FuzzChunkedReader(f *testing.F) {
	f.Add([]byte("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"))
	f.Add([]byte("5;chunk-signature=00\r\nhello\r\n0;chunk-signature=00\r\n\r\n"))
	f.Add([]byte("ffffffffffffffff\r\n"))
	f.Add([]byte("0\r\n\r\n"))
	f.Add([]byte("+5\r\nhello\r\n0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, wire []byte) {
		for _, payload := range []string{auth.StreamUnsignedTrailer, auth.StreamSignedTrailer, auth.StreamSigned} {
			grant := &auth.Grant{Payload: payload}
			whole, err := io.ReadAll(grant.Body(bytes.NewReader(wire)))
			if len(whole) > len(wire) {
				t.Fatalf("%d bytes out of %d", len(whole), len(wire))
			}
			if failure, ok := errors.AsType[*auth.Failure](err); err != nil && (!ok || failure.Code == "") {
				t.Fatalf("not a refusal: %v", err)
			}
			slow, slowErr := io.ReadAll(grant.Body(iotest.OneByteReader(bytes.NewReader(wire))))
			if (err == nil) != (slowErr == nil) || err == nil && !bytes.Equal(whole, slow) {
				t.Fatalf("differs byte by byte: %v, %v", err, slowErr)
			}
		}
	})
}

// FuzzChunkedRoundTrip: what was encoded comes back.
func FuzzChunkedRoundTrip(f *testing.F) {
	f.Add([]byte("hello, world"), 5)
	f.Add([]byte{}, 1)
	f.Fuzz(func(t *testing.T, content []byte, size int) {
		size = max(size%(1<<16), 1)
		var wire bytes.Buffer
		for rest := content; len(rest) > 0; {
			n := min(size, len(rest))
			wire.WriteString(strconv.FormatInt(int64(n), 16) + "\r\n" + string(rest[:n]) + "\r\n")
			rest = rest[n:]
		}
		wire.WriteString("0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n")
		in := (&auth.Grant{Payload: auth.StreamUnsignedTrailer}).Body(&wire)
		got, err := io.ReadAll(in)
		if err != nil || !bytes.Equal(got, content) {
			t.Fatalf("%q, %v", got, err)
		}
		if in.Trailer().Get("X-Amz-Checksum-Crc32") != "AAAAAA==" {
			t.Fatal("the trailer is lost")
		}
	})
}
