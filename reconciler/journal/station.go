package journal

// LockStation keeps a second daemon off this state directory, or says who holds
// it.
func (s *Store) LockStation() (func() error, error) {
	return lock(s.dir, "state directory "+s.dir)
}
