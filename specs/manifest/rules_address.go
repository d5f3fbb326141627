package manifest

import (
	"regexp"
	"strings"

	"github.com/cargomedia/s3export/specs/wording"
)

func checkReturnAddress(c *checker, m Manifest, _ Setting) {
	if m.ReturnAddress == nil {
		c.refuse("returnAddress", "missing", "write where AWS is to send the drive back to")
		return
	}
	a := *m.ReturnAddress
	c.problems = append(c.problems, CheckAddress("returnAddress", a)...)
	box := regexp.MustCompile(`(?i)\bp\.?\s*o\.?\s*box\b|\bpost\s+office\s+box\b|^\s*postfach\b`)
	for _, street := range []struct{ name, text string }{
		{"street1", a.Street1}, {"street2", a.Street2}, {"street3", a.Street3},
	} {
		if box.MatchString(street.text) {
			c.refuse("returnAddress."+street.name, "is a PO box, AWS does not ship to those", "write a street address")
		}
	}
}

// CheckAddress returns the problems of a postal address that stands at field, be it
// of the sender or of the return.
func CheckAddress(field string, a Address) []Problem {
	var c checker
	c.require(field+".name", a.Name, "write the name of a person")
	c.require(field+".street1", a.Street1, "write street and number")
	c.require(field+".city", a.City, "write the city or town")
	c.require(field+".postalCode", a.PostalCode, "write it in quotes")
	c.require(field+".phoneNumber", a.PhoneNumber, "write it in quotes; the carrier asks for it")
	c.require(field+".country", a.Country, "write it as AWS does, such as USA")
	checkCountry(&c, field+".country", a.Country)
	checkPostalCode(&c, field, a)
	return c.problems
}

// checkPostalCode: state and form of the code, where the country is the US or
// Canada. The form is no rule of AWS's, so it refuses nothing.
func checkPostalCode(c *checker, field string, a Address) {
	country, _ := CountryOf(a.Country)
	form := map[string]struct{ pattern, sample string }{
		"US": {`^[0-9]{5}(-[0-9]{4})?$`, "02134 or 02134-1001"},
		"CA": {`(?i)^[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]$`, "K1A 0B1"},
	}
	f, ok := form[country.Code]
	if !ok {
		return
	}
	if a.StateOrProvince == "" {
		c.refuse(field+".stateOrProvince", "missing: addresses in the US and Canada need it", "write it, such as WA or ON")
	}
	if a.PostalCode != "" && !regexp.MustCompile(f.pattern).MatchString(strings.TrimSpace(a.PostalCode)) {
		c.warn(field+".postalCode", wording.Quote(a.PostalCode)+" does not look like one of "+country.Name, "it is written like "+f.sample)
	}
}

// checkCountry refuses what no table knows: whether customs apply, and whether a
// state is needed, hangs on it.
func checkCountry(c *checker, field, text string) {
	if text == "" {
		return
	}
	if _, ok := CountryOf(text); ok {
		return
	}
	remedy := "write the English name or the two-letter code, such as Switzerland or CH"
	if near := nearCountry(text); near != "" {
		remedy = "did you mean " + near + "?"
	}
	c.refuse(field, wording.Quote(text)+" is no country", remedy)
}
