package device

import "github.com/cargomedia/s3export/device/crypt"

// Key says how an encrypted copy is opened. The zero Key opens plain ones. It redacts
// itself wherever it is printed.
type Key struct {
	crypt.Secret
	// Container is the name of the file at the root that holds the copy, if there is
	// such a file; empty: with a password, the only file there whose name ends in .tc.
	Container string
}

// PasswordKey is the key of a password (empty: none) and the name of a container.
func PasswordKey(password, container string) Key {
	k := Key{Container: container}
	if password != "" {
		k.Password = []byte(password)
	}
	return k
}

func (k Key) given() bool { return len(k.Password) > 0 || len(k.Keyfiles) > 0 }
