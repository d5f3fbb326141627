package keyname_test

import (
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify/keyname"
)

// paths gives keys their paths, in byte order; a key that ends with a slash is empty. A
// directory is told by a slash.
func paths(keys ...string) []string {
	slices.Sort(keys)
	var n keyname.Namer
	var all []string
	for _, key := range keys {
		size := int64(1)
		if strings.HasSuffix(key, "/") {
			size = 0
		}
		path, dir := n.Path(key, size)
		if dir {
			path += "/"
		}
		all = append(all, path)
	}
	return all
}

var _ = DescribeTable("a namer", func(keys, want []string) { Expect(paths(keys...)).To(Equal(want)) },
	Entry("gives ordinary keys theirs", []string{"a", "b/c", "b/d/e"}, []string{"a", "b/c", "b/d/e"}),
	Entry("keeps what lies below a file beside it",
		[]string{"a", "a-b", "a/b", "a/b/c", "a/d/e", "ab/c"}, []string{"a", "a-b", "a%2Fb", "a%2Fb%2Fc", "a%2Fd/e", "ab/c"}),
	Entry("forgets a file that is no longer in the way", []string{"a/b", "a/b-c", "a/bb/c", "b/c"}, []string{"a/b", "a/b-c", "a/bb/c", "b/c"}),
	Entry("makes markers directories", []string{"a/", "a/b", "c/d/"}, []string{"a/", "a/b", "c/d/"}),
	Entry("of their own beside a file", []string{"a", "a/", "a/b"}, []string{"a", "a%2F/", "a%2Fb"}),
	Entry("also where slashes follow each other", []string{"/", "a/", "a//", "a///", "a///b"},
		[]string{"%2F/", "a/", "a/%2F/", "a/%2F%2F/", "a/%2F/b"}),
)

var _ = It("a namer may be asked again", func() {
	Expect(paths("a", "a", "a/b", "a/b")).To(Equal([]string{"a", "a", "a%2Fb", "a%2Fb"}))
})

var _ = It("a namer tells content under a key that ends with a slash from a marker", func() {
	var n keyname.Namer
	path, dir := n.Path("a/", 1)
	Expect(dir).To(BeFalse())
	Expect(path).To(Equal("a%2F"))
	path, _ = n.Path("a//b", 1)
	Expect(path).To(Equal("a/%2Fb"))
})
