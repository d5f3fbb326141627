package device

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// guidBytes encodes a GUID as GPT stores it: the first three groups little-endian
// (UEFI 2.10, appendix A).
func guidBytes(guid string) ([16]byte, error) {
	var b [16]byte
	raw, err := hex.DecodeString(strings.ReplaceAll(guid, "-", ""))
	if err != nil || len(raw) != 16 || len(guid) != 36 {
		return b, fmt.Errorf("%q is not a GUID", guid)
	}
	for i, from := range guidOrder() {
		b[i] = raw[from]
	}
	return b, nil
}

// guidText is the inverse of guidBytes, in lower case.
func guidText(b []byte) string {
	var raw [16]byte
	for i, to := range guidOrder() {
		raw[to] = b[i]
	}
	return uuidText(raw[:])
}

// uuidText prints 16 bytes in the order in which they are stored.
func uuidText(b []byte) string {
	h := hex.EncodeToString(b[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func guidOrder() [16]int {
	return [16]int{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}
}
