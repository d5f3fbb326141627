package convert_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/convert"
	"github.com/cargomedia/s3export/specs/manifest"
)

func TestConvert(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "specs/convert")
}

// problems are the fields that validation complains about.
func problems(spec []byte) (docs []specs.Document, fields []string) {
	docs, err := specs.Decode("-", spec, specs.Options{})
	for _, p := range specs.Problems(err) {
		fields = append(fields, p.Field)
	}
	return docs, fields
}

// fillIns are the fields that a person is told to fill in.
func fillIns(c convert.Conversion) (fields []string) {
	for _, n := range c.Notes {
		if n.Kind == convert.FillIn {
			fields = append(fields, n.Field)
		}
	}
	return fields
}

func read(name string) []byte {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	Expect(err).NotTo(HaveOccurred())
	return text
}

// Each testdata/*.manifest has a golden with the spec and what is said about it.
var _ = Describe("FromManifest", func() {
	fixtures, err := filepath.Glob("testdata/*.manifest")
	if err != nil || len(fixtures) == 0 {
		panic("no fixtures")
	}
	for _, fixture := range fixtures {
		name := filepath.Base(fixture)
		It("makes a spec of "+name, func() {
			c, err := convert.FromManifest(read(name), convert.Options{Source: "old/manifest"})
			Expect(err).NotTo(HaveOccurred())
			told := string(c.YAML()) + "\n"
			for _, n := range c.Notes {
				told += n.String() + "\n"
			}
			_, fields := problems(c.YAML())
			Expect(fields).To(ConsistOf(fillIns(c)))
			Expect(c.FillIns()).To(Equal(len(fields)))
			Expect(told).NotTo(ContainSubstring("planted"))
			expectGolden(strings.TrimSuffix(name, ".manifest")+".golden", told)
		})
	}

	It("keeps what a clean manifest says, and the result is a spec", func() {
		text := read("clean.manifest")
		c, err := convert.FromManifest(text, convert.Options{Source: "old/videos.txt", Region: "us-west-2"})
		Expect(err).NotTo(HaveOccurred())
		docs, fields := problems(c.YAML())
		Expect(fields).To(BeEmpty())
		Expect(docs).To(HaveLen(1))
		Expect(docs[0].Metadata.Name).To(Equal("videos"))
		Expect(docs[0].Service().Region).To(Equal("us-west-2"))
		Expect(docs[0].DeviceID()).To(Equal("WD-WCC4E0000007"))
		want, _, err := manifest.Parse(text)
		Expect(err).NotTo(HaveOccurred())
		got := *docs[0].Manifest
		Expect(got.PinCode.File).To(HaveSuffix("/videos.pin"))
		want.Generator, want.DeviceID, want.PinCode = "", "", got.PinCode
		want.Operations[0].TargetDirectory, want.Operations[1].TargetDirectory = "videos", "video-thumbnails"
		Expect(got).To(Equal(want))
	})

	DescribeTable("makes a name of",
		func(source, bucket, want string) {
			c, err := convert.FromManifest([]byte("operations: [{exportBucket: \""+bucket+"\"}]\n"), convert.Options{Source: source})
			Expect(err).NotTo(HaveOccurred())
			Expect(c.Backup.Metadata.Name).To(Equal(want))
		},
		Entry("the file", "old/Photos_2026.txt", "b", "photos-2026"),
		Entry("the bucket, when the file has no name", "-", "my.bucket", "my-bucket"),
		Entry("the bucket, when the file says nothing", "/srv/manifest", "photos", "photos"),
		Entry("the bucket, when the file says nothing", "manifest.yaml", "photos", "photos"),
		Entry("nothing", "", "[bucket]", "backup"),
		Entry("a long file", strings.Repeat("x", 62)+"-y.txt", "b", strings.Repeat("x", 62)),
	)

	DescribeTable("takes the drive from",
		func(o convert.Options, want specs.Device, leftOut bool) {
			c, err := convert.FromManifest(read("clean.manifest"), o)
			Expect(err).NotTo(HaveOccurred())
			Expect(c.Backup.Spec.Device).To(Equal(want))
			about := HaveField("Field", "spec.manifest.deviceId")
			if leftOut {
				Expect(c.Notes).To(ContainElement(about))
			} else {
				Expect(c.Notes).NotTo(ContainElement(about))
			}
			_, fields := problems(c.YAML())
			Expect(fields).To(BeEmpty())
		},
		Entry("the manifest", convert.Options{}, specs.Device{Serial: "WD-WCC4E0000007"}, false),
		Entry("a serial number", convert.Options{Serial: "WD-2"}, specs.Device{Serial: "WD-2"}, true),
		Entry("the same serial number", convert.Options{Serial: "WD-WCC4E0000007"}, specs.Device{Serial: "WD-WCC4E0000007"}, false),
		Entry("an image", convert.Options{Image: "./a.img"}, specs.Device{Image: "./a.img"}, true),
	)

	It("gives JSON, which is a spec as well", func() {
		c, err := convert.FromManifest(read("clean.manifest"), convert.Options{})
		Expect(err).NotTo(HaveOccurred())
		text, err := c.JSON()
		Expect(err).NotTo(HaveOccurred())
		docs, fields := problems(text)
		Expect(fields).To(BeEmpty())
		other, _ := problems(c.YAML())
		Expect(docs[0].Digest).To(Equal(other[0].Digest))
	})

	It("passes on why a text is no manifest", func() {
		_, err := convert.FromManifest([]byte("deviceId: x\npinCode: \"planted\n"), convert.Options{})
		Expect(err).To(MatchError(ContainSubstring("not YAML")))
		Expect(err.Error()).NotTo(ContainSubstring("planted"))
		Expect(manifest.Problems(err)[0].Line).To(BeNumerically(">", 0))
	})
})

func expectGolden(name, got string) {
	GinkgoHelper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		Expect(os.WriteFile(path, []byte(got), 0o644)).To(Succeed())
	}
	want, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	Expect(got).To(Equal(string(want)), "run with UPDATE_GOLDEN=1 if this is right")
}

// FuzzFromManifest: whatever the text, what is to be filled in is what validation
// misses, and the comments break nothing.
func FuzzFromManifest(f *testing.F) {
	for _, name := range []string{"clean", "form", "empty-form", "wrong-values"} {
		text, err := os.ReadFile("testdata/" + name + ".manifest")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, "manifest")
	}
	f.Add([]byte("logBucket: \"a\\x00\\u2028b\"\ncustoms: {deviceType: '|'}\n"), "a\nb: c")
	f.Fuzz(func(t *testing.T, text []byte, source string) {
		c, err := convert.FromManifest(text, convert.Options{Source: source})
		if err != nil {
			return
		}
		spec := c.YAML()
		_, fields := problems(spec)
		if got := fillIns(c); !sameFields(got, fields) {
			t.Fatalf("%q: told %q, problems %q:\n%s", text, got, fields, spec)
		}
		for _, n := range c.Notes {
			if strings.ContainsAny(n.String(), "\n\r") {
				t.Fatalf("%q is no line", n.String())
			}
		}
	})
}

func sameFields(a, b []string) bool {
	ok, err := ConsistOf(b).Match(a)
	return err == nil && ok
}
