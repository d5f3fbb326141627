package specs_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
)

const toSpread = `# all of the photos
apiVersion: s3export.cargomedia.ch/v1alpha1
kind: Backup
metadata: {name: photos-a}
spec:
  phase: Verified
  provider: {importExport: {region: us-east-1}}
  manifest:
    operations: [{exportBucket: photos}] # all
    logBucket: logs
    pinCode: {env: PIN}
    returnAddress: {name: Jane Roe, street1: 1 Any Street, city: Anytown, stateOrProvince: WA, postalCode: "02134", country: USA, phoneNumber: "206"}
  device: {serial: WD-1, size: 4TB, name: photos-a, replaces: photos-a/0}
---
apiVersion: s3export.cargomedia.ch/v1alpha1
kind: Backup
metadata: {name: other}
`

var _ = Describe("a spec that is spread over drives", func() {
	drives := [][]manifest.Operation{
		{{ExportBucket: "photos", EndMarker: "2026/no", TargetDirectory: "photos"}},
		{{ExportBucket: "photos", BeginMarker: "2026/no", EndMarker: "1e3\nx", TargetDirectory: "photos"}},
		{{ExportBucket: "photos", BeginMarker: "1e3\nx", TargetDirectory: "photos"}},
	}

	It("keeps its first drive, and asks for the others", func() {
		text, err := specs.Spread("backup.yaml", []byte(toSpread), "photos-a", drives[:2])
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(And(ContainSubstring("# all of the photos"), ContainSubstring("# fill in: the serial number of drive 2"), ContainSubstring(`"02134"`)))
		docs, err := specs.Decode("parts.yaml", text, specs.Options{})
		Expect(docs).To(HaveLen(1))
		Expect(docs[0].Metadata.Name).To(Equal("photos-a"))
		Expect(docs[0].Spec.Device.Serial).To(Equal("WD-1"))
		Expect(docs[0].Operations()).To(Equal(drives[0]))
		problems := specs.Problems(err)
		Expect(problems).NotTo(BeEmpty())
		Expect(problems).To(ContainElement(HaveField("Problem", ContainSubstring("nothing says which drive is meant"))))
	})

	It("is ready for images", func() {
		image := []byte(toSpread[:len(toSpread)-len("  device: {serial: WD-1, size: 4TB, name: photos-a, replaces: photos-a/0}\n---\napiVersion: s3export.cargomedia.ch/v1alpha1\nkind: Backup\nmetadata: {name: other}\n")] +
			"  device: {image: ./drive.img, size: 4TB}\n")
		drives[1][0].EndMarker, drives[2][0].BeginMarker = "1e3", "1e3"
		text, err := specs.Spread("backup.yaml", image, "photos-a", drives)
		Expect(err).NotTo(HaveOccurred())
		docs, err := specs.Decode("parts.yaml", text, specs.Options{})
		Expect(err).NotTo(HaveOccurred())
		Expect(docs).To(HaveLen(3))
		Expect(docs[2].Metadata.Name).To(Equal("photos-a-3"))
		Expect(docs[2].Spec.Device.Image).To(HaveSuffix("drive-3.img"))
		Expect(docs[2].Operations()).To(Equal(drives[2]))
		Expect(docs[1].Operations()).To(Equal(drives[1]))
	})

	It("may be one of a copy over the network", func() {
		const pulled = `apiVersion: s3export.cargomedia.ch/v1alpha1
kind: Backup
metadata: {name: photos-a}
spec:
  phase: Verified
  provider: {pull: {}}
  source:
    ranges: # all
      - {bucket: photos}
  device: {image: ./drive.img}
`
		drives[1][0].EndMarker, drives[2][0].BeginMarker = "2026/yes", "2026/yes"
		text, err := specs.Spread("backup.yaml", []byte(pulled), "photos-a", drives)
		Expect(err).NotTo(HaveOccurred())
		docs, err := specs.Decode("parts.yaml", text, specs.Options{})
		Expect(err).NotTo(HaveOccurred())
		Expect(docs).To(HaveLen(3))
		Expect(docs[0].Ranges()).To(Equal([]specs.Range{{Bucket: "photos", Through: "2026/no", Directory: "photos"}}))
		Expect(docs[1].Ranges()).To(Equal([]specs.Range{{Bucket: "photos", After: "2026/no", Through: "2026/yes", Directory: "photos"}}))
		Expect(docs[2].Spec.Device.Image).To(HaveSuffix("drive-3.img"))
	})

	It("is not one whose manifest stands elsewhere", func() {
		_, err := specs.Spread("backup.yaml", []byte("metadata: {name: a}\nspec: {manifestFrom: {file: m}}\n"), "a", drives)
		Expect(specs.Problems(err)).To(ConsistOf(HaveField("Remedy", ContainSubstring("init --from-manifest"))))
	})

	It("is one of the file", func() {
		_, err := specs.Spread("backup.yaml", []byte(toSpread), "nobody", drives)
		Expect(specs.Problems(err)).To(ConsistOf(HaveField("Problem", ContainSubstring(`"nobody"`))))
	})

	It("has names, an image and a set that nothing else has", func() {
		const taken = `apiVersion: s3export.cargomedia.ch/v1alpha1
kind: Backup
metadata: {name: photos-a}
spec:
  phase: Verified
  set: photos
  provider: {pull: {}}
  source: {ranges: [{bucket: photos}]}
  device: {image: ./drive.img, name: disk}
---
metadata: {name: photos-a-2}
---
kind: List
items: [{spec: {device: {name: disk-3}}}, {spec: {device: {image: drive-4.img}}}, {spec: {set: photos-6}}]
`
		drives[1][0].EndMarker, drives[2][0].BeginMarker = "2026/yes", "2026/yes"
		text, err := specs.Spread("backup.yaml", []byte(taken), "photos-a", drives)
		Expect(err).NotTo(HaveOccurred())
		docs, err := specs.Decode("parts.yaml", text, specs.Options{})
		Expect(err).NotTo(HaveOccurred())
		Expect(docs).To(HaveLen(3))
		for i, suffix := range []string{"", "-5", "-7"} {
			Expect(docs[i].Metadata.Name).To(Equal("photos-a" + suffix))
			Expect(docs[i].Spec.Set).To(Equal("photos"+suffix), "a part is no copy of another part")
			Expect(docs[i].Spec.Device.Name).To(Equal("disk" + suffix))
			Expect(docs[i].Spec.Device.Image).To(HaveSuffix("drive" + suffix + ".img"))
		}
	})

	DescribeTable("stands where it stood in its file", func(before, after string) {
		const one = "apiVersion: s3export.cargomedia.ch/v1alpha1\nkind: Backup\nmetadata: {name: photos-a}\nspec: {source: {ranges: [{bucket: photos}]}, device: {image: a.img}}\n"
		text, err := specs.SpreadFile("backup.yaml", []byte(before+one+after), "photos-a", drives[:2])
		Expect(err).NotTo(HaveOccurred())
		rest, ok := strings.CutPrefix(string(text), before)
		Expect(ok).To(BeTrue(), string(text))
		both, ok := strings.CutSuffix(rest, after)
		Expect(ok).To(BeTrue(), string(text))
		alone, err := specs.Spread("backup.yaml", []byte(before+one+after), "photos-a", drives[:2])
		Expect(err).NotTo(HaveOccurred())
		Expect(both).To(Equal(string(alone)))
	},
		Entry("alone", "", ""),
		Entry("first", "", "---\nmetadata: {name:   other} # kept\n"),
		Entry("last", "metadata:   {name: other}\n---\n", ""),
		Entry("between", "# kept\n---\n---\nmetadata:   {name: other}\n---\n", "--- # kept\n# nothing\n---\n{ metadata: {name: photos-a-2} }"),
	)

	It("keeps what is said above and below it", func() {
		const one = "# whose it is\n\n# what it is\nmetadata: {name: a}\nspec: {source: {ranges: []}}\n\n# the end\n"
		text, err := specs.SpreadFile("backup.yaml", []byte(one), "a", drives[:1])
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(And(ContainSubstring("# whose it is"), ContainSubstring("# what it is"), ContainSubstring("# the end")))
	})
})
