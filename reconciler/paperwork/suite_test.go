package paperwork_test

import (
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/reconciler/paperwork"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
)

func TestPaperwork(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "paperwork")
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// domestic is a parcel within the US, with little more than what is needed.
func domestic() paperwork.Forms {
	return paperwork.Forms{
		Job: "EX1ID", DeviceID: "WD-WCC4E0000000", Backup: "photos-a", Run: "1", Date: noon, Paper: paperwork.Letter,
		ReturnAddress: manifest.Address{
			Name: "Jane Roe", Street1: "123 Any Street", City: "Anytown", StateOrProvince: "WA", PostalCode: "91011-1111",
			Country: "USA", PhoneNumber: "206-555-1111",
		},
	}
}

// abroad is a parcel that crosses borders, with everything.
func abroad() paperwork.Forms {
	return paperwork.Forms{
		Job: "53TX4", DeviceID: "WD-WCC4E0000002", Backup: "archive-a", Run: "2026", Date: noon,
		ArriveBy: noon.AddDate(0, 0, 30), Paper: paperwork.A4, Email: "ops@example.com",
		Device: paperwork.Device{Name: "Archive A", Location: "safe 2, Basel", Size: "4TB"},
		From: &manifest.Address{
			Name: "Эльвира Ёлкина", Company: "Пример ООО", Street1: "улица Примерная, д. 1", City: "Москва",
			PostalCode: "101000", Country: "Россия", PhoneNumber: "+7 495 555 11 11",
		},
		ReturnAddress: manifest.Address{
			Name: "Ελένη Παπαδοπούλου", Company: "Παράδειγμα Α.Ε.", Street1: "Οδός Παραδείγματος 1", Street2: "3ος όροφος",
			City: "Αθήνα", PostalCode: "105 57", Country: "Ελλάδα", PhoneNumber: "+30 21 0555 1111",
		},
		Customs: &manifest.Customs{
			DataDescription: "Photographs in JPEG format", EncryptedData: manifest.Yes, EncryptionClassification: "5D992",
			ExportCertifierName: "Łukasz Müller-Ørsted", RequiresExportLicense: manifest.No, DeviceValue: "250.00",
			DeviceCountryOfOrigin: "China", DeviceType: "externalStorageDevice", DeviceHTS: "8471.70.4065", TypeOfExport: "return",
		},
		Invoice: specs.Invoice{
			TaxNumber: "CHE-123.456.789", Currency: "USD", Incoterm: "DDP", NetWeight: "0.7 kg", GrossWeight: "1.4 kg",
			Reason: "Temporary export. The drive is sent to be loaded with data that belong to the shipper, and comes back to the shipper. It is not sold, and the data on it have no commercial value.",
		},
	}
}

func made(f paperwork.Forms) map[string][]byte {
	GinkgoHelper()
	forms, err := paperwork.Make(f)
	Expect(err).NotTo(HaveOccurred())
	all := map[string][]byte{}
	for _, form := range forms {
		all[form.Name] = form.PDF
	}
	return all
}
