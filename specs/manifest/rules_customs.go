package manifest

import (
	"fmt"
	"regexp"
	"slices"
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
	c.require("customs.deviceCountryOfOrigin", u.DeviceCountryOfOrigin, "write where the drive was made, such as China")
	checkDeviceValue(c, u.DeviceValue)
	checkCustomsValues(c, u)
}

func checkYesNo(c *checker, field string, y YesNo) {
	switch {
	case y == "":
		c.refuse(field, "missing", "write yes or no")
	case !y.IsValid():
		c.refuse(field, fmt.Sprintf("%q is neither yes nor no", string(y)), "write yes or no")
	}
}

func checkDeviceValue(c *checker, value string) {
	const remedy = `write US dollars in quotes, such as "250.00"`
	c.require("customs.deviceValue", value, remedy)
	if value != "" && !regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,2})?$`).MatchString(value) {
		c.refuse("customs.deviceValue", fmt.Sprintf("%q is no amount", value), remedy)
	}
}

// checkCustomsValues warns only: the reference remembers these values, but not
// that there are no others.
func checkCustomsValues(c *checker, u Customs) {
	if u.DeviceType == "" && u.DeviceHTS == "" {
		c.warn("customs.deviceType", "neither deviceType nor deviceHTS is given",
			"write externalStorageDevice or sataDrive")
	}
	for _, v := range []struct {
		field, value string
		known        []string
	}{
		{"customs.deviceType", u.DeviceType, []string{"externalStorageDevice", "sataDrive", "usbFlashDrive"}},
		{"customs.encryptionClassification", u.EncryptionClassification, []string{"5D992", "5D002"}},
		{"customs.typeOfExport", u.TypeOfExport, []string{"return", "permanent", "temporary"}},
	} {
		if v.value != "" && !slices.Contains(v.known, v.value) {
			c.warn(v.field, fmt.Sprintf("%q is not a value known of AWS", v.value),
				fmt.Sprintf("known are %v", v.known))
		}
	}
}

func checkExportLicense(c *checker, m Manifest, _ Setting) {
	if m.Customs != nil && m.Customs.RequiresExportLicense == Yes {
		c.warn("customs.requiresExportLicense", "AWS does not ship what needs an export license", "ask AWS before you ship")
	}
}
