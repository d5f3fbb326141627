package manifest_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs/manifest"
)

var _ = Describe("ReadForm", func() {
	DescribeTable("takes values in brackets for texts",
		func(line, want string) {
			for _, text := range []string{line, "# x\r\nfileSystem:EXT4\r\n" + line + "\r\n", line + "\nfileSystem: EXT4\n"} {
				r, err := manifest.ReadForm([]byte(text))
				Expect(err).NotTo(HaveOccurred(), text)
				Expect(r.Manifest.LogBucket).To(Equal(want))
			}
		},
		Entry("closed", "logBucket: [Your log bucket]", "[Your log bucket]"),
		Entry("spaceless", "logBucket:[Your log bucket]", "[Your log bucket]"),
		Entry("not closed", "logBucket: [one|another", "[one|another"),
		Entry("with a comment", "logBucket: [one, two] # or three", "[one, two]"),
		Entry("with what YAML likes", `logBucket: [a: b "c" \ #d]`, `[a: b "c" \`),
		Entry("no brackets", "logBucket: photos", "photos"),
	)

	It("reads a byte order mark before one", func() {
		r, err := manifest.ReadForm([]byte("\uFEFFlogBucket:[x]\r\n"))
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Manifest.LogBucket).To(Equal("[x]"))
	})

	It("reads operations that are written as a list on one line", func() {
		r, err := manifest.ReadForm([]byte("operations: [{exportBucket: photos}]\nlogBucket: [x\n"))
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Manifest.Operations).To(Equal([]manifest.Operation{{ExportBucket: "photos"}}))
		Expect(r.Line("logBucket")).To(Equal(2))
	})

	DescribeTable("refuses what is no manifest all the same",
		func(text, problem string) {
			_, err := manifest.ReadForm([]byte(text))
			Expect(err).To(MatchError(ContainSubstring(problem)))
			Expect(err.Error()).NotTo(ContainSubstring("hunter2"))
		},
		Entry("nothing", "", "empty"),
		Entry("a list", "[hunter2", "not YAML"),
		Entry("twice", "pinCode:[hunter2]\npinCode:[x]\n", "line 2: pinCode: given twice"),
		Entry("not UTF-8", "pinCode:[hunter2\xff]\n", "not UTF-8"),
		Entry("something else besides", "pinCode:[hunter2]\ndeviceId: {\n", "not YAML"),
	)
})
