package specs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
)

func minimal() string {
	text, err := os.ReadFile("../examples/minimal.yaml")
	if err != nil {
		panic(err)
	}
	return string(text)
}

func decodeOne(text string) specs.Document {
	GinkgoHelper()
	docs, err := specs.Decode("/etc/specs/a.yaml", []byte(text), specs.Options{})
	Expect(err).NotTo(HaveOccurred())
	Expect(docs).To(HaveLen(1))
	return docs[0]
}

var _ = Describe("Decode", func() {
	It("gives the defaults", func() {
		d := decodeOne(minimal())
		Expect(d.Spec.Run).To(Equal("1"))
		Expect(d.Spec.Device.Format).To(Equal(specs.FormatIfBlank))
		Expect(d.Spec.Verify.Sample).To(Equal(specs.Sample("100")))
		Expect(d.Spec.Paperwork.Paper).To(Equal("A4"))
		Expect(d.Manifest.ManifestVersion).To(Equal("2.0"))
		Expect(d.Manifest.FileSystem).To(Equal("EXT4"))
		Expect(d.Manifest.Operations[0].TargetDirectory).To(Equal("photos"))
		Expect(d.File).To(Equal("/etc/specs/a.yaml"))
		Expect(d.Line).To(Equal(5))
		Expect(d.Digest).To(HavePrefix("sha256:"))
	})

	It("reads CRLF, a byte order mark, several documents and JSON alike", func() {
		want := decodeOne(minimal()).Digest
		Expect(decodeOne("\uFEFF" + strings.ReplaceAll(minimal(), "\n", "\r\n")).Digest).To(Equal(want))
		Expect(decodeOne("# first\n---\n" + minimal() + "---\n# last\n").Digest).To(Equal(want))
		Expect(decodeOne("--- " + asJSON(minimal(), "") + "\n").Digest).To(Equal(want))
		Expect(decodeOne(asJSON(minimal(), "\t")).Digest).To(Equal(want))
	})

	It("reads kubectl's List, each item with its line", func() {
		second := strings.Replace(minimal(), "photos-a", "photos-b", 1)
		docs, err := specs.Decode("l.json", []byte(`{"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": [`+"\n"+
			asJSON(minimal(), "")+",\n"+asJSON(second, "")+"]}"), specs.Options{})
		Expect(err).NotTo(HaveOccurred())
		Expect(docs).To(HaveLen(2))
		Expect(docs[1].Metadata.Name).To(Equal("photos-b"))
		Expect(docs[1].Line).To(Equal(3))
	})

	It("resolves paths against the spec file, but takes the digest of what is written", func() {
		text := strings.Replace(minimal(), "serial: WD-WCC4E0000000", "image: drives/a.img", 1)
		text = strings.Replace(text, "{credential: photos-pin}", "{file: pin}", 1) + "  paperwork: {directory: paper}\n"
		d := decodeOne(text)
		Expect(d.Spec.Device.Image).To(Equal("/etc/specs/drives/a.img"))
		Expect(d.Spec.Paperwork.Directory).To(Equal("/etc/specs/paper"))
		Expect(d.Manifest.PinCode.File).To(Equal("/etc/specs/pin"))
		Expect(d.Spec.Manifest.PinCode.File).To(Equal("/etc/specs/pin"))
		docs, err := specs.Decode("-", []byte(text), specs.Options{Dir: "/srv"})
		Expect(err).NotTo(HaveOccurred())
		Expect(docs[0].Spec.Device.Image).To(Equal("/srv/drives/a.img"))
		Expect(docs[0].Digest).To(Equal(d.Digest))
		Expect(docs[0].Selector()).To(Equal(d.Selector()))
	})

	It("takes numbers without quotes where they are numbers", func() {
		d := decodeOne(minimal() + "    size: 4000787030016\n  verify: {sample: 20}\n")
		Expect(d.Spec.Device.Size).To(Equal(specs.Size("4000787030016")))
		Expect(d.Spec.Verify.Sample).To(Equal(specs.Sample("20")))
	})

	DescribeTable("is not fooled by numbers that would change",
		func(size string) {
			_, err := specs.Decode("a.yaml", []byte(minimal()+"    size: "+size+"\n"), specs.Options{})
			Expect(err).To(MatchError(ContainSubstring("put it in quotes")))
		},
		Entry(nil, "0x10"), Entry(nil, "010"), Entry(nil, "1_000"), Entry(nil, "4e12"), Entry(nil, "1.10"),
		Entry(nil, "99999999999999999999"), Entry(nil, "+5"),
	)

	It("changes its digest with what is wanted, not with labels", func() {
		want := decodeOne(minimal()).Digest
		Expect(decodeOne(minimal() + "    location: safe\n").Digest).NotTo(Equal(want))
		Expect(decodeOne(strings.Replace(minimal(), "metadata:", "metadata:\n  labels: {a: b}", 1)).Digest).To(Equal(want))
	})

	DescribeTable("survives", func(text, problem string) {
		_, err := specs.Decode("a.yaml", []byte(text), specs.Options{})
		Expect(err).To(MatchError(ContainSubstring(problem)))
	},
		Entry("a large file", strings.Repeat("# x\n", 300_000), "larger than 1048576 bytes"),
		Entry("brackets without end", strings.Repeat("[", 500_000), "not YAML"),
		Entry("braces without end", strings.Repeat("{a: ", 200_000), "not YAML"),
		Entry("deep lists", "spec: "+strings.Repeat("[", 9_000)+strings.Repeat("]", 9_000), "members are wanted"),
		Entry("deep indentation", strings.Repeat("- ", 500_000), "not YAML"),
		Entry("a bomb of aliases", "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\n", "unknown key"),
		Entry("many documents", strings.Repeat("---\na: b\n", 2_000), "unknown key"),
		Entry("NUL", "a\x00b", "control character"),
	)

	It("keeps the cause of a file problem", func() {
		_, err := specs.Load([]string{"no-such-file.yaml"}, specs.Options{})
		Expect(errors.Is(err, fs.ErrNotExist)).To(BeTrue())
	})
})

