package warehouse

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxComponent is ext4's limit of a name, in bytes (fs/ext4/ext4.h, EXT4_NAME_LEN).
const maxComponent = 255

// defaultRecovery is AWS's default of recoveryDirectory.
const defaultRecovery = "EXPORT-RECOVERY"

// Path returns the path of a key below its operation's directory, with a final
// slash for a key that becomes a directory. It is false for keys that no path can
// hold; those go to the recovery directory.
func Path(key string) (string, bool) {
	path := strings.ReplaceAll(key, "\x00", "")
	if path == "" || !utf8.ValidString(path) {
		return "", false
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(path, "/"), "/") {
		if part == "" || part == "." || part == ".." || len(part) > maxComponent {
			return "", false
		}
	}
	return path, true
}

// directory returns a directory of the manifest as a clean relative path, without
// slashes at its ends; "" is the root of the device.
func directory(name string) string {
	parts := strings.FieldsFunc(strings.ReplaceAll(name, "\x00", ""), func(r rune) bool { return r == '/' })
	return strings.Join(parts, "/")
}

// recovery names the n-th file of the recovery directory: 0000/0000 to 9999/9999.
func recovery(directory string, n int) string {
	return fmt.Sprintf("%s/%04d/%04d", directory, n/10_000, n%10_000)
}

// maxRecovered is the guide's limit of files in the recovery directory.
const maxRecovered = 100_000_000
