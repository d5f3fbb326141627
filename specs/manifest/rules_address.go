package manifest

import (
	"regexp"
	"strings"
)

func checkReturnAddress(c *checker, m Manifest, _ Setting) {
	if m.ReturnAddress == nil {
		c.refuse("returnAddress", "missing", "write where AWS is to send the drive back to")
		return
	}
	c.problems = append(c.problems, CheckAddress("returnAddress", *m.ReturnAddress)...)
}

// CheckAddress returns the problems of a postal address that stands at field.
func CheckAddress(field string, a Address) []Problem {
	var c checker
	c.require(field+".name", a.Name, "write the name of a person")
	c.require(field+".street1", a.Street1, "write street and number")
	c.require(field+".city", a.City, "write the city or town")
	c.require(field+".postalCode", a.PostalCode, "write it in quotes")
	c.require(field+".phoneNumber", a.PhoneNumber, "write it in quotes; the carrier asks for it")
	c.require(field+".country", a.Country, "write it as AWS does, such as USA")
	if a.StateOrProvince == "" && (isUS(a.Country) || isCanada(a.Country)) {
		c.refuse(field+".stateOrProvince", "missing: addresses in the US and Canada need it", "write it, such as WA")
	}
	box := regexp.MustCompile(`(?i)\bp\.?\s*o\.?\s*box\b|\bpost\s+office\s+box\b`)
	for _, street := range []struct{ name, text string }{
		{"street1", a.Street1}, {"street2", a.Street2}, {"street3", a.Street3},
	} {
		if box.MatchString(street.text) {
			c.refuse(field+"."+street.name, "is a PO box, AWS does not ship to those", "write a street address")
		}
	}
	return c.problems
}

func isUS(country string) bool {
	switch plainCountry(country) {
	case "US", "USA", "UNITED STATES", "UNITED STATES OF AMERICA":
		return true
	}
	return false
}

func isCanada(country string) bool {
	switch plainCountry(country) {
	case "CA", "CAN", "CANADA":
		return true
	}
	return false
}

func plainCountry(country string) string {
	return strings.ToUpper(strings.TrimSpace(strings.ReplaceAll(country, ".", "")))
}
