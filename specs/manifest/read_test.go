package manifest_test

import (
	"reflect"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

func equal(a, b manifest.Manifest) bool { return reflect.DeepEqual(a, b) }

var _ = Describe("Parse", func() {
	It("reads AWS's own style: no spaces, CRLF, byte order mark, tabs", func() {
		m, warnings, err := manifest.Parse([]byte(spaceless))
		Expect(err).NotTo(HaveOccurred())
		Expect(m).To(Equal(manifest.Manifest{
			ManifestVersion: "2.0", DeviceID: "WD-1", FileSystem: "EXT4", LogBucket: "photos-logs",
			TrueCryptPassword: literal("hunter2 and more"),
			Operations: []manifest.Operation{
				{ExportBucket: "photos", Prefix: "2026/", TargetDirectory: "all"},
				{ExportBucket: "music", TargetDirectory: "songs"},
			},
			ReturnAddress: &manifest.Address{Name: "Jane Roe", Street1: "123 Any Street", PostalCode: "02134", Country: "USA"},
		}))
		Expect(warnings).To(HaveLen(2))
		Expect(warnings[0].Line).To(Equal(1))
		Expect(warnings[1].Field).To(Equal("targetDirectory"))
	})

	It("reads the proper form to the same manifest", func() {
		proper := lf(strings.TrimPrefix(spaceless, "\uFEFF"))
		for _, fix := range [][2]string{{"\t", "  "}, {":", ": "}} {
			proper = strings.ReplaceAll(proper, fix[0], fix[1])
		}
		a, _, err := manifest.Parse([]byte(proper))
		Expect(err).NotTo(HaveOccurred())
		b, _, err := manifest.Parse([]byte(spaceless))
		Expect(err).NotTo(HaveOccurred())
		Expect(a).To(Equal(b))
	})

	DescribeTable("takes values as they are written",
		func(value string) {
			for _, colon := range []string{": ", ":", ":\t"} {
				m, _, err := manifest.Parse([]byte("deviceId" + colon + value + "\nlogBucket" + colon + "b\n"))
				Expect(err).NotTo(HaveOccurred())
				Expect(m.DeviceID).To(Equal(value))
			}
		},
		Entry("leading zero", "02134"), Entry("leading zero, no octal", "02139"), Entry("a boolean", "NO"),
		Entry("infinity", "1E234"), Entry("trailing zero", "1.10"), Entry("long", "012345678901"),
		Entry("version", "2.0"), Entry("date", "2026-11-01"), Entry("base 60", "12:30:45"),
	)

	DescribeTable("yes and no", func(text string, want manifest.YesNo) {
		m, _, err := manifest.Parse([]byte("customs: {encryptedData: " + text + "}"))
		Expect(err).NotTo(HaveOccurred())
		Expect(m.Customs.EncryptedData).To(Equal(want))
	},
		Entry(nil, "yes", manifest.Yes), Entry(nil, "True", manifest.Yes), Entry(nil, "NO", manifest.No),
		Entry(nil, "false", manifest.No), Entry(nil, "maybe", manifest.YesNo("maybe")),
	)

	It("warns of options that exports do not have, without showing them", func() {
		_, warnings, err := manifest.Parse([]byte("deviceId: x\nhunter2: swordfish\n"))
		Expect(err).NotTo(HaveOccurred())
		Expect(warnings).To(HaveLen(1))
		Expect(warnings[0].Line).To(Equal(2))
		Expect(warnings[0].Error()).NotTo(Or(ContainSubstring("hunter2"), ContainSubstring("swordfish")))
	})

	DescribeTable("says of an option what became of it",
		func(text, warning string) {
			_, warnings, err := manifest.Parse([]byte(text))
			Expect(err).NotTo(HaveOccurred())
			Expect(warnings).To(HaveLen(1))
			Expect(warnings[0].Error()).To(Equal(warning))
			Expect(warnings[0].Minor).To(BeTrue())
		},
		Entry("of import jobs", "eraseDevice: yes\n", "line 1: eraseDevice: belongs to import jobs; remove the line"),
		Entry("misspelled", "deviceId: x\npincode: 1234\n", "line 2: an option that exports do not have; did you mean pinCode?"),
		Entry("misspelled, below", "returnAddress:\n  steet1: x\n", "line 2: returnAddress: an option that exports do not have; did you mean street1?"),
		Entry("of nothing", "favorite: blue\n", "line 1: an option that exports do not have; remove the line, or correct its name"),
		Entry("at the wrong level", "operations:\n  - exportBucket: b\n    logBucket: l\n", "line 3: logBucket: stands inside operations[0], where it is not looked for; move the line to the top level of the manifest"),
	)

	DescribeTable("refuses, without showing secrets",
		func(text, problem string) {
			_, _, err := manifest.Parse([]byte(text))
			Expect(err).To(MatchError(ContainSubstring(problem)))
			Expect(err.Error()).NotTo(ContainSubstring("hunter2"))
			for _, p := range manifest.Problems(err) {
				Expect(p.Remedy).NotTo(BeEmpty())
			}
		},
		Entry("nothing", "", "empty"),
		Entry("only a comment", "# hunter2\n", "empty"),
		Entry("a text", "hunter2", "options are wanted"),
		Entry("a list", "- hunter2", "options are wanted"),
		Entry("twice", "deviceId: hunter2\ndeviceId: b\n", "line 2: deviceId: given twice"),
		Entry("twice, spaceless", "pinCode:hunter2\r\nlogBucket:b\r\npinCode:b\r\n", "line 3: pinCode: given twice"),
		Entry("twice, below", "returnAddress:\n  city: hunter2\n  city: b\n", "line 3: returnAddress.city: given twice"),
		Entry("twice, in an operation", "operations:\n- prefix: hunter2\n  prefix: b\n", "line 3: operations[0].prefix: given twice"),
		Entry("alias", "deviceId: x\npinCode: *hunter2\n", "line 2: a value begins with \"*\""),
		Entry("anchor", "pinCode: &hunter2 x\n", "anchor"),
		Entry("a map for a text", "pinCode: {env: hunter2}\n", "sources belong in a spec file"),
		Entry("a map for a text", "deviceId: {env: hunter2}\n", "a text is wanted"),
		Entry("a map for a list", "operations: {exportBucket: hunter2}\n", "a list is wanted"),
		Entry("a quote that is not closed", "deviceId: x\npinCode: \"hunter2\nx", "not YAML"),
		Entry("a bracket that is not closed", "deviceId: x\nlogBucket: [hunter2\nfileSystem: EXT4\n", "line 1: not YAML"),
		Entry("depth that does not fit", "operations:\n  - exportBucket: b\n prefix: hunter2\n", "line 2: not YAML"),
		Entry("a web page", "<html>\n<body>hunter2</body>\n</html>\n", "line 1: options are wanted"),
		Entry("a spec", "kind: Backup\nspec:\n  manifest: {pinCode: hunter2}\n---\n", "more than one"),
		Entry("two documents", "deviceId: a\n---\ndeviceId: hunter2\n", "more than one"),
		Entry("not UTF-8", "deviceId: x\npinCode: hunter2\xff\n", "line 2: not UTF-8"),
		Entry("Latin 1", "deviceId: x\nreturnAddress:\n  city: Z\xfcrich\n", "line 3: not UTF-8"),
		Entry("UTF-16", "\xff\xfed\x00e\x00v\x00", "line 1: not UTF-8 text, but UTF-16"),
		Entry("UTF-16, the other way round", "\xfe\xff\x00d\x00e", "UTF-16"),
		Entry("a NUL", "deviceId: x\r\n\r\npinCode: hunter2\x00\r\n", "line 3: a control character, U+0000"),
		Entry("an escape", "pinCode: \x1b[hunter2\n", "line 1: a control character, U+001B"),
		Entry("a program", "\x7fELF\x02\x01\x01\x00", "line 1: a control character"),
		Entry("too long", strings.Repeat("# hunter2\n", 7000), "longer than"),
		Entry("a megabyte", strings.Repeat("pinCode: hunter2\n", 1<<16), "longer than 65536 bytes"),
		Entry("brackets without end", strings.Repeat("[", 60_000), "not YAML"),
	)
})

var _ = DescribeTable("every line break that YAML knows",
	func(end string) {
		for _, colon := range []string{": ", ":"} {
			text := strings.NewReplacer("\n", end, ": ", colon).Replace("deviceId: WD-1\npinCode: hunter2\nlogBucket: logs\n")
			m, _, err := manifest.Parse([]byte(text))
			Expect(err).NotTo(HaveOccurred())
			Expect(m).To(Equal(manifest.Manifest{DeviceID: "WD-1", PinCode: literal("hunter2"), LogBucket: "logs"}))
			shown, err := manifest.Redact(secret.NewValue(text))
			Expect(err).NotTo(HaveOccurred())
			Expect(shown).To(Equal(strings.Replace(text, "hunter2", "<redacted>", 1)))
			marked, err := manifest.SetGenerator(secret.NewValue(text), mark)
			Expect(err).NotTo(HaveOccurred())
			Expect(marked.Reveal()).To(Equal("generator" + colon + mark + end + text))
		}
	},
	Entry("LF", "\n"), Entry("CRLF", "\r\n"), Entry("CR", "\r"),
	Entry("NEL", "\u0085"), Entry("LS", "\u2028"), Entry("PS", "\u2029"),
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(spaceless))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("manifestVersion: 2.0\noperations:\n- exportBucket: b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, _, err := manifest.Parse(data)
		if err != nil {
			return
		}
		text, err := m.Text()
		if err != nil {
			return // longer than the bound once it is quoted
		}
		again, _, err := manifest.Parse([]byte(text.Reveal()))
		if err != nil {
			t.Fatalf("own text refused: %v", err)
		}
		if len(m.Operations) == 0 {
			m.Operations = nil
		}
		if !equal(again, m) {
			t.Fatalf("%q\n got %#v\nwant %#v", text.Reveal(), again, m)
		}
	})
}
