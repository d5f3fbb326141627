package crypt

import "hash/crc32"

const (
	tcPasswordMax = 64  // bytes, of TrueCrypt; without key files VeraCrypt treats shorter ones alike
	vcPasswordMax = 128 // bytes, of VeraCrypt since 1.17
	keyfileMax    = 1 << 20
)

// tcPassword mixes the key files into the password (TrueCrypt User's Guide, "Keyfiles";
// Common/Keyfiles.c). It says false if the format does not allow so long a password.
func tcPassword(s Secret, f Format) ([]byte, bool) {
	longest, pool := tcPasswordMax, tcPasswordMax
	if f == VeraCrypt {
		longest = vcPasswordMax
	}
	if len(s.Password) > longest {
		return nil, false
	}
	if len(s.Keyfiles) == 0 {
		return s.Password, true
	}
	if len(s.Password) > pool {
		pool = vcPasswordMax
	}
	mixed := make([]byte, pool)
	copy(mixed, s.Password)
	for _, file := range s.Keyfiles {
		mixKeyfile(mixed, file[:min(len(file), keyfileMax)])
	}
	return mixed, true
}

// mixKeyfile adds the state of a CRC-32 after each byte of the file to the pool, byte by
// byte and round and round.
func mixKeyfile(pool, file []byte) {
	at, crc := 0, uint32(0)
	for i := range file {
		crc = crc32.Update(crc, crc32.IEEETable, file[i:i+1])
		state := ^crc // Update gives it complemented, as a checksum is
		for shift := 24; shift >= 0; shift -= 8 {
			pool[at] += byte(state >> shift)
			at = (at + 1) % len(pool)
		}
	}
}
