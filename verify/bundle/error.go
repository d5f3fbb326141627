package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/cargomedia/s3export/verify"
)

const reading = "reading \"" + Dir + "/" + BackupName + "\""

func unreadable(format string, args ...any) error {
	return &verify.Error{Op: reading, Err: fmt.Errorf(format, args...),
		Remedy: "copy to the drive again, which writes it anew; or verify the drive against the bucket (--against bucket)"}
}

// failed gives trouble with a file its remedy.
func failed(op, name string, err error) error {
	remedy := "check that the drive is still there, writable and whole, then run the same again: nothing is lost"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		remedy = "take a drive that s3export has filled itself, and whose copy has ended"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		remedy = "make room on the drive, then run the same again: nothing is lost"
	case errors.Is(err, syscall.EROFS):
		remedy = "mount the drive for writing, then run the same again: nothing is lost"
	}
	return &verify.Error{Op: fmt.Sprintf("%s %q", op, Dir+"/"+name), Err: err, Remedy: remedy}
}
