package crypt

import (
	"bytes"
	"context"
	"io"
)

// isLUKS says whether a volume begins as one of LUKS does.
func isLUKS(header []byte) bool { return bytes.HasPrefix(header, []byte("LUKS\xba\xbe")) }

func openLUKS(context.Context, io.ReaderAt, int64, Secret) (*Volume, error) {
	return nil, &Error{Reason: Unsupported, Message: "LUKS is not read", Remedy: `open it as root with "cryptsetup open FILE NAME"`}
}
