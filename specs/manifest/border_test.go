package manifest_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs/manifest"
)

const noCustoms = ""

// told are the fields of the problems, with "?" behind minor ones. The form of a
// postal code is another rule's.
func told(problems []manifest.Problem) string {
	var all []string
	for _, p := range problems {
		Expect(p.Remedy).NotTo(BeEmpty())
		if p.Field == "returnAddress.postalCode" {
			continue
		}
		text := p.Field
		if p.Minor {
			text += "?"
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

// A parcel goes from the sender to the region's facility and back to the return
// address.
var _ = DescribeTable("the border",
	func(region, from, back, customs, want string) {
		m := good()
		if customs == noCustoms {
			m.Customs = nil
		}
		m.ReturnAddress.Country = back
		s := manifest.Setting{Region: region}
		if from != "" {
			s.From = &manifest.Address{Country: from}
		}
		problems := manifest.Check(m, s)
		Expect(told(problems)).To(Equal(want))
		for _, p := range problems {
			if p.Field == "customs" && !p.Minor {
				Expect(p.Message).To(ContainSubstring("crosses the border"))
			}
		}
	},
	Entry("within the US", "us-east-1", "", "USA", noCustoms, ""),
	Entry("within the US, with customs", "us-west-2", "", "US", "customs", ""),
	Entry("Puerto Rico is of the US's customs territory", "us-east-1", "", "Puerto Rico", noCustoms, ""),
	Entry("from Switzerland to the US", "us-east-1", "", "Switzerland", noCustoms, "customs"),
	Entry("from Switzerland to the US, with customs", "us-east-1", "", "Switzerland", "customs", ""),
	Entry("from the EU to the US", "us-east-1", "", "France", noCustoms, "customs"),
	Entry("from Canada to the US", "us-east-1", "", "Canada", noCustoms, "customs"),
	Entry("sent from abroad, back to the US", "us-east-1", "Germany", "USA", noCustoms, "customs"),
	Entry("sent from abroad, back to the US, with customs", "us-east-1", "Germany", "USA", "customs", ""),
	Entry("sent from the US, back to abroad", "us-east-1", "USA", "Mexico", noCustoms, "customs"),
	Entry("within the EU", "eu-west-1", "", "Ireland", noCustoms, ""),
	Entry("within the EU, over borders", "eu-west-1", "", "Deutschland", noCustoms, ""),
	Entry("within the EU, by code", "eu-west-1", "NL", "DE", noCustoms, ""),
	Entry("to the EU from outside", "eu-west-1", "", "Switzerland", noCustoms, "returnAddress.country"),
	Entry("to the EU from outside, with customs all the same", "eu-west-1", "", "Switzerland", "customs", "returnAddress.country"),
	Entry("to the EU, the sender outside", "eu-west-1", "UK", "Ireland", "customs", "from.country"),
	Entry("to the EU, both outside", "eu-west-1", "UK", "Norway", noCustoms, "from.country returnAddress.country"),
	Entry("within Singapore", "ap-southeast-1", "", "Singapore", noCustoms, ""),
	Entry("to Singapore", "ap-southeast-1", "", "Malaysia", noCustoms, "customs"),
	Entry("a region whose facility is not known", "ap-northeast-1", "", "Japan", noCustoms, "customs?"),
	Entry("a region whose facility is not known, with customs", "ap-northeast-1", "", "Japan", "customs", ""),
	Entry("no region", "", "", "Japan", noCustoms, ""),
	Entry("no country", "us-east-1", "", "", noCustoms, "returnAddress.country"),
	Entry("no country that is known", "us-east-1", "", "Switzerlnad", noCustoms, "returnAddress.country"),
	Entry("no country that is known, with customs", "eu-west-1", "", "Atlantis", "customs", "returnAddress.country"),
)

var _ = DescribeTable("express shipping",
	func(region, country, want string) {
		m := good()
		m.ServiceLevel = "expeditedShipping"
		m.ReturnAddress.Country = country
		Expect(told(manifest.Check(m, manifest.Setting{Region: region}))).To(Equal(want))
	},
	Entry("within the US", "us-east-1", "USA", ""),
	Entry("from a facility that is not known", "ap-northeast-1", "USA", "serviceLevel?"),
	Entry("from the US to elsewhere", "us-east-1", "Japan", "serviceLevel"),
	Entry("from a region that is not known here", "", "USA", ""),
	Entry("from Singapore", "ap-southeast-1", "USA", "serviceLevel"),
)

var _ = Describe("a country that is not known", func() {
	It("is refused with what was probably meant", func() {
		m := good()
		m.ReturnAddress.Country = "Switzerlnad"
		p := manifest.Check(m, manifest.Setting{})
		Expect(p).To(HaveLen(1))
		Expect(p[0].Error()).To(Equal(`returnAddress.country: "Switzerlnad" is no country; did you mean Switzerland?`))
	})

	It("is refused where the device was made, too", func() {
		m := good()
		m.Customs.DeviceCountryOfOrigin = "Atlantis"
		Expect(told(manifest.Check(m, manifest.Setting{}))).To(Equal("customs.deviceCountryOfOrigin"))
	})
})
