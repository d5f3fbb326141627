package keyname_test

import (
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify/keyname"
)

var long = strings.Repeat("l", 256)

const longHash = "%~a43c19666f3e60c1c47cdffe0e453df49a3b03b3a25c8097971a092e1da82d9b"

var _ = DescribeTable("the path of a key", func(key, path string) {
	Expect(keyname.Encode(key)).To(Equal(path))
	back, ok := keyname.Decode(path)
	Expect(ok).To(BeTrue())
	Expect(back).To(Equal(key))
},
	Entry("is the key", "photos/2026/a b.jpg", "photos/2026/a b.jpg"),
	Entry("also with signs of other systems", `ü/+/\/:*?"<>|. `, `ü/+/\/:*?"<>|. `),
	Entry("also with percent signs", "100%/5% of 7%zz", "100%/5% of 7%zz"),
	Entry("control characters", "a\x00\n\r\x1f\x7fb", "a%00%0A%0D%1F%7Fb"),
	Entry("no UTF-8", "\xff\xc3/é\xe9", "%FF%C3/é%E9"),
	Entry("the replacement character", "\ufffd", "\ufffd"),
	Entry("a percent sign before digits", "%41%4a%Fa", "%2541%254a%25Fa"),
	Entry("two of them", "%%41", "%%2541"),
	Entry("percent, digit, control character", "%4\x01", "%4%01"),
	Entry("a dot", ".", "%2E"),
	Entry("two", "../a/../..", "%2E%2E/a/%2E%2E/%2E%2E"),
	Entry("three", ".../.a/a.", ".../.a/a."),
	Entry("an empty name", "a//b", "a/%2Fb"),
	Entry("two of them", "a///b", "a/%2F/b"),
	Entry("three", "a////b", "a/%2F/%2Fb"),
	Entry("one at the begin", "/a", "%2Fa"),
	Entry("a slash at the end", "a/", "a%2F"),
	Entry("two", "a//", "a/%2F"),
	Entry("a slash", "/", "%2F"),
	Entry("two slashes", "//", "%2F%2F"),
	Entry("what is ours", ".s3export/x", "%2Es3export/x"),
	Entry("but not further down", "a/.s3export/lost+found", "a/.s3export/lost+found"),
	Entry("what is the file system's", "lost+found", "%6Cost+found"),
	Entry("what begins like a digest", "%~/a%~", "%25~/a%~"),
	Entry("the longest name", long[1:], long[1:]),
)

var _ = Describe("a name that is too long", func() {
	It("is a digest", func() {
		Expect(keyname.Encode("a/" + long + "/b")).To(Equal("a/" + longHash + "/b"))
		Expect(keyname.Encode(longHash)).To(Equal("%25" + longHash[1:]))
	})

	It("counts as it is written", func() {
		Expect(keyname.Encode(strings.Repeat("\x01", 85))).To(HaveLen(255))
		Expect(keyname.Encode(strings.Repeat("\x01", 86))).To(HaveLen(66))
	})

	DescribeTable("leaves of the key", func(path, prefix string, want bool) {
		_, ok := keyname.Decode(path)
		Expect(ok).To(BeFalse())
		before, ok := keyname.Hashed(path)
		Expect(ok).To(Equal(want))
		Expect(before).To(Equal(prefix))
	},
		Entry("nothing, as the first", longHash+"/b", "", true),
		Entry("what stands before it", "a%0A/c/"+longHash, "a\n/c/", true),
		Entry("what stands before the first of two", longHash+"/"+longHash, "", true),
		Entry("no more where it is none", "a/%~12", "", false),
		Entry("no more where it is in capitals", strings.ToUpper(longHash), "", false),
	)
})

var _ = DescribeTable("no key leads to", func(path string) {
	_, ok := keyname.Decode(path)
	Expect(ok).To(BeFalse())
},
	Entry("nothing", ""),
	Entry("an empty name", "a//b"),
	Entry("a slash at the end", "a/"),
	Entry("one at the begin", "/a"),
	Entry("a dot", "./a"),
	Entry("two dots", "a/.."),
	Entry("small digits", "a%2fb"),
	Entry("what need not be written so", "%41"),
	Entry("a control character", "a\nb"),
	Entry("no UTF-8", "\xff"),
	Entry("our own folder", ".s3export/README.txt"),
	Entry("a name that is too long", long),
)

// A path that can be read is the one that its key has, or differs in slashes only that
// other keys have had written as %2F.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"a/b", "a%2Fb", "%25~", longHash, "%2E%2E/%00", "a/%2F/%2F", "%%2541", "é\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		key, ok := keyname.Decode(path)
		if !ok {
			return
		}
		again, ok := keyname.Decode(keyname.Encode(key))
		_, digest := keyname.Hashed(keyname.Encode(key))
		if !digest && (!ok || again != key) {
			t.Errorf("%q is read as %q, which has the path %q", path, key, keyname.Encode(key))
		}
		check(t, path)
	})
}
