package journal

import (
	"context"
	"path/filepath"
)

// LockStation keeps a second daemon off this state directory, or says who holds
// it.
func (s *Store) LockStation(ctx context.Context) (func() error, error) {
	return LockFile(ctx, filepath.Join(s.dir, "lock"), "state directory "+s.dir)
}
