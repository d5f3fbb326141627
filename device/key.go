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

// passphrase is what a key is to LUKS: the password, or the content of the only key file.
// Others are no keys of LUKS.
func (k Key) passphrase() (secret []byte, ok bool) {
	switch {
	case len(k.Password) > 0 && len(k.Keyfiles) == 0:
		return k.Password, true
	case len(k.Password) == 0 && len(k.Keyfiles) == 1 && len(k.Keyfiles[0]) > 0:
		return k.Keyfiles[0], true
	}
	return nil, false
}
