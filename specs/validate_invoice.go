package specs

import (
	"regexp"
	"slices"
	"strings"
)

// checkInvoice checks what is written; what is missing is asked for when the
// manifest is known, see warnOfGaps.
func checkInvoice(r *resolver, b Backup) {
	if b.Spec.Paperwork.Invoice == nil {
		return
	}
	i := *b.Spec.Paperwork.Invoice
	const field = "spec.paperwork.invoice."
	if !regexp.MustCompile(`^[A-Z]{3}$`).MatchString(i.Currency) {
		r.problem(field+"currency", quote(i.Currency)+" is no currency", "write the three capitals of ISO 4217, such as USD or EUR")
	}
	checkIncoterm(r, field+"incoterm", i.Incoterm)
	checkInvoiceValue(r, field+"value", i)
	net, err := i.NetWeight.Parse()
	r.parsed(field+"netWeight", err)
	gross, err := i.GrossWeight.Parse()
	r.parsed(field+"grossWeight", err)
	if net > 0 && gross > 0 && gross < net {
		r.problem(field+"grossWeight", quote(string(i.GrossWeight))+" is less than netWeight",
			"write what the whole parcel weighs; netWeight is the drive alone")
	}
}

func checkIncoterm(r *resolver, field, term string) {
	known := Incoterms()
	switch meant := suggest(term, known); {
	case slices.Contains(known, term):
	case strings.EqualFold(term, meant):
		r.problem(field, quote(term)+" is no Incoterm", "did you mean "+meant+"?")
	default:
		r.problem(field, quote(term)+" is none of Incoterms 2020", "write "+among(known))
	}
}

func checkInvoiceValue(r *resolver, field string, i Invoice) {
	switch {
	case i.Value == "":
	case !regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,2})?$`).MatchString(i.Value):
		r.problem(field, quote(i.Value)+" is no amount", `write it in quotes and without the currency, such as "230.00"`)
	case i.Currency == defaultCurrency:
		r.problem(field, "in USD the manifest's deviceValue already says it",
			"remove it, or write the other currency that it is in")
	}
}

// warnOfGaps says what the invoice will lack; only making the invoice needs it.
func (r *resolver) warnOfGaps() {
	for _, gap := range r.doc.InvoiceGaps() {
		r.warn(gap.Field, gap.Problem, gap.Remedy)
	}
}
