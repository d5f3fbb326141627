package fill

import (
	"os"
	"testing"
)

// Scratch returns a directory for a test, in memory where that is possible: an fsync takes
// milliseconds elsewhere, and there are thousands.
func Scratch(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "s3export-fill-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
