package crypt

// Secret is what opens a volume. Its zero value is an empty password.
type Secret struct {
	Password []byte
	// Keyfiles are the contents of TrueCrypt or VeraCrypt key files, in any order; only
	// the first mebibyte of each counts. Of a LUKS volume the only one is the passphrase.
	Keyfiles [][]byte
	// PIM is VeraCrypt's personal iterations multiplier; 0 for none.
	PIM int
	// Hash is the only hash to try with TrueCrypt and VeraCrypt, such as "sha512"; empty
	// for all.
	Hash string
}

// String keeps a secret out of whatever prints one.
func (Secret) String() string { return "<redacted>" }

// GoString is String for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalJSON keeps a secret out of JSON.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"<redacted>"`), nil }
