package specs

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// Invoice holds what a pro-forma invoice asks for and the manifest has no place
// for. It is wanted when the manifest has customs.
type Invoice struct {
	// TaxNumber of the shipper, for customs: an EORI number in the EU, elsewhere a
	// tax or employer number.
	TaxNumber string `json:"taxNumber,omitempty"`
	// Currency of the value, in three letters of ISO 4217. Default USD, in which
	// the manifest's deviceValue is.
	Currency string `json:"currency,omitempty"`
	// Value of the drive in another currency than USD, such as "230.00".
	Value string `json:"value,omitempty"`
	// Incoterm says who pays carriage, duties and taxes: one of Incoterms 2020.
	// Default DDP, the shipper pays them all.
	Incoterm string `json:"incoterm,omitempty"`
	// NetWeight of the drive, such as 0.7 kg.
	NetWeight Weight `json:"netWeight,omitempty"`
	// GrossWeight of the parcel, such as 1.4 kg.
	GrossWeight Weight `json:"grossWeight,omitempty"`
	// Reason for the export. Default: the drive travels to be loaded and comes back.
	Reason string `json:"reason,omitempty"`
}

// Incoterms returns the eleven terms of Incoterms 2020.
// Source: International Chamber of Commerce, Incoterms 2020.
func Incoterms() []string {
	return []string{"CFR", "CIF", "CIP", "CPT", "DAP", "DDP", "DPU", "EXW", "FAS", "FCA", "FOB"}
}

// Weight is a weight as written: a number with at most three decimals, and kg or
// lb, such as 0.9 kg.
type Weight string

// Parse returns the weight in kilograms, more than 0. The empty Weight is 0.
func (w Weight) Parse() (kilograms float64, err error) {
	if w == "" {
		return 0, nil
	}
	const poundInKilograms = 0.45359237 // by definition
	m := regexp.MustCompile(`^([0-9]{1,4}(?:\.[0-9]{1,3})?) ?(kg|lb)$`).FindStringSubmatch(string(w))
	if m == nil {
		return 0, weightError(w, "is no weight")
	}
	if kilograms, err = strconv.ParseFloat(m[1], 64); err != nil || kilograms <= 0 {
		return 0, weightError(w, "is not more than 0")
	}
	if m[2] == "lb" {
		kilograms *= poundInKilograms
	}
	return kilograms, nil
}

func weightError(w Weight, problem string) error {
	return &FieldError{Problem: quote(string(w)) + " " + problem, Remedy: "write a number and kg or lb, such as 0.9 kg"}
}

// Invoice returns spec.paperwork.invoice with its defaults, also when the spec has
// none.
func (d Document) Invoice() Invoice {
	if i := d.Spec.Paperwork.Invoice; i != nil {
		return i.withDefaults()
	}
	return Invoice{}.withDefaults()
}

// InvoiceGaps returns what the pro-forma invoice of this document lacks, each with
// the field to write. It is empty when the manifest has no customs, because then
// there is no invoice. A document with gaps is valid; they are among its warnings.
func (d Document) InvoiceGaps() []FieldError {
	if d.Manifest == nil || d.Manifest.Customs == nil {
		return nil
	}
	const field = "spec.paperwork.invoice."
	i := d.Invoice()
	gaps := []FieldError{
		{Field: field + "taxNumber", Problem: "missing: customs ask for the shipper's number on the pro-forma invoice",
			Remedy: "write the EORI number in the EU, elsewhere the tax or employer number, in quotes"},
		{Field: field + "netWeight", Problem: "missing: the pro-forma invoice states what the drive weighs",
			Remedy: "weigh the drive and write it with its unit, such as 0.7 kg"},
		{Field: field + "grossWeight", Problem: "missing: the pro-forma invoice states what the parcel weighs",
			Remedy: "weigh the parcel and write it with its unit, such as 1.4 kg"},
		{Field: field + "value", Problem: fmt.Sprintf("missing: deviceValue is in USD, the invoice in %s", i.Currency),
			Remedy: "write what the drive is worth in that currency, such as \"230.00\", or remove currency"},
	}
	given := map[string]bool{
		field + "taxNumber": i.TaxNumber != "", field + "netWeight": i.NetWeight != "", field + "grossWeight": i.GrossWeight != "",
		field + "value": i.Value != "" || i.Currency == defaultCurrency,
	}
	gaps = slices.DeleteFunc(gaps, func(e FieldError) bool { return given[e.Field] })
	for n := range gaps {
		gaps[n].File, gaps[n].Line = d.File, d.Line
	}
	return gaps
}
