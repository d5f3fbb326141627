package manifest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

func literal(text string) *secret.Source {
	s := secret.Literal(secret.NewValue(text))
	return &s
}

func TestTextReadsBackAsTheSameManifest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := manifests().Draw(t, "manifest")
		text, err := m.Text()
		if err != nil {
			t.Fatal(err)
		}
		got, warnings, err := manifest.Parse([]byte(text.Reveal()))
		if err != nil || len(warnings) > 0 {
			t.Fatalf("%q: %v %v", text.Reveal(), warnings, err)
		}
		if !equal(got, m) {
			t.Fatalf("%q\n got %#v\nwant %#v", text.Reveal(), got, m)
		}
	})
}

var _ = Describe("Text", func() {
	full := manifest.Manifest{
		ManifestVersion: "2.0", Generator: "s3export/v1 a 1 0011223344556677", DeviceID: "WD-1", FileSystem: "EXT4",
		Operations: []manifest.Operation{{ExportBucket: "photos", Prefix: "2026/", TargetDirectory: "photos"}},
		LogBucket:  "logs", PinCode: literal("0123"),
		ReturnAddress: &manifest.Address{Name: "Jane Roe", PostalCode: "02134", Country: "NO"},
		Customs:       &manifest.Customs{EncryptedData: manifest.Yes, DeviceValue: "250.00"},
	}

	It("is AWS's canonical form, with quotes where YAML would mangle a text", func() {
		text, err := full.Text()
		Expect(err).NotTo(HaveOccurred())
		Expect(text.Reveal()).To(Equal(`manifestVersion: 2.0
generator: s3export/v1 a 1 0011223344556677
deviceId: WD-1
fileSystem: EXT4
operations:
  - exportBucket: photos
    prefix: 2026/
    targetDirectory: photos
logBucket: logs
pinCode: "0123"
returnAddress:
  name: Jane Roe
  postalCode: "02134"
  country: "NO"
customs:
  encryptedData: yes
  deviceValue: "250.00"
`))
	})

	It("hides secrets when it is printed", func() {
		text, err := full.Text()
		Expect(err).NotTo(HaveOccurred())
		Expect(fmt.Sprintf("%s %v %+v %#v %q", text, text, full, full, text)).NotTo(ContainSubstring("0123"))
		Expect(full.Redacted()).To(And(ContainSubstring("pinCode: <redacted>\n"), Not(ContainSubstring("0123"))))
	})

	It("wants its secrets read", func() {
		m := full
		m.PinCode = &secret.Source{Env: "PIN"}
		_, err := m.Text()
		Expect(err).To(MatchError(ContainSubstring("pinCode")))
	})

	It("is bounded", func() {
		m := full
		for range 3000 {
			m.Operations = append(m.Operations, manifest.Operation{ExportBucket: "a-long-name-of-a-bucket"})
		}
		_, err := m.Text()
		Expect(err).To(MatchError(ContainSubstring("longer than 65536 bytes")))
	})
})

var _ = Describe("WithSecrets", func() {
	m := manifest.Manifest{PinCode: &secret.Source{Env: "PIN"}, TrueCryptPassword: literal("kept")}
	read := func(value string, err error) manifest.Resolve {
		return func(context.Context, secret.Source) (secret.Value, error) { return secret.NewValue(value), err }
	}

	It("reads sources, keeps literals and leaves the original alone", func() {
		got, err := m.WithSecrets(context.Background(), read("1234", nil))
		Expect(err).NotTo(HaveOccurred())
		pin, _ := got.PinCode.Literal()
		Expect(pin.Reveal()).To(Equal("1234"))
		kept, _ := got.TrueCryptPassword.Literal()
		Expect(kept.Reveal()).To(Equal("kept"))
		Expect(m.PinCode.Env).To(Equal("PIN"))
	})

	It("names the source that cannot be read", func() {
		broken := errors.New("no such thing")
		_, err := m.WithSecrets(context.Background(), read("", broken))
		Expect(err).To(MatchError(broken))
		Expect(err).To(MatchError(ContainSubstring("env:PIN")))
	})

	It("refuses an empty secret", func() {
		_, err := m.WithSecrets(context.Background(), read("", nil))
		Expect(err).To(MatchError(ContainSubstring("is empty")))
	})
})

var _ = Describe("Digest", func() {
	It("leaves out generator and secret values, but not that there is a secret", func() {
		a := manifest.Manifest{LogBucket: "x", Generator: "one", PinCode: literal("1234")}
		b := manifest.Manifest{LogBucket: "x", Generator: "two", PinCode: &secret.Source{Env: "PIN"}}
		Expect(manifest.Digest(a)).To(Equal(manifest.Digest(b)))
		Expect(manifest.Digest(a)).To(HavePrefix("sha256:"))
		b.PinCode = nil
		Expect(manifest.Digest(a)).NotTo(Equal(manifest.Digest(b)))
		b.PinCode, b.LogBucket = a.PinCode, "y"
		Expect(manifest.Digest(a)).NotTo(Equal(manifest.Digest(b)))
	})
})
