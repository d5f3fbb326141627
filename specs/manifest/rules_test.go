package manifest_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

func good() manifest.Manifest {
	return manifest.Manifest{
		Operations: []manifest.Operation{{ExportBucket: "photos", TargetDirectory: "photos/2026"}},
		LogBucket:  "photos-logs",
		PinCode:    &secret.Source{Env: "PIN"},
		ReturnAddress: &manifest.Address{
			Name: "Jane Roe", Street1: "123 Any Street", City: "Anytown", StateOrProvince: "WA",
			PostalCode: "91011", PhoneNumber: "206-555-1111", Country: "USA",
		},
		Customs: &manifest.Customs{
			DataDescription: "photos", EncryptedData: manifest.Yes, EncryptionClassification: "5D992",
			ExportCertifierName: "Jane Roe", RequiresExportLicense: manifest.No, DeviceValue: "250.00",
			DeviceCountryOfOrigin: "China", DeviceType: "externalStorageDevice", TypeOfExport: "return",
		},
	}
}

type spoil = func(*manifest.Manifest)

// operation returns a spoil that changes the first operation.
func operation(change func(*manifest.Operation)) spoil {
	return func(m *manifest.Manifest) { change(&m.Operations[0]) }
}

// more returns a spoil that adds an operation.
func more(o manifest.Operation) spoil {
	return func(m *manifest.Manifest) { m.Operations = append(m.Operations, o) }
}

