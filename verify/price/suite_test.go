package price_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/verify/price"
)

func TestPrice(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "price")
}

func totalOf(w price.Work) price.Estimate { return price.Default().Estimate(w.Uses()) }

var _ = Describe("an estimate", func() {
	It("is that of the reference: ten million small objects by their listing", func() {
		e := totalOf(price.Work{Listed: 10_000_000})
		Expect(e.AsOf + " " + e.Region + " " + e.Currency).To(Equal("2026-11-23 us-east-1 USD"))
		Expect(e.Lines).To(Equal([]price.Line{
			{Item: price.List, Unit: "requests", Quantity: 10_000, Price: "0.005", Per: 1000, Amount: "0.05"},
			{Item: price.Egress, Unit: "bytes", Quantity: 5e9, Price: "0", Per: 1e9, Amount: "0"},
		}))
		Expect(e.Total).To(Equal(price.Decimal("0.05")))
	})

	It("is that of the reference: each of them by HEAD", func() {
		e := totalOf(price.Work{Listed: 1, Heads: map[string]int64{"STANDARD": 10_000_000}})
		Expect(e.Lines[1].Amount).To(Equal(price.Decimal("4")))
	})

	It("is that of the reference: ten terabytes out", func() {
		e := totalOf(price.Work{Gets: map[string]int64{"": 1000}, GetBytes: map[string]int64{"": 10e12}})
		Expect(e.Total.Text(e.Currency)).To(Equal("USD 891.01"))
	})

	It("is that of the reference: a sample of 100", func() {
		e := price.Default().Estimate([]price.Use{{Item: price.Head, Quantity: 100}, {Item: price.Get, Quantity: 100}})
		Expect(e.Total).To(Equal(price.Decimal("0.00008")))
		Expect(e.Total.Text("USD")).To(Equal("USD 0.000080"))
	})

	It("goes up the steps of egress", func() {
		e := price.Default().Estimate([]price.Use{{Item: price.Egress, Quantity: 160e12}})
		var got []string
		for _, l := range e.Lines {
			got = append(got, string(l.Price)+": "+string(l.Amount))
		}
		Expect(got).To(Equal([]string{"0: 0", "0.09: 891", "0.085: 3400", "0.07: 7000", "0.05: 500"}))
		Expect(e.Total).To(Equal(price.Decimal("11791")))
	})

	It("counts what is free once", func() {
		e := price.Default().Estimate([]price.Use{{Item: price.Egress, Quantity: 80e9}, {Item: price.Egress, Class: "GLACIER_IR", Quantity: 80e9}})
		Expect(e.Lines).To(HaveLen(2))
		Expect(e.Total).To(Equal(price.Decimal("5.4")))
	})

	It("counts a page of a listing that is not full", func() {
		for keys, pages := range map[int64]int64{0: 1, 1: 1, 1000: 1, 1001: 2} {
			Expect(price.Work{Listed: keys}.Uses()[0].Quantity).To(Equal(pages))
		}
	})

	It("has the price of each class", func() {
		e := totalOf(price.Work{
			Listed: 1,
			Heads:  map[string]int64{"GLACIER_IR": 1000, "STANDARD": 1000, "STANDARD_IA": 1000, "DEEP_ARCHIVE": 1000},
			Gets:   map[string]int64{"STANDARD_IA": 1000}, GetBytes: map[string]int64{"STANDARD_IA": 7e9},
			Encrypted: 20_000,
		})
		var got []string
		for _, l := range e.Lines {
			got = append(got, strings.TrimSpace(string(l.Item)+" "+l.Class)+" "+string(l.Amount))
		}
		Expect(got).To(Equal([]string{"list 0.000005", "head DEEP_ARCHIVE 0.0004", "head GLACIER_IR 0.01", "head STANDARD 0.0004",
			"head STANDARD_IA 0.001", "get STANDARD_IA 0.001", "retrieval STANDARD_IA 0.07", "kms 0.06", "egress 0"}))
	})

	DescribeTable("knows what it costs to restore a million objects of 1 TB", func(tier, class, total string) {
		Expect(price.Default().Estimate(price.Restore(tier, class, 1e6, 1e12)).Total.Text("USD")).To(Equal("USD " + total))
	},
		Entry(nil, "Bulk", "GLACIER", "0.00"), Entry(nil, "Standard", "GLACIER", "60.00"), Entry(nil, "Expedited", "GLACIER", "10030.00"),
		Entry(nil, "Bulk", "DEEP_ARCHIVE", "27.50"), Entry(nil, "Standard", "DEEP_ARCHIVE", "120.00"),
	)

	It("says where it assumes, and where it knows nothing", func() {
		e := price.Default().Estimate([]price.Use{{Item: price.Head, Class: "EXPRESS_ONEZONE", Quantity: 1000}, {Item: "teleport", Quantity: 3}})
		Expect(e.Lines[0]).To(And(HaveField("Assumed", true), HaveField("Amount", price.Decimal("0.0004"))))
		Expect(e.Lines[1]).To(Equal(price.Line{Item: "teleport", Class: "STANDARD", Quantity: 3}))
		Expect(e.Lines[1].Amount.Text("USD")).To(Equal("not known"))
		Expect(e.Total).To(Equal(price.Decimal("0.0004")))
	})

	It("is small JSON", func() {
		text, err := json.Marshal(price.Default().Estimate([]price.Use{{Item: price.List, Quantity: 1}}))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(Equal(`{"asOf":"2026-11-23","region":"us-east-1","currency":"USD","lines":[{"item":"list","unit":"requests","quantity":1,` +
			`"price":"0.005","per":1000,"amount":"0.000005"}],"total":"0.000005"}`))
	})

	DescribeTable("is shown so that nothing that costs is nothing", func(d, want string) {
		Expect(price.Decimal(d).Text("USD")).To(Equal(want))
	},
		Entry(nil, "0", "USD 0.00"), Entry(nil, "0.01", "USD 0.01"), Entry(nil, "0.011", "USD 0.02"), Entry(nil, "12.341", "USD 12.35"),
		Entry(nil, "0.0099", "USD 0.0099"), Entry(nil, "0.000005", "USD 0.0000050"), Entry(nil, "0.0012341", "USD 0.0013"), Entry(nil, "11791", "USD 11791.00"),
		Entry(nil, "", "not known"),
	)
})

