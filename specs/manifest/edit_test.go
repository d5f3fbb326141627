package manifest_test

import (
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

const mark = "s3export/v1 photos-a 1 0011223344556677"

var _ = Describe("SetGenerator", func() {
	set := func(text string) string {
		out, err := manifest.SetGenerator(secret.NewValue(text), mark)
		Expect(err).NotTo(HaveOccurred())
		return out.Reveal()
	}

	It("is put before the first option, in the style of the text", func() {
		bom, rest := spaceless[:3], spaceless[3:]
		Expect(set(spaceless)).To(Equal(bom + "generator:" + mark + "\r\n" + rest))
	})

	DescribeTable("keeps every other byte",
		func(text, want string) {
			Expect(set(text)).To(Equal(want))
			Expect(set(want)).To(Equal(want))
		},
		Entry("proper form", "# top\n\ndeviceId: x\n", "# top\n\ngenerator: "+mark+"\ndeviceId: x\n"),
		Entry("no line end", "deviceId: x", "generator: "+mark+"\ndeviceId: x"),
		Entry("document start", "---\ndeviceId: x\n", "---\ngenerator: "+mark+"\ndeviceId: x\n"),
		Entry("replaced", "a: b\ngenerator: AWS Sample App 1.0\ndeviceId: x\n", "a: b\ngenerator: "+mark+"\ndeviceId: x\n"),
		Entry("replaced, spaceless", "generator:AWS\r\ndeviceId:x\r\n", "generator:"+mark+"\r\ndeviceId:x\r\n"),
		Entry("replaced, quoted", "generator:  \"A \\\" # b\"  # c\ndeviceId: x\n", "generator:  "+mark+"  # c\ndeviceId: x\n"),
		Entry("replaced, single quotes", "generator: 'it''s' # c\n", "generator: "+mark+" # c\n"),
		Entry("replaced, empty", "generator:\ndeviceId: x\n", "generator: "+mark+"\ndeviceId: x\n"),
		Entry("replaced, only a comment", "generator: # none\ndeviceId: x\n", "generator: "+mark+" # none\ndeviceId: x\n"),
		Entry("quoted key", "\"generator\" : x\n", "\"generator\" : "+mark+"\n"),
	)

	DescribeTable("gives up rather than change the rest",
		func(text string) {
			_, err := manifest.SetGenerator(secret.NewValue(text), mark)
			Expect(err).To(MatchError(ContainSubstring("key: value")))
			Expect(err.Error()).NotTo(ContainSubstring("hunter2"))
		},
		Entry("flow style", "{deviceId: hunter2}\n"),
		Entry("flow style, empty", "{}"),
		Entry("a value of several lines", "generator: |\n  a\n  b\npinCode: hunter2\n"),
	)
})

func TestSetGeneratorKeepsEveryOtherByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := manifests().Draw(t, "manifest")
		m.Generator = ""
		m.LogBucket = "never-empty"
		rendered, err := m.Text()
		if err != nil {
			t.Fatal(err)
		}
		text := rendered.Reveal()
		if rapid.Bool().Draw(t, "crlf") {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		if rapid.Bool().Draw(t, "bom") {
			text = "\uFEFF" + text
		}
		out, err := manifest.SetGenerator(secret.NewValue(text), mark)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		at := strings.Index(out.Reveal(), "generator: "+mark)
		end := at + strings.Index(out.Reveal()[at:], "\n") + 1
		if without := out.Reveal()[:at] + out.Reveal()[end:]; without != text {
			t.Fatalf("%q became %q", text, without)
		}
	})
}

var _ = Describe("Redact", func() {
	It("keeps all but the secrets", func() {
		out, err := manifest.Redact(secret.NewValue(spaceless))
		Expect(err).NotTo(HaveOccurred())
		Expect(out).To(Equal(strings.Replace(spaceless, "hunter2 and more", "<redacted>", 1)))
	})

	DescribeTable("never shows a secret",
		func(text string) {
			out, err := manifest.Redact(secret.NewValue(text))
			Expect(err).NotTo(HaveOccurred())
			Expect(out).NotTo(ContainSubstring("hunter2"))
			Expect(out).To(ContainSubstring("<redacted>"))
		},
		Entry("plain", "pinCode: hunter2\n"),
		Entry("quoted", "pinCode: 'hunter2 # x' # y\n"),
		Entry("block", "pinCode: |\n  hunter2\n"),
		Entry("over lines", "pinCode: \"a\n  hunter2\"\n"),
		Entry("flow", "{deviceId: x, pinCode: hunter2}\n"),
		Entry("misspelled", "deviceId: x\npincode: hunter2\n"),
		Entry("misspelled, block", "pinCode: a\npincode: |\n  hunter2\n"),
		Entry("in a comment", "# pinCode: hunter2\npinCode: x\n"),
	)
})

// FuzzEdit holds SetGenerator and Redact against any text that can be read: they
// never stop the program, change nothing else, and leave no secret.
func FuzzEdit(f *testing.F) {
	f.Add(spaceless)
	f.Add("deviceId: a\rpinCode: x # y\r")
	f.Add("{pinCode: 'a', trueCryptPassword: b}\u2028")
	f.Add("- a: b\npinCode: |\n  x\n")
	f.Fuzz(func(t *testing.T, text string) {
		before, _, err := manifest.Parse([]byte(text))
		if err != nil {
			return
		}
		if out, err := manifest.SetGenerator(secret.NewValue(text), mark); err == nil {
			after, _, err := manifest.Parse([]byte(out.Reveal()))
			before.Generator = mark
			if err != nil || !equal(after, before) {
				t.Fatalf("%q became %q: %v", text, out.Reveal(), err)
			}
		}
		shown, err := manifest.Redact(secret.NewValue(text))
		if err != nil {
			return // longer than the bound once it is quoted
		}
		after, _, err := manifest.Parse([]byte(shown))
		if err != nil {
			t.Fatalf("%q became %q: %v", text, shown, err)
		}
		for _, s := range after.Secrets() {
			if v, _ := s.Literal(); v.Reveal() != secret.Redacted {
				t.Fatalf("%q became %q", text, shown)
			}
		}
	})
}
