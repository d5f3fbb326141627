package spill

// Damage changes a byte of the temporary file.
func Damage(s *Sorter, at int64) error {
	b := []byte{0}
	if _, err := s.file.f.ReadAt(b, at); err != nil {
		return err
	}
	b[0] ^= 0x40
	_, err := s.file.f.WriteAt(b, at)
	return err
}
