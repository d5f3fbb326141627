package crypt

// Reason says why a volume was not opened.
type Reason string

// The reasons.
const (
	NotEncrypted  Reason = "NotEncrypted"  // no header of LUKS, and no random data where TrueCrypt and VeraCrypt have one
	WrongPassword Reason = "WrongPassword" // no header opens; random data that is no volume looks the same
	Unsupported   Reason = "Unsupported"   // a cipher, hash or feature that is not read
	Corrupt       Reason = "Corrupt"       // a header contradicts itself, its checksum or the device
)

// Error is a refusal to open. Remedy is never empty. Errors of the underlying reader
// and of a context are not of this type; they are wrapped as they are.
type Error struct {
	Reason  Reason
	Message string
	Remedy  string
}

// Error returns the message; the remedy is rendered by whoever shows it.
func (e *Error) Error() string { return e.Message }
