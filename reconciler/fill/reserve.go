package fill

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/verify/bundle"
)

const (
	reserveFile = bundle.Dir + "/reserve"
	// A line of the bundle is as long as one of the listing and the checksum, headers and
	// metadata, and again in SHA256SUMS; of a ledger it is not compressed. The listing is
	// gzip, some 60 bytes a line.
	reserveTimes = 16
	reserveLeast = 1 << 20
)

// reserve keeps room for what the drive says of itself, so that the objects cannot take it.
func (c *copying) reserve() error {
	info, err := os.Stat(c.path(c.doc, c.order.Run.Baseline.File))
	if err != nil {
		return nil // the baseline is missed where it is read
	}
	f, err := c.root.OpenFile(reserveFile, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return c.trouble(reserveFile, err)
	}
	defer func() { _ = f.Close() }()
	err = unix.Fallocate(int(f.Fd()), 0, 0, max(info.Size()*reserveTimes, reserveLeast))
	if errors.Is(err, unix.ENOSPC) {
		return nil // what fits is reserved
	}
	return c.trouble(reserveFile, err)
}

// release gives the room back.
func (c *copying) release() error {
	err := c.root.Remove(reserveFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return c.trouble(reserveFile, err)
}
