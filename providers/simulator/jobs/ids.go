package jobs

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// idAlphabet of job ids: digits 1 to 9 and letters without O (2009 edition).
const idAlphabet = "123456789ABCDEFGHIJKLMNPQRSTUVWXYZ"

const idLength = 5

// drawn is the n-th digest of a seed: all that looks random in the simulator
// comes from here, so that a seed gives the same world again.
func drawn(seed, what string, n int) [sha256.Size]byte {
	text := append([]byte(seed+"\x00"+what+"\x00"), binary.BigEndian.AppendUint64(nil, uint64(n))...)
	return sha256.Sum256(text)
}

// jobID returns the n-th job id of a seed.
func jobID(seed string, n int) string {
	sum := drawn(seed, "job", n)
	x := binary.BigEndian.Uint64(sum[:])
	id := make([]byte, idLength)
	for i := range id {
		id[i] = idAlphabet[x%uint64(len(idAlphabet))]
		x /= uint64(len(idAlphabet))
	}
	return string(id)
}

// normalID returns the stored form of an id, which is not case-sensitive.
func normalID(id string) string { return strings.ToUpper(strings.TrimSpace(id)) }

// requestID returns the n-th request id of a seed, in the form of a UUID.
func requestID(seed string, n int) string {
	sum := drawn(seed, "request", n)
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
