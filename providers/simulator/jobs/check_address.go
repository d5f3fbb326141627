package jobs

import (
	"regexp"
	"strings"

	"github.com/cargomedia/s3export/specs/manifest"
)

// checkReturnAddress: the subfields of returnAddress; AWS does not ship to boxes.
func checkReturnAddress(m manifest.Manifest) *Refusal {
	if bad := badAddress(*m.ReturnAddress); bad != "" {
		return refuse(invalidAddress, bad)
	}
	return nil
}

// badAddress says what is wrong with an address; empty when nothing is.
func badAddress(a manifest.Address) string {
	absent := missing(
		field{"name", a.Name}, field{"street1", a.Street1}, field{"city", a.City},
		field{"postalCode", a.PostalCode}, field{"phoneNumber", a.PhoneNumber}, field{"country", a.Country},
	)
	if statesMissing(a) {
		absent = append(absent, "stateOrProvince")
	}
	if len(absent) > 0 {
		return "missing: " + strings.Join(absent, ", ")
	}
	box := regexp.MustCompile(`(?i)\b(p\.?\s*o\.?\s*box|post office box)\b`)
	if box.MatchString(a.Street1) || box.MatchString(a.Street2) || box.MatchString(a.Street3) {
		return "a PO box"
	}
	return ""
}

// statesMissing reports whether a US or Canadian address lacks its state.
func statesMissing(a manifest.Address) bool {
	country, _ := manifest.CountryOf(a.Country)
	return a.StateOrProvince == "" && (country.Code == "US" || country.Code == "CA")
}

// areaOf returns a country as customs see it; one that is not known is foreign
// everywhere.
func areaOf(country string) string {
	if c, ok := manifest.CountryOf(country); ok {
		return c.Area()
	}
	return country
}
