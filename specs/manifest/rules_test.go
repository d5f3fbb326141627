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

var _ = Describe("Check", func() {
	It("has nothing to say about a good manifest", func() {
		Expect(manifest.Check(good(), manifest.Setting{})).To(BeEmpty())
	})

	DescribeTable("refuses",
		func(field string, spoil func(*manifest.Manifest)) {
			expectOne(field, false, spoil)
		},
		Entry("a version of other jobs", "manifestVersion", func(m *manifest.Manifest) { m.ManifestVersion = "3.0" }),
		Entry("a short access key id", "accessKeyId", func(m *manifest.Manifest) { m.AccessKeyID = "AKIA" }),
		Entry("another drive's id", "deviceId", func(m *manifest.Manifest) { m.DeviceID = "other" }),
		Entry("a file system we cannot read", "fileSystem", func(m *manifest.Manifest) { m.FileSystem = "NTFS" }),
		Entry("a service level", "serviceLevel", func(m *manifest.Manifest) { m.ServiceLevel = "fast" }),
		Entry("express to Europe", "serviceLevel", func(m *manifest.Manifest) {
			m.ServiceLevel, m.ReturnAddress.Country = "expeditedShipping", "Switzerland"
		}),
		Entry("no operation", "operations", func(m *manifest.Manifest) { m.Operations = nil }),
		Entry("no bucket", "operations[0].exportBucket", func(m *manifest.Manifest) { m.Operations[0].ExportBucket = "" }),
		Entry("a URL for a bucket", "operations[0].exportBucket", func(m *manifest.Manifest) { m.Operations[0].ExportBucket = "s3://photos" }),
		Entry("an absolute directory", "operations[0].targetDirectory", func(m *manifest.Manifest) { m.Operations[0].TargetDirectory = "/photos" }),
		Entry("a way out", "operations[0].targetDirectory", func(m *manifest.Manifest) { m.Operations[0].TargetDirectory = "a/../../b" }),
		Entry("a dot", "operations[0].targetDirectory", func(m *manifest.Manifest) { m.Operations[0].TargetDirectory = "." }),
		Entry("double slash", "recoveryDirectory", func(m *manifest.Manifest) { m.RecoveryDirectory = "a//b" }),
		Entry("no log bucket", "logBucket", func(m *manifest.Manifest) { m.LogBucket = "" }),
		Entry("a long log prefix", "logPrefix", func(m *manifest.Manifest) { m.LogPrefix = strings.Repeat("x", 1009) }),
		Entry("no encryption", "pinCode", func(m *manifest.Manifest) { m.PinCode = nil }),
		Entry("no e-mail address", "notificationEmail", func(m *manifest.Manifest) { m.NotificationEmail = "a@example.com;b" }),
		Entry("no address", "returnAddress", func(m *manifest.Manifest) { m.ReturnAddress = nil }),
		Entry("no street", "returnAddress.street1", func(m *manifest.Manifest) { m.ReturnAddress.Street1 = "" }),
		Entry("no state in Canada", "returnAddress.stateOrProvince", func(m *manifest.Manifest) {
			m.ReturnAddress.StateOrProvince, m.ReturnAddress.Country = "", "Canada"
		}),
		Entry("a PO box", "returnAddress.street2", func(m *manifest.Manifest) { m.ReturnAddress.Street2 = "P.O. Box 12" }),
		Entry("customs without value", "customs.deviceValue", func(m *manifest.Manifest) { m.Customs.DeviceValue = "" }),
		Entry("customs with a currency", "customs.deviceValue", func(m *manifest.Manifest) { m.Customs.DeviceValue = "USD 250" }),
		Entry("neither yes nor no", "customs.encryptedData", func(m *manifest.Manifest) { m.Customs.EncryptedData = "maybe" }),
		Entry("encrypted without ECCN", "customs.encryptionClassification", func(m *manifest.Manifest) { m.Customs.EncryptionClassification = "" }),
		Entry("a line break", "returnAddress.city", func(m *manifest.Manifest) { m.ReturnAddress.City = "Any\ntown" }),
	)

	DescribeTable("warns of",
		func(field string, spoil func(*manifest.Manifest)) {
			expectOne(field, true, spoil)
		},
		Entry("a range upside down", "operations[0].endMarker", func(m *manifest.Manifest) {
			m.Operations[0].BeginMarker, m.Operations[0].EndMarker = "b", "a"
		}),
		Entry("an end before the prefix", "operations[0].endMarker", func(m *manifest.Manifest) {
			m.Operations[0].Prefix, m.Operations[0].EndMarker = "image", "foo"
		}),
		Entry("a begin after the prefix", "operations[0].beginMarker", func(m *manifest.Manifest) {
			m.Operations[0].Prefix, m.Operations[0].BeginMarker = "image", "zoo"
		}),
		Entry("no kind of device", "customs.deviceType", func(m *manifest.Manifest) { m.Customs.DeviceType = "" }),
		Entry("a kind of device", "customs.deviceType", func(m *manifest.Manifest) { m.Customs.DeviceType = "tape" }),
		Entry("a type of export", "customs.typeOfExport", func(m *manifest.Manifest) { m.Customs.TypeOfExport = "gift" }),
		Entry("a license", "customs.requiresExportLicense", func(m *manifest.Manifest) { m.Customs.RequiresExportLicense = manifest.Yes }),
	)

	It("wants all of a text that is sent as it is", func() {
		var fields []string
		for _, p := range manifest.Check(good(), manifest.Setting{Complete: true}) {
			fields = append(fields, p.Field)
		}
		Expect(fields).To(Equal([]string{"manifestVersion", "deviceId", "fileSystem"}))
	})
})

func expectOne(field string, minor bool, spoil func(*manifest.Manifest)) {
	GinkgoHelper()
	m := good()
	spoil(&m)
	problems := manifest.Check(m, manifest.Setting{Serial: "WD-1"})
	Expect(problems).To(HaveLen(1))
	Expect(problems[0].Field).To(Equal(field))
	Expect(problems[0].Minor).To(Equal(minor))
	Expect(problems[0].Message).NotTo(BeEmpty())
	Expect(problems[0].Remedy).NotTo(BeEmpty())
}
