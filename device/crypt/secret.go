package crypt

// Secret is what opens a volume. Its zero value is an empty password.
type Secret struct {
	Password []byte
	// Keyfiles are the contents of TrueCrypt or VeraCrypt key files, in any order; only
	// the first mebibyte of each counts. Of a LUKS volume the only one is the passphrase.
	Keyfiles [][]byte
	// PIM is VeraCrypt's personal iterations multiplier; 0 for none.
	PIM int
	// Format is the only format to try; empty for all. VeraCrypt takes a hundred times as
	// long as TrueCrypt to refuse a password.
	Format Format
	// Hash is the only hash to try with TrueCrypt and VeraCrypt: "sha512", "ripemd160",
	// "whirlpool", with VeraCrypt also "sha256" and "blake2s"; empty for all.
	Hash string
}

// String keeps a secret out of whatever prints one.
func (Secret) String() string { return "<redacted>" }

// GoString is String for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalJSON keeps a secret out of JSON.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"<redacted>"`), nil }
