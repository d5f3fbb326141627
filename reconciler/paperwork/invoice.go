package paperwork

import (
	"strings"

	"github.com/cargomedia/s3export/specs/manifest"
)

// invoice draws the equal copies of the pro-forma invoice. Values that are missing are
// left white, to be written in.
func invoice(s *sheet, f Forms) {
	for range invoiceCopies {
		s.begin()
		invoiceParties(s, f)
		invoiceGoods(s, f)
		invoiceTerms(s, f)
		invoiceSignature(s, f)
	}
}

func invoiceParties(s *sheet, f Forms) {
	s.row(
		cell{label: "INVOICE NUMBER (JOB ID)", value: []string{f.Job}, share: 0.25, font: mono(12)},
		cell{label: "DATE", value: []string{day(f.Date)}, share: 0.25},
		cell{label: "SHIPPER'S REFERENCE", value: []string{f.subject()}, share: 0.5},
	)
	s.row(
		cell{label: "SHIPPER AND EXPORTER", value: withPhone(f.sender()), share: 0.5, room: addressRoom},
		cell{label: "CONSIGNEE", share: 0.5, lines: 3,
			value: []string{"AWS Import/Export", "Address as on the shipping label:"}, room: addressRoom},
	)
	s.row(
		cell{label: "SHIPPER'S TAX OR EORI NUMBER", value: []string{f.Invoice.TaxNumber}, share: 0.5},
		cell{label: "COUNTRY OF EXPORT", value: []string{f.sender().Country}, share: 0.25},
		cell{label: "COUNTRY OF DESTINATION", share: 0.25},
	)
}

func invoiceGoods(s *sheet, f Forms) {
	s.y += 4
	currency, value := worth(f)
	small := regular(9)
	s.row(
		cell{label: "QUANTITY", value: []string{"1"}, share: 0.09, font: small},
		cell{label: "DESCRIPTION OF GOODS", value: goods(f), share: 0.33, font: small, room: 22},
		cell{label: "SERIAL NUMBER", value: []string{f.DeviceID}, share: 0.22, font: mono(9)},
		cell{label: "HS / HTS CODE", value: []string{f.Customs.DeviceHTS}, share: 0.18, font: small},
		cell{label: "COUNTRY OF ORIGIN", value: []string{f.Customs.DeviceCountryOfOrigin}, share: 0.18, font: small},
	)
	s.row(
		cell{label: "PARCELS", value: []string{"1"}, share: 0.09},
		cell{label: "NET WEIGHT", value: []string{string(f.Invoice.NetWeight)}, share: 0.165},
		cell{label: "GROSS WEIGHT", value: []string{string(f.Invoice.GrossWeight)}, share: 0.165},
		cell{label: "CURRENCY", value: []string{currency}, share: 0.14},
		cell{label: "UNIT VALUE", value: []string{value}, share: 0.2},
		cell{label: "TOTAL VALUE", value: []string{strings.TrimSpace(currency + " " + value)}, share: 0.24, font: bold(11)},
	)
}

func invoiceTerms(s *sheet, f Forms) {
	s.y += 4
	s.row(
		cell{label: "REASON FOR EXPORT", value: []string{f.Invoice.Reason}, share: 0.7, room: 20},
		cell{label: "INCOTERM", value: []string{f.Invoice.Incoterm, "Incoterms 2020"}, share: 0.3},
	)
	s.row(
		cell{label: "DATA THAT THE DRIVE IS FOR", value: []string{f.Customs.DataDescription, encryption(*f.Customs)}, share: 0.7, room: 20},
		cell{label: "ECCN", value: []string{f.Customs.EncryptionClassification}, share: 0.3},
	)
	s.row(cell{label: "EXPORT LICENSE", value: []string{license(f.Customs.RequiresExportLicense)}, share: 1})
}

func invoiceSignature(s *sheet, f Forms) {
	s.y += 4
	const least = 20.0
	s.need(3 * least) // the declaration and its signature stay on one page
	s.note("I declare that this invoice is true and complete. Nothing is sold by it: the value is stated for customs only.")
	s.row(
		cell{label: "NAME OF THE CERTIFIER", value: []string{f.Customs.ExportCertifierName}, share: 0.36, least: least},
		cell{label: "SIGNATURE", share: 0.36, least: least},
		cell{label: "PLACE AND DATE", share: 0.28, least: least},
	)
}

// worth returns the value of the drive. The manifest's is in US dollars, so it holds
// in no other currency.
func worth(f Forms) (currency, value string) {
	if f.Invoice.Value != "" {
		return f.Invoice.Currency, f.Invoice.Value
	}
	if f.Invoice.Currency != "" && f.Invoice.Currency != "USD" {
		return f.Invoice.Currency, ""
	}
	return "USD", f.Customs.DeviceValue
}

// goods describes the drive with the manifest's deviceType in words.
func goods(f Forms) []string {
	name := "Drive for computer data"
	switch f.Customs.DeviceType {
	case "externalStorageDevice":
		name = "External drive for computer data"
	case "sataDrive":
		name = "Internal SATA drive for computer data"
	case "usbFlashDrive":
		name = "USB flash drive for computer data"
	}
	if f.Device.Size != "" {
		name += ", " + f.Device.Size
	}
	return []string{name, "With power supply and cables, where it needs them"}
}

func encryption(u manifest.Customs) string {
	switch u.EncryptedData {
	case manifest.Yes:
		return "The data are encrypted."
	case manifest.No:
		return "The data are not encrypted."
	}
	return ""
}

func license(required manifest.YesNo) string {
	switch required {
	case manifest.Yes:
		return "An export license is required. Its number:"
	case manifest.No:
		return "No export license is required for these goods (NLR)."
	}
	return ""
}
