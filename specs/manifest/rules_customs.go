package manifest

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/cargomedia/s3export/specs/wording"
)

// checkCustoms checks the members of customs for themselves.
func checkCustoms(c *checker, m Manifest, _ Setting) {
	if m.Customs == nil {
		return
	}
	u := *m.Customs
	c.require("customs.dataDescription", u.DataDescription, "write a short text on the content")
	checkYesNo(c, "customs.encryptedData", u.EncryptedData)
	if u.EncryptedData == Yes {
		c.require("customs.encryptionClassification", u.EncryptionClassification, "write the ECCN, such as 5D992")
	}
	c.require("customs.exportCertifierName", u.ExportCertifierName, "write the name of the person responsible for the export")
	checkYesNo(c, "customs.requiresExportLicense", u.RequiresExportLicense)
	if u.RequiresExportLicense == Yes {
		c.warn("customs.requiresExportLicense", "AWS does not ship what needs an export license", "ask AWS before you ship")
	}
	checkDeviceValue(c, u.DeviceValue)
	c.require("customs.deviceCountryOfOrigin", u.DeviceCountryOfOrigin, "write where the drive was made, such as China")
	checkCountry(c, "customs.deviceCountryOfOrigin", u.DeviceCountryOfOrigin)
	checkDeviceType(c, u)
	checkKnown(c, "customs.typeOfExport", u.TypeOfExport, "return", "permanent", "temporary")
	if eccn := regexp.MustCompile(`\.[a-z0-9.]+$`).ReplaceAllString(u.EncryptionClassification, ""); eccn != "" {
		checkKnown(c, "customs.encryptionClassification", eccn, "5D992", "5D002")
	}
}

func checkYesNo(c *checker, field string, y YesNo) {
	switch {
	case y == "":
		c.refuse(field, "missing", "write yes or no")
	case !y.IsValid():
		c.refuse(field, wording.Quote(string(y))+" is neither yes nor no", "write yes or no")
	}
}

func checkDeviceValue(c *checker, value string) {
	const remedy = `write US dollars in quotes, such as "250.00"`
	c.require("customs.deviceValue", value, remedy)
	if value != "" && !regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,2})?$`).MatchString(value) {
		c.refuse("customs.deviceValue", wording.Quote(value)+" is no amount", remedy)
	}
}

// checkDeviceType only warns: the reference remembers that one of the two options
// is enough.
func checkDeviceType(c *checker, u Customs) {
	kinds := []string{"externalStorageDevice", "sataDrive", "usbFlashDrive"}
	if u.DeviceType == "" && u.DeviceHTS == "" {
		c.warn("customs.deviceType", "neither deviceType nor deviceHTS is given", "write "+wording.Among(kinds))
	}
	checkKnown(c, "customs.deviceType", u.DeviceType, kinds...)
	if u.DeviceHTS != "" && !regexp.MustCompile(`^[0-9]{4}(\.[0-9]{2,4}){0,2}$`).MatchString(u.DeviceHTS) {
		c.warn("customs.deviceHTS", wording.Quote(u.DeviceHTS)+" does not look like a tariff code", "it is written like 8471.70.2000 or 8471.70.4065")
	}
}

// checkKnown only warns: the reference remembers these values, but not that there
// are no others.
func checkKnown(c *checker, field, value string, known ...string) {
	if value == "" || slices.Contains(known, value) {
		return
	}
	remedy := "known are " + wording.Among(known)
	if near := wording.Near(value, known); near != "" {
		remedy = fmt.Sprintf("did you mean %s?", near)
	}
	c.warn(field, wording.Quote(value)+" is not a value known of AWS", remedy)
}
