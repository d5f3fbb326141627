package keyname_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/verify/keyname"
)

// fatal is what tests of all kinds have.
type fatal interface {
	Fatalf(format string, args ...any)
}

// check holds a path against what ext4 and a careful program can hold.
func check(t fatal, path string) {
	if !utf8.ValidString(path) {
		t.Fatalf("%q is no path", path)
	}
	for name := range strings.SplitSeq(path, "/") {
		if name == "" || name == "." || name == ".." || len(name) > 255 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Fatalf("%q is no name in %q", name, path)
		}
	}
}

// drawKeys draws keys that get in each other's way.
func drawKeys(t *rapid.T) map[string]int64 {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{"/", "/", "//", ".", "..", "%", "%2F", "%2f", "%~", "2", "F", "f", "~", "\x00", "\n", "é", "\xff", "a", "b", "a/", "/a",
			".s3export", "lost+found", "%25", "%2E", longHash}),
		rapid.Map(rapid.IntRange(250, 260), func(n int) string { return strings.Repeat("x", n) }),
	)
	key := rapid.Map(rapid.SliceOfN(piece, 1, 6), func(all []string) string {
		text := strings.Join(all, "")
		return text[:min(len(text), 1024)]
	})
	keys := rapid.MapOfN(key, rapid.Int64Range(0, 1), 1, 40).Draw(t, "keys")
	for k := range maps.Clone(keys) { // what lies above, too
		if i := strings.LastIndexByte(k, '/'); i > 0 && rapid.Bool().Draw(t, "above") {
			keys[k[:i]] = 1
		}
	}
	return keys
}

func TestNamerProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := drawKeys(t)
		var n keyname.Namer
		files, objects, above := map[string]string{}, map[string]string{}, map[string]bool{}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			path, dir := n.Path(key, keys[key])
			check(t, path)
			if dir != (keys[key] == 0 && strings.HasSuffix(key, "/")) {
				t.Fatalf("%q: dir %v", key, dir)
			}
			if other, taken := objects[path]; taken {
				t.Fatalf("%q and %q have the path %q", key, other, path)
			}
			objects[path] = key
			if !dir {
				files[path] = key
			}
			for i := range path {
				if path[i] == '/' || i == 0 && dir {
					above[path[:i]] = true
				}
			}
			if dir {
				above[path] = true
			}
			readBack(t, path, key, dir)
		}
		for path, key := range files {
			if above[path] {
				t.Fatalf("%q has the path %q, which is a directory", key, path)
			}
		}
	})
}

func readBack(t *rapid.T, path, key string, dir bool) {
	if len(path) > 3*len(key) {
		t.Fatalf("%q has a path of %d bytes", key, len(path))
	}
	if prefix, hashed := keyname.Hashed(path); hashed {
		if !strings.HasPrefix(key, prefix) {
			t.Fatalf("%q is of %q, not below %q", path, key, prefix)
		}
		return
	}
	back, ok := keyname.Decode(path)
	if dir && !strings.HasSuffix(back, "/") {
		back += "/"
	}
	if !ok || back != key {
		t.Fatalf("%q has the path %q, which is read as %q, %v", key, path, back, ok)
	}
}

func TestEncodeProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seen := map[string]string{}
		for key := range drawKeys(t) {
			path := keyname.Encode(key)
			check(t, path)
			if other, taken := seen[path]; taken {
				t.Fatalf("%q and %q have the path %q", key, other, path)
			}
			seen[path] = key
			readBack(t, path, key, false)
		}
	})
}
