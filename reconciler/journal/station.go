package journal

import "context"

// LockStation keeps a second daemon off this state directory, or says who holds
// it.
func (s *Store) LockStation(ctx context.Context) (func() error, error) {
	return lock(ctx, s.dir, "state directory "+s.dir)
}