// Whatever is used: using it at once or in pieces costs the same, more never costs less, and
// the lines add up to the total.
func TestEstimateProperty(t *testing.T) {
	table := price.Default()
	rapid.Check(t, func(t *rapid.T) {
		item := rapid.SampledFrom([]price.Item{price.List, price.Head, price.Get, price.Retrieval, price.Egress, price.KMS}).Draw(t, "item")
		class := rapid.SampledFrom([]string{"", "STANDARD_IA", "GLACIER_IR", "NEW"}).Draw(t, "class")
		a, b := rapid.Int64Range(0, 1e15).Draw(t, "a"), rapid.Int64Range(0, 1e15).Draw(t, "b")
		use := func(n int64) price.Use { return price.Use{Item: item, Class: class, Quantity: n} }
		once, twice := table.Estimate([]price.Use{use(a + b)}), table.Estimate([]price.Use{use(a), use(b)})
		if once.Total != twice.Total {
			t.Fatalf("%s, in pieces %s", once.Total, twice.Total)
		}
		sum, quantity := new(big.Rat), int64(0)
		for _, l := range once.Lines {
			amount, _ := new(big.Rat).SetString(string(l.Amount))
			sum.Add(sum, amount)
			quantity += l.Quantity
		}
		total, _ := new(big.Rat).SetString(string(once.Total))
		if sum.Cmp(total) != 0 || quantity != a+b {
			t.Fatalf("%v of %d, not %v of %d", sum, quantity, total, a+b)
		}
		less, _ := new(big.Rat).SetString(string(table.Estimate([]price.Use{use(a)}).Total))
		if less.Cmp(total) > 0 {
			t.Fatalf("less costs more: %v, %v", less, total)
		}
	})
}

