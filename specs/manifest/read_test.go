package manifest_test

import (
	"reflect"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs/manifest"
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
		Entry("alias", "pinCode: *hunter2\n", "begins with \"*\""),
		Entry("anchor", "pinCode: &hunter2 x\n", "anchor"),
		Entry("a map for a text", "pinCode: {env: hunter2}\n", "sources belong in a spec file"),
		Entry("a map for a text", "deviceId: {env: hunter2}\n", "a text is wanted"),
		Entry("a map for a list", "operations: {exportBucket: hunter2}\n", "a list is wanted"),
		Entry("bad syntax", "pinCode: \"hunter2\nx", "line"),
		Entry("two documents", "deviceId: a\n---\ndeviceId: hunter2\n", "more than one"),
		Entry("not UTF-8", "pinCode: hunter2\xff\n", "UTF-8"),
		Entry("too long", strings.Repeat("# hunter2\n", 7000), "longer than"),
	)
})

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
