package jobs

import (
	"regexp"
	"slices"

	"github.com/cargomedia/s3export/specs/manifest"
)

// checkBorder: what crosses a border needs customs; devices for the EU facility
// come from and go back to the EU (Developer Guide).
func (s *Service) checkBorder(m manifest.Manifest) *Refusal {
	region, _ := s.o.Buckets.BucketRegion(m.LogBucket)
	here, there := manifest.FacilityArea(region), areaOf(m.ReturnAddress.Country)
	if here == "" || here == there {
		return nil
	}
	if here == "EU" {
		return refuse(invalidAddress, "for buckets in "+region+" the address is in the EU")
	}
	if m.Customs == nil {
		return refuse(missingCustoms, "customs")
	}
	return nil
}

// checkCustoms holds the customs options against the guide, where there are any.
func checkCustoms(m manifest.Manifest) *Refusal {
	c := m.Customs
	if c == nil {
		return nil
	}
	absent := missing(
		field{"dataDescription", c.DataDescription}, field{"encryptedData", string(c.EncryptedData)},
		field{"exportCertifierName", c.ExportCertifierName}, field{"requiresExportLicense", string(c.RequiresExportLicense)},
		field{"deviceValue", c.DeviceValue}, field{"deviceCountryOfOrigin", c.DeviceCountryOfOrigin},
		field{"deviceType", c.DeviceType + c.DeviceHTS},
	)
	if c.EncryptedData == manifest.Yes && c.EncryptionClassification == "" {
		absent = append(absent, "encryptionClassification")
	}
	if len(absent) > 0 {
		return refuse(missingCustoms, absent...)
	}
	if bad := badCustoms(*c); len(bad) > 0 {
		return refuse(invalidCustoms, bad...)
	}
	return nil
}

func badCustoms(c manifest.Customs) []string {
	oneOf := func(v string, of ...string) bool { return v == "" || slices.Contains(of, v) }
	isLike := func(v, pattern string) bool { return v == "" || regexp.MustCompile(pattern).MatchString(v) }
	var bad []string
	for _, rule := range []struct {
		ok    bool
		about string
	}{
		{oneOf(string(c.EncryptedData), "yes", "no"), "encryptedData is yes or no"},
		{oneOf(string(c.RequiresExportLicense), "yes", "no"), "requiresExportLicense is yes or no"},
		{c.RequiresExportLicense != manifest.Yes, "AWS does not ship what requires an export license"},
		{isLike(c.EncryptionClassification, `^[0-9][A-E][0-9]{3}(\.[a-z0-9.]+)?$`), "encryptionClassification is an ECCN such as 5D992"},
		{isLike(c.DeviceValue, `^[0-9]+(\.[0-9]{1,2})?$`), "deviceValue is an amount such as 250.00"},
		{oneOf(c.DeviceType, "externalStorageDevice", "usbFlashDrive", "sataDrive"), "deviceType is externalStorageDevice, usbFlashDrive or sataDrive"},
		{isLike(c.DeviceHTS, `^[0-9]{4}(\.[0-9]{2,4})*$`), "deviceHTS is a tariff code such as 8471.70.2000"},
		{oneOf(c.TypeOfExport, "return", "permanent", "temporary"), "typeOfExport is return, permanent or temporary"},
	} {
		if !rule.ok {
			bad = append(bad, rule.about)
		}
	}
	return bad
}