// What single options may be is in options_test.go. This is about options that
// hang together.
var _ = Describe("Check", func() {
	It("has nothing to say about a good manifest", func() {
		Expect(manifest.Check(good(), manifest.Setting{})).To(BeEmpty())
	})

	DescribeTable("refuses",
		func(field string, change spoil) { expectOne(field, false, change) },
		Entry("another drive's id", "deviceId", func(m *manifest.Manifest) { m.DeviceID = "other" }),
		Entry("express to Europe", "serviceLevel", func(m *manifest.Manifest) {
			m.ServiceLevel, m.ReturnAddress.Country = "expeditedShipping", "Switzerland"
		}),
		Entry("no operation", "operations", func(m *manifest.Manifest) { m.Operations = nil }),
		Entry("no encryption", "pinCode", func(m *manifest.Manifest) { m.PinCode = nil }),
		Entry("no address", "returnAddress", func(m *manifest.Manifest) { m.ReturnAddress = nil }),
		Entry("no state in Canada", "returnAddress.stateOrProvince", func(m *manifest.Manifest) {
			m.ReturnAddress.StateOrProvince, m.ReturnAddress.PostalCode, m.ReturnAddress.Country = "", "K1A 0B1", "Canada"
		}),
		Entry("no state in the US, however it is written", "returnAddress.stateOrProvince", func(m *manifest.Manifest) {
			m.ReturnAddress.StateOrProvince, m.ReturnAddress.Country = "", "u.s. a."
		}),
		Entry("encrypted without ECCN", "customs.encryptionClassification", func(m *manifest.Manifest) { m.Customs.EncryptionClassification = "" }),
	)

	DescribeTable("takes",
		func(change spoil) {
			m := good()
			change(&m)
			Expect(manifest.Check(m, manifest.Setting{Serial: "WD-1"})).To(BeEmpty())
		},
		Entry("a password instead of a PIN", func(m *manifest.Manifest) { m.PinCode, m.TrueCryptPassword = nil, m.PinCode }),
		Entry("both", func(m *manifest.Manifest) { m.TrueCryptPassword = m.PinCode }),
		Entry("an address without a state", func(m *manifest.Manifest) {
			m.ReturnAddress.StateOrProvince, m.ReturnAddress.PostalCode, m.ReturnAddress.Country = "", "4051", "CH"
		}),
		Entry("express within the US", func(m *manifest.Manifest) { m.ServiceLevel = "expeditedShipping" }),
		Entry("the root of the drive", operation(func(o *manifest.Operation) { o.TargetDirectory = "/" })),
		Entry("a slash at the end", operation(func(o *manifest.Operation) { o.TargetDirectory = "photos/" })),
		Entry("data that are not encrypted, without ECCN", func(m *manifest.Manifest) {
			m.Customs.EncryptedData, m.Customs.EncryptionClassification = manifest.No, ""
		}),
		Entry("a paragraph of an ECCN", func(m *manifest.Manifest) { m.Customs.EncryptionClassification = "5D992.c" }),
		Entry("a tariff code instead of the kind of device", func(m *manifest.Manifest) {
			m.Customs.DeviceType, m.Customs.DeviceHTS = "", "8471.70.4065"
		}),
		Entry("ranges that meet", func(m *manifest.Manifest) {
			m.Operations = []manifest.Operation{{ExportBucket: "photos", EndMarker: "m"}, {ExportBucket: "photos", BeginMarker: "m"}}
		}),
		Entry("prefixes of one bucket side by side", func(m *manifest.Manifest) {
			m.Operations = []manifest.Operation{{ExportBucket: "photos", Prefix: "2025/"}, {ExportBucket: "photos", Prefix: "2026/"}}
		}),
		Entry("a bucket twice, in two directories", func(m *manifest.Manifest) {
			m.Operations = []manifest.Operation{{ExportBucket: "photos"}, {ExportBucket: "photos", TargetDirectory: "again"}}
		}),
		Entry("two buckets in one directory whose keys never meet", func(m *manifest.Manifest) {
			m.Operations = []manifest.Operation{
				{ExportBucket: "photos", Prefix: "p/", TargetDirectory: "all"}, {ExportBucket: "music", Prefix: "m/", TargetDirectory: "all"},
			}
		}),
		Entry("a directory in another that its keys never meet", func(m *manifest.Manifest) {
			m.Operations = []manifest.Operation{
				{ExportBucket: "photos", Prefix: "2025/", TargetDirectory: "all"}, {ExportBucket: "music", TargetDirectory: "all/music"},
			}
		}),
	)

	DescribeTable("warns of",
		func(field string, change spoil) { expectOne(field, true, change) },
		Entry("a range upside down", "operations[0].endMarker", operation(func(o *manifest.Operation) { o.BeginMarker, o.EndMarker = "b", "a" })),
		Entry("an end before the prefix", "operations[0].endMarker", operation(func(o *manifest.Operation) { o.Prefix, o.EndMarker = "image", "foo" })),
		Entry("a begin after the prefix", "operations[0].beginMarker", operation(func(o *manifest.Operation) { o.Prefix, o.BeginMarker = "image", "zoo" })),
		Entry("the same range twice", "operations[1]", more(manifest.Operation{ExportBucket: "photos", TargetDirectory: "photos/2026/"})),
		Entry("a range within another", "operations[1]", more(manifest.Operation{
			ExportBucket: "photos", Prefix: "a/", BeginMarker: "a/b", EndMarker: "a/c", TargetDirectory: "photos/2026",
		})),
		Entry("ranges that have one key in common", "operations[1]", func(m *manifest.Manifest) {
			m.Operations = []manifest.Operation{{ExportBucket: "photos", EndMarker: "m"}, {ExportBucket: "photos", Prefix: "m"}}
		}),
		Entry("two buckets in one directory", "operations[1].targetDirectory", more(manifest.Operation{ExportBucket: "music", TargetDirectory: "photos/2026"})),
		Entry("a directory in another", "operations[1].targetDirectory", more(manifest.Operation{ExportBucket: "music", TargetDirectory: "photos/2026/music"})),
		Entry("a directory around another", "operations[1].targetDirectory", more(manifest.Operation{ExportBucket: "music", TargetDirectory: "photos"})),
		Entry("the root around another", "operations[1].targetDirectory", more(manifest.Operation{ExportBucket: "music", TargetDirectory: "/"})),
		Entry("the default of another", "operations[1].targetDirectory", func(m *manifest.Manifest) {
			m.Operations = []manifest.Operation{{ExportBucket: "photos"}, {ExportBucket: "music", TargetDirectory: "photos"}}
		}),
		Entry("the recovery directory in another", "recoveryDirectory", func(m *manifest.Manifest) { m.RecoveryDirectory = "photos/2026/bad" }),
		Entry("a directory in that of the recovery", "recoveryDirectory", operation(func(o *manifest.Operation) { o.TargetDirectory = "EXPORT-RECOVERY/photos" })),
		Entry("no kind of device", "customs.deviceType", func(m *manifest.Manifest) { m.Customs.DeviceType = "" }),
	)

	It("says of three operations on one path what each does", func() {
		m := good()
		m.Operations = []manifest.Operation{{ExportBucket: "photos"}, {ExportBucket: "photos"}, {ExportBucket: "photos"}}
		var fields []string
		for _, p := range manifest.Check(m, manifest.Setting{}) {
			fields = append(fields, p.Field)
		}
		Expect(fields).To(Equal([]string{"operations[1]", "operations[2]"}))
	})

	It("wants all of a text that is sent as it is", func() {
		var fields []string
		for _, p := range manifest.Check(good(), manifest.Setting{Complete: true}) {
			fields = append(fields, p.Field)
		}
		Expect(fields).To(Equal([]string{"manifestVersion", "deviceId", "fileSystem"}))
	})

	It("finds what is too long to be sent", func() {
		m := good()
		for i := range 4000 {
			m.Operations = append(m.Operations, manifest.Operation{ExportBucket: "photos", Prefix: strings.Repeat("x", i%9+1) + "/", TargetDirectory: "x"})
		}
		Expect(manifest.Check(m, manifest.Setting{})).To(ContainElement(HaveField("Message", ContainSubstring("longer than 65536 bytes"))))
	})

	It("does not show what may be a secret key", func() {
		m := good()
		m.AccessKeyID = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
		p := manifest.Check(m, manifest.Setting{})
		Expect(p).To(HaveLen(1))
		Expect(p[0].Error()).NotTo(ContainSubstring("wJalr"))
		Expect(p[0].Message).To(ContainSubstring("secret access key"))
	})
})

func expectOne(field string, minor bool, change spoil) {
	GinkgoHelper()
	m := good()
	change(&m)
	problems := manifest.Check(m, manifest.Setting{Serial: "WD-1"})
	Expect(problems).To(HaveLen(1))
	Expect(problems[0].Field).To(Equal(field))
	Expect(problems[0].Minor).To(Equal(minor))
	Expect(problems[0].Message).NotTo(BeEmpty())
	Expect(problems[0].Remedy).NotTo(BeEmpty())
}
