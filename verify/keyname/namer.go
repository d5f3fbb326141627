package keyname

import "strings"

// Namer gives the keys of one bucket and one directory their paths. It takes them in
// byte order, each one once or more often. Between a file and what would lie below it
// come only keys that begin with the file's, so the files above the key at hand are all
// that it remembers. The zero value is ready. It is not safe for concurrent use.
//
// Paths depend on which keys there are: where a becomes a file, a/b is a%2Fb from then on.
type Namer struct {
	last  string
	files []int // lengths of those keys that last begins with, in order
}

// Path returns the path of an object; dir says that the object is a directory and no
// file. Two files never have one path, and no directory that one of them lies in, or that
// stands for an object, has the path of a file.
func (n *Namer) Path(key string, size int64) (path string, dir bool) {
	shared := common(n.last, key)
	n.last = key
	for len(n.files) > 0 && n.files[len(n.files)-1] > shared {
		n.files = n.files[:len(n.files)-1]
	}
	if body, ok := strings.CutSuffix(key, "/"); ok && size == 0 {
		if body == "" || strings.HasSuffix(body, "/") || n.has(len(body)) {
			body = key
		}
		return encode(body, n.files), true
	}
	path = encode(key, n.files)
	if !n.has(len(key)) {
		n.files = append(n.files, len(key))
	}
	return path, false
}

// has reports whether the longest file above the key at hand is that long.
func (n *Namer) has(length int) bool {
	return len(n.files) > 0 && n.files[len(n.files)-1] == length
}

func common(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return i
}
