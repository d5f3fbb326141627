package manifest

import (
	"regexp"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("the table of countries", func() {
	It("holds the 249 of ISO 3166-1 and Kosovo, in order, each spelling once", func() {
		var codes []string
		members := 0
		seen := map[string]string{}
		for c, spellings := range countries() {
			codes = append(codes, c.Code)
			if c.EU {
				members++
			}
			for spelling := range spellings {
				letters := lettersOf(spelling)
				Expect(letters).NotTo(BeEmpty(), c.Code)
				Expect(seen[letters]).To(Or(BeEmpty(), Equal(c.Code)), "%q is also %s", spelling, c.Code)
				seen[letters] = c.Code
				got, ok := CountryOf(spelling)
				Expect(ok).To(BeTrue(), spelling)
				Expect(got).To(Equal(c), spelling)
			}
			Expect(c.Code).To(MatchRegexp("^[A-Z]{2}$"))
		}
		Expect(codes).To(HaveLen(249 + 1))
		Expect(strings.Join(codes, " ")).To(MatchRegexp(`^AD AE AF .* ZA ZM ZW$`))
		Expect(members).To(Equal(27+7), "the members, six outermost regions that have codes, Åland")
	})

	It("is written in one form", func() {
		line := regexp.MustCompile(`^([A-Z]{2} [A-Z]{3} (EU|--) [^;\n]+(; [^;\n]+)*|#.*)\n$`)
		for text := range strings.Lines(countryList) {
			Expect(line.MatchString(text)).To(BeTrue(), text)
		}
	})
})

var _ = DescribeTable("CountryOf knows",
	func(text, code string) {
		c, ok := CountryOf(text)
		Expect(ok).To(Equal(code != ""))
		Expect(c.Code).To(Equal(code))
	},
	Entry(nil, "USA", "US"), Entry(nil, "U.S.A.", "US"), Entry(nil, "us", "US"), Entry(nil, "United  States", "US"),
	Entry(nil, "The United States of America", "US"),
	Entry(nil, "UK", "GB"), Entry(nil, "GB", "GB"), Entry(nil, "great britain", "GB"), Entry(nil, "United Kingdom", "GB"),
	Entry(nil, "Czechia", "CZ"), Entry(nil, "Czech Republic", "CZ"), Entry(nil, "CZE", "CZ"), Entry(nil, "česká republika", "CZ"),
	Entry(nil, "Holland", "NL"), Entry(nil, "The Netherlands", "NL"), Entry(nil, "Deutschland", "DE"),
	Entry(nil, "OSTERREICH", "AT"), Entry(nil, "Österreich", "AT"), Entry("decomposed", "O\u0308sterreich", "AT"),
	Entry(nil, "Côte d’Ivoire", "CI"), Entry(nil, "Cote d'Ivoire", "CI"), Entry(nil, "TÜRKİYE", "TR"),
	Entry(nil, "Trinidad & Tobago", "TT"), Entry(nil, "Schweiz", "CH"), Entry(nil, "P.R. China", "CN"),
	Entry(nil, "", ""), Entry(nil, "...", ""), Entry(nil, "Atlantis", ""), Entry(nil, "Switzerlan", ""), Entry(nil, "USAX", ""),
	Entry(nil, "1", ""), Entry(nil, "CH-4051", ""), Entry(nil, "日本", ""),
)

var _ = DescribeTable("a country that is not known",
	func(text, near string) { Expect(nearCountry(text)).To(Equal(near)) },
	Entry(nil, "Switzerlnad", "Switzerland"), Entry(nil, "Germny", "Germany"), Entry(nil, "Untied States", "United States"),
	Entry(nil, "Scotlnd", "United Kingdom"), Entry(nil, "Atlantis", ""), Entry(nil, "", ""), Entry(nil, "QQ", ""),
)

var _ = DescribeTable("FacilityArea",
	func(region, area string) { Expect(FacilityArea(region)).To(Equal(area)) },
	Entry(nil, "us-east-1", "US"), Entry(nil, "us-west-2", "US"), Entry(nil, "eu-west-1", "EU"),
	Entry(nil, "ap-southeast-1", "SG"), Entry(nil, "ap-southeast-2", ""), Entry(nil, "", ""),
)

var _ = DescribeTable("Area",
	func(text, area string) {
		c, _ := CountryOf(text)
		Expect(c.Area()).To(Equal(area))
	},
	Entry(nil, "Ireland", "EU"), Entry(nil, "Réunion", "EU"), Entry(nil, "Switzerland", "CH"), Entry(nil, "Norway", "NO"),
	Entry(nil, "United Kingdom", "GB"), Entry(nil, "USA", "US"), Entry(nil, "Puerto Rico", "US"), Entry(nil, "Guam", "GU"),
)

func BenchmarkCountryOf(b *testing.B) {
	for b.Loop() {
		_, _ = CountryOf("Zimbabwe")
	}
}