// FuzzWalk: what the walk lets pass is decoded to the texts that were written.
func FuzzWalk(f *testing.F) {
	f.Add([]byte(minimal()))
	for _, v := range []string{"02134", "NO", "1E234", "1.10", "012345678901", "\"02134\"", "'x'", "|\n   x\n", "0o7", "!!str 1", "x # y"} {
		f.Add([]byte("metadata:\n  name: " + v + "\nspec:\n  run: " + v + "\n  verify: {sample: " + v + "}\n"))
	}
	for _, v := range []string{"99%", "99", "'99%'", "1.0", "{}", "null"} {
		f.Add([]byte("spec:\n  verify: {sample: {confidence: " + v + ", maxBad: 0.1%}}\n"))
	}
	for _, v := range []string{"16", "016", "1e1", "-1", "0", "16.0", "'16'", "1%", "true", "0x10"} {
		f.Add([]byte("spec:\n  provider: {pull: {concurrency: " + v + ", bandwidth: " + v + ", guard: {maxDeleted: " + v + "}}}\n"))
	}
	for _, dir := range []string{"testdata/bad", "../examples"} {
		files, err := specs.Files([]string{dir}, specs.Options{Recursive: true})
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(filepath.Clean(file))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		written, got, ok := specs.Walked(data)
		if !ok {
			return
		}
		texts := map[string]string{
			"apiVersion": got.APIVersion, "kind": got.Kind, "metadata.name": got.Metadata.Name,
			"spec.phase": string(got.Spec.Phase), "spec.run": got.Spec.Run,
			"spec.device.serial": got.Spec.Device.Serial, "spec.device.size": string(got.Spec.Device.Size),
			"spec.verify.maxAge": string(got.Spec.Verify.MaxAge),
		}
		if terms, ok := got.Spec.Verify.Sample, written["spec.verify.sample"] == ""; ok && terms != "" {
			text := "confidence=" + written["spec.verify.sample.confidence"] + ",maxBad=" + written["spec.verify.sample.maxBad"]
			if string(terms) != text {
				t.Fatalf("sample: written %q, decoded %q", text, terms)
			}
		} else {
			texts["spec.verify.sample"] = string(terms)
		}
		if p := got.Spec.Provider.Pull; p != nil {
			texts["spec.provider.pull.bandwidth"], texts["spec.provider.pull.guard.maxDeleted"] = string(p.Bandwidth), string(p.Guard.MaxDeleted)
			if p.Concurrency != 0 {
				texts["spec.provider.pull.concurrency"] = strconv.Itoa(p.Concurrency)
			}
		}
		if m := got.Spec.Manifest; m != nil {
			texts["spec.manifest.logBucket"], texts["spec.manifest.manifestVersion"] = m.LogBucket, m.ManifestVersion
			if a := m.ReturnAddress; a != nil {
				texts["spec.manifest.returnAddress.postalCode"] = a.PostalCode
				texts["spec.manifest.returnAddress.city"] = a.City
			}
		}
		for field, text := range texts {
			if text != written[field] {
				t.Fatalf("%s: written %q, decoded %q", field, written[field], text)
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(minimal()))
	f.Add([]byte("kind: List\nitems: [{kind: Backup}]\n"))
	f.Add([]byte("kind: List\nitems: []\n"))
	f.Add([]byte("\n---"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if strings.Contains(string(data), "manifestFrom") {
			return // would read files
		}
		docs, err := specs.Decode("fuzz.yaml", data, specs.Options{})
		if err == nil && len(docs) == 0 {
			t.Fatal("neither documents nor problems")
		}
		for _, p := range specs.Problems(err) {
			if p.Remedy == "" || p.Problem == "" {
				t.Fatalf("%+v", p)
			}
		}
	})
}

// BenchmarkValidate reads 100 files: "validate" promises less than 200 ms.
func BenchmarkValidate(b *testing.B) {
	dir := b.TempDir()
	for i := range 100 {
		text := strings.Replace(minimal(), "photos-a", "photos-"+string(rune('a'+i/10))+string(rune('a'+i%10)), 1)
		if err := os.WriteFile(filepath.Join(dir, string(rune('a'+i/10))+string(rune('a'+i%10))+".yaml"), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if docs, err := specs.Load([]string{dir}, specs.Options{}); err != nil || len(docs) != 100 {
			b.Fatal(len(docs), err)
		}
	}
}
