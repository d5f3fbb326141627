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
	area := areaOf(a.Country)
	return a.StateOrProvince == "" && (area == "US" || area == "CA")
}

// areaOf returns a country as customs see it: "EU" for all members, a code for
// the countries with a facility of AWS Import/Export, else the country itself.
func areaOf(country string) string {
	name := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(country)), ".", "")
	switch name {
	case "us", "usa", "united states", "united states of america":
		return "US"
	case "ca", "canada":
		return "CA"
	case "sg", "singapore":
		return "SG"
	}
	if strings.Contains(euMembers, "|"+name+"|") {
		return "EU"
	}
	return name
}

// euMembers of today, by English name and ISO 3166 code.
const euMembers = "|at|austria|be|belgium|bg|bulgaria|hr|croatia|cy|cyprus|cz|czechia|czech republic|dk|denmark|" +
	"ee|estonia|fi|finland|fr|france|de|germany|gr|greece|hu|hungary|ie|ireland|it|italy|lv|latvia|lt|lithuania|" +
	"lu|luxembourg|mt|malta|nl|netherlands|pl|poland|pt|portugal|ro|romania|sk|slovakia|si|slovenia|es|spain|se|sweden|"

// areaOfRegion returns where the facility of a region is.
func areaOfRegion(region string) string {
	switch {
	case strings.HasPrefix(region, "us-"):
		return "US"
	case strings.HasPrefix(region, "eu-"):
		return "EU"
	case strings.HasPrefix(region, "ca-"):
		return "CA"
	case region == "ap-southeast-1":
		return "SG"
	}
	return ""
}