var _ = Describe("a table of prices", func() {
	It("is built in", func() {
		Expect(price.Default().Rates).NotTo(BeEmpty())
		for _, item := range []price.Item{price.List, price.Head, price.Get, price.Retrieval, price.Egress, price.KMS} {
			Expect(price.Default().Rates).To(ContainElement(HaveField("Item", item)))
		}
	})

	It("may be put in place of the one that is built in, item by item", func() {
		mine, err := price.Decode([]byte(`{"asOf": "2027-01-01", "rates": [{"item": "egress", "unit": "bytes", "price": "0.02", "per": 1000000000}]}`))
		Expect(err).NotTo(HaveOccurred())
		table := price.Default().Override(mine)
		Expect(table.AsOf + table.Region).To(Equal("2027-01-01us-east-1"))
		Expect(table.Estimate([]price.Use{{Item: price.Egress, Quantity: 1e12}, {Item: price.List, Quantity: 1000}}).Total).To(Equal(price.Decimal("20.005")))
		Expect(price.Default().Estimate([]price.Use{{Item: price.Egress, Quantity: 1e11}}).Total).To(Equal(price.Decimal("0")))
	})

	DescribeTable("is refused with a remedy", func(text string, wants ...string) {
		_, err := price.Decode([]byte(text))
		for _, want := range wants {
			Expect(err).To(MatchError(ContainSubstring(want)))
		}
	},
		Entry("misspelled", `{"rate": []}`, "write rates"),
		Entry("a number that floats", `{"rates": [{"item": "list", "unit": "requests", "price": 0.005, "per": 1000}]}`, "reading prices"),
		Entry("two tables", `{} {}`, "keep one table"),
		Entry("all at once", `{"asOf": "May", "rates": [{"item": "list", "unit": "requests", "price": "5e-3", "per": 1000}, {"item": "head", "unit": "GB", "price": "1", "per": 1}]}`,
			"asOf \"May\"", "rates[0] (list)", "rates[1] (head)"),
		Entry("free of a price", `{"rates": [{"item": "list", "unit": "requests", "price": "-1", "per": 1}]}`, "in quotes with a dot"),
		Entry("of nothing", `{"rates": [{"item": "list", "unit": "requests", "price": "1"}]}`, "per is not at least 1"),
		Entry("without a name", `{"rates": [{"unit": "requests", "price": "1", "per": 1}]}`, "item is missing"),
		Entry("that ends below nothing", `{"rates": [{"item": "a", "unit": "requests", "price": "1", "per": 1, "upTo": -1}]}`, "upTo is negative"),
		Entry("steps upside down", `{"rates": [{"item": "egress", "unit": "bytes", "price": "1", "per": 1, "upTo": 9}, {"item": "egress", "unit": "bytes", "price": "1", "per": 1, "upTo": 5}]}`, "steps in order"),
		Entry("one step after the end", `{"rates": [{"item": "egress", "unit": "bytes", "price": "1", "per": 1}, {"item": "egress", "unit": "bytes", "price": "1", "per": 1}]}`, "steps in order"),
	)
})

func FuzzDecode(f *testing.F) {
	text, err := json.Marshal(price.Default())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"rates": [{"item": "egress", "classes": [""], "unit": "bytes", "price": "0", "per": 1, "upTo": 5}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := price.Decode(data)
		if err != nil {
			return
		}
		var uses []price.Use
		for _, r := range table.Rates {
			uses = append(uses, price.Use{Item: r.Item, Quantity: 1 << 40})
		}
		if e := table.Estimate(uses); e.Total.Text("X") == "" {
			t.Fatal("no total")
		}
	})
}
