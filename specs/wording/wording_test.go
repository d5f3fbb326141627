package wording_test

import (
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs/wording"
)

func TestWording(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "wording")
}

var _ = DescribeTable("Near",
	func(word, want string) {
		Expect(wording.Near(word, []string{"Prepared", "Submitted", "serial"})).To(Equal(want))
	},
	Entry("another case", "PREPARED", "Prepared"),
	Entry("with a hyphen", "pre-pared", "Prepared"),
	Entry("letters exchanged", "Sumbitted", "Submitted"),
	Entry("a letter too few", "seral", "serial"),
	Entry("something else", "location", ""),
	Entry("nothing", "", ""),
)

var _ = DescribeTable("Among",
	func(want string, words ...string) { Expect(wording.Among(words)).To(Equal(want)) },
	Entry(nil, ""),
	Entry(nil, "a", "a"),
	Entry(nil, "a or b", "a", "b"),
	Entry(nil, "a, b or c", "a", "b", "c"),
)

var _ = DescribeTable("Quote",
	func(value, want string) { Expect(wording.Quote(value)).To(Equal(want)) },
	Entry(nil, "a \"b\"\n", `"a \"b\"\n"`),
	Entry("long", strings.Repeat("x", 100), `"`+strings.Repeat("x", 60)+`…"`),
	Entry("cut within a letter", strings.Repeat("x", 59)+"üü", `"`+strings.Repeat("x", 59)+`…"`),
)
