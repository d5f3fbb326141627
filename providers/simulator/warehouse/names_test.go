package warehouse

import (
	"strings"
	"testing"
	"unicode/utf8"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = DescribeTable("Path",
	func(key, path string, ok bool) {
		got, can := Path(key)
		Expect(can).To(Equal(ok))
		Expect(got).To(Equal(path))
	},
	Entry("plain", "images/2014/a b.jpg", "images/2014/a b.jpg", true),
	Entry("a directory", "images/", "images/", true),
	Entry("letters of any kind", "é\\n\t*?.jpg", "é\\n\t*?.jpg", true),
	Entry("dots in names", "..a/.b./...", "..a/.b./...", true),
	Entry("NUL is removed", "a\x00b", "ab", true),
	Entry("nothing but NUL", "\x00", "", false),
	Entry("255 bytes", strings.Repeat("x", 255)+"/a", strings.Repeat("x", 255)+"/a", true),
	Entry("256 bytes", "a/"+strings.Repeat("x", 256), "", false),
	Entry("empty component", "a//b", "", false),
	Entry("leading slash", "/a", "", false),
	Entry("two final slashes", "a//", "", false),
	Entry("a slash", "/", "", false),
	Entry("dot", "a/./b", "", false),
	Entry("dot dot", "../etc/passwd", "", false),
	Entry("a directory dot dot", "a/../", "", false),
	Entry("not UTF-8", "a\xffb", "", false),
)

var _ = DescribeTable("directories of the manifest",
	func(name, path string) { Expect(directory(name)).To(Equal(path)) },
	Entry("plain", "photos", "photos"),
	Entry("slashes", "//photos//2026/", "photos/2026"),
	Entry("the root", "/", ""),
)

var _ = It("numbers the recovery directory as the guide says", func() {
	Expect(recovery("EXPORT-RECOVERY", 0)).To(Equal("EXPORT-RECOVERY/0000/0000"))
	Expect(recovery("EXPORT-RECOVERY", 9999)).To(Equal("EXPORT-RECOVERY/0000/9999"))
	Expect(recovery("EXPORT-RECOVERY", 10000)).To(Equal("EXPORT-RECOVERY/0001/0000"))
	Expect(recovery("r", maxRecovered-1)).To(Equal("r/9999/9999"))
})

// FuzzPath: whatever the key, the path stays below its directory and is one that
// ext4 can hold.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"a", "a/", "a//b", "../a", "a/..", "\x00", "/", "a/.\x00./b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		path, ok := Path(key)
		if !ok {
			return
		}
		if !utf8.ValidString(path) || strings.HasPrefix(path, "/") || strings.Contains(path, "//") {
			t.Fatalf("%q became %q", key, path)
		}
		for _, part := range strings.Split(strings.TrimSuffix(path, "/"), "/") {
			if part == "" || part == "." || part == ".." || len(part) > 255 || strings.ContainsRune(part, 0) {
				t.Fatalf("%q became %q", key, path)
			}
		}
	})
}
