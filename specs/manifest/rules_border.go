package manifest

import "fmt"

// checkBorder follows the parcel from the sender to the service's facility and back
// to the return address. Customs are needed when it crosses a border, except inside
// the EU; drives for buckets in the EU come from there and go back there.
// Source: Developer Guide, on customs and on buckets in the EU (Ireland).
func checkBorder(c *checker, m Manifest, s Setting) {
	facility := FacilityArea(s.Region)
	abroad := ""
	for _, end := range endsOf(m, s) {
		country, ok := CountryOf(end.country)
		switch {
		case !ok || country.Area() == facility || s.Region == "":
		case facility == areaEU:
			c.refuse(end.field, fmt.Sprintf("%s is not in the EU: drives for buckets in %s come from the EU and go back there", country.Name, s.Region),
				"write an address in the EU, or export buckets of another region")
		default:
			abroad = country.Name
		}
	}
	switch {
	case abroad == "" || m.Customs != nil:
	case facility == "":
		c.warn("customs", fmt.Sprintf("missing, and where AWS loads drives from buckets in %s is not known", s.Region),
			"write customs if the parcel crosses a border")
	default:
		c.refuse("customs", fmt.Sprintf("missing: the parcel crosses the border between %s and %s, where drives for buckets in %s are loaded",
			abroad, areaName(facility), s.Region),
			"write what the customs form asks for: dataDescription, encryptedData, exportCertifierName, requiresExportLicense, deviceValue, deviceCountryOfOrigin and deviceType")
	}
}

// end is one end of the parcel's way.
type end struct{ field, country string }

func endsOf(m Manifest, s Setting) []end {
	var ends []end
	if s.From != nil {
		ends = append(ends, end{"from.country", s.From.Country})
	}
	if m.ReturnAddress != nil {
		ends = append(ends, end{"returnAddress.country", m.ReturnAddress.Country})
	}
	return ends
}

func areaName(area string) string {
	switch area {
	case areaEU, areaUS:
		return "the " + area
	}
	c, _ := CountryOf(area)
	return c.Name
}

// checkExpedited: two-day shipping goes from facilities in the US to addresses in
// the US.
func checkExpedited(c *checker, m Manifest, s Setting) {
	const field, remedy = "serviceLevel", "write standard"
	if m.ServiceLevel != expedited {
		return
	}
	var country Country
	known := false
	if m.ReturnAddress != nil {
		country, known = CountryOf(m.ReturnAddress.Country)
	}
	facility := FacilityArea(s.Region)
	switch {
	case known && country.Area() != areaUS:
		c.refuse(field, "expeditedShipping reaches addresses in the US only", remedy)
	case s.Region != "" && facility == "":
		c.warn(field, "expeditedShipping leaves facilities in the US only, and where buckets in "+s.Region+" are loaded is not known", remedy)
	case s.Region != "" && facility != areaUS:
		c.refuse(field, "expeditedShipping leaves facilities in the US only, and buckets in "+s.Region+" are loaded elsewhere", remedy)
	}
}
