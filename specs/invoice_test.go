package specs_test

import (
	"os"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
)

// abroad returns the first document of the international example with another
// invoice; the empty one leaves paperwork out.
func abroad(invoice string) specs.Document {
	GinkgoHelper()
	text, err := os.ReadFile("../examples/international.yaml")
	Expect(err).NotTo(HaveOccurred())
	const written = "  paperwork:\n    invoice: {taxNumber: CHE-123.456.789, netWeight: 0.7 kg, grossWeight: 1.4 kg}\n"
	Expect(string(text)).To(ContainSubstring(written))
	if invoice != "" {
		invoice = "  paperwork: {invoice: " + invoice + "}\n"
	}
	docs, err := specs.Decode("a.yaml", []byte(strings.ReplaceAll(string(text), written, invoice)), specs.Options{})
	Expect(err).NotTo(HaveOccurred())
	return docs[0]
}

func told(problems []specs.FieldError) []string {
	all := []string{}
	for _, p := range problems {
		Expect(p.Remedy).NotTo(BeEmpty(), p.Error())
		Expect(p.File).To(Equal("a.yaml"))
		all = append(all, strings.TrimPrefix(p.Field, "spec.paperwork.invoice."))
	}
	return all
}

var _ = Describe("the invoice", func() {
	DescribeTable("lacks",
		func(invoice string, fields ...string) {
			d := abroad(invoice)
			Expect(told(d.InvoiceGaps())).To(Equal(append([]string{}, fields...)))
			Expect(told(d.Warnings)).To(Equal(append([]string{}, fields...)))
		},
		Entry("everything", "", "taxNumber", "netWeight", "grossWeight"),
		Entry("everything but a reason", "{reason: repair}", "taxNumber", "netWeight", "grossWeight"),
		Entry("a number", "{netWeight: 1 kg, grossWeight: 1 kg}", "taxNumber"),
		Entry("a value in its currency", "{taxNumber: CHE-1, netWeight: 1 kg, grossWeight: 3 lb, currency: EUR}", "value"),
		Entry("nothing", `{taxNumber: CHE-1, netWeight: 1 kg, grossWeight: 3 lb, currency: EUR, value: "230.00"}`),
	)

	It("shows where the warning belongs", func() {
		Expect(abroad("{taxNumber: CHE-1, netWeight: 1 kg}").Warnings).To(ConsistOf(
			HaveField("Line", 45)), "the line of the invoice")
	})

	It("lacks nothing without customs", func() {
		d := decodeOne(minimal())
		Expect(d.InvoiceGaps()).To(BeEmpty())
		Expect(specs.Document{}.InvoiceGaps()).To(BeEmpty())
	})

	It("has defaults, also when the spec has none", func() {
		for _, invoice := range []string{"", "{taxNumber: CHE-1}"} {
			i := abroad(invoice).Invoice()
			Expect([]string{i.Currency, i.Incoterm, i.Value}).To(Equal([]string{"USD", "DDP", ""}))
			Expect(i.Reason).To(ContainSubstring("comes back"))
		}
		i := abroad("{currency: EUR, incoterm: DAP, reason: repair}").Invoice()
		Expect([]string{i.Currency, i.Incoterm, i.Reason}).To(Equal([]string{"EUR", "DAP", "repair"}))
	})

	It("changes the digest only when it is written", func() {
		none := abroad("")
		Expect(none.Spec.Paperwork.Invoice).To(BeNil())
		Expect(abroad("{taxNumber: CHE-1}").Digest).NotTo(Equal(none.Digest))
		Expect(abroad("{taxNumber: CHE-1, incoterm: DDP}").Digest).To(Equal(abroad("{taxNumber: CHE-1}").Digest))
	})

	DescribeTable("weighs",
		func(weight specs.Weight, want float64) {
			got, err := weight.Parse()
			if want < 0 {
				Expect(err).To(MatchError(ContainSubstring("such as 0.9 kg")))
				return
			}
			Expect(err).NotTo(HaveOccurred())
			Expect(got).To(BeNumerically("~", want, 1e-9))
		},
		Entry(nil, specs.Weight(""), 0.0), Entry(nil, specs.Weight("0.9 kg"), 0.9),
		Entry(nil, specs.Weight("0.9kg"), 0.9), Entry(nil, specs.Weight("2 lb"), 0.90718474),
		Entry(nil, specs.Weight("0 kg"), -1.0), Entry(nil, specs.Weight("0.9"), -1.0),
		Entry(nil, specs.Weight("0,9 kg"), -1.0), Entry(nil, specs.Weight("900 g"), -1.0),
		Entry(nil, specs.Weight("-1 kg"), -1.0), Entry(nil, specs.Weight("12345 kg"), -1.0),
		Entry(nil, specs.Weight("1  kg"), -1.0), Entry(nil, specs.Weight("1 KG"), -1.0),
	)
})
