package manifest

import "github.com/cargomedia/s3export/specs/secret"

// Manifest holds the options of an export manifest, with AWS's names. Manifest
// texts of AWS and the manifest member of a spec are both read into it.
type Manifest struct {
	// ManifestVersion is "2.0" for S3 jobs, the default.
	ManifestVersion string `json:"manifestVersion,omitempty"`
	// Generator names the program that made the manifest. s3export keeps its
	// ownership mark here; a spec cannot set it.
	Generator string `json:"-"`
	// AccessKeyID must equal the key that signs the request, where it is given.
	AccessKeyID string `json:"accessKeyId,omitempty"`
	// DeviceID is the serial number of the device; default: the observed one.
	DeviceID string `json:"deviceId,omitempty"`
	// FileSystem of the exported device: EXT4, the default.
	FileSystem string `json:"fileSystem,omitempty"`
	// ServiceLevel is standard (the default) or expeditedShipping.
	ServiceLevel string `json:"serviceLevel,omitempty"`
	// Operations say what to export, carried out in this order.
	Operations []Operation `json:"operations,omitempty"`
	// LogBucket is where the service puts its log and the shipping label.
	LogBucket string `json:"logBucket,omitempty"`
	// LogPrefix is put before export-log-<JOBID>; no slash is added.
	LogPrefix string `json:"logPrefix,omitempty"`
	// RecoveryDirectory takes files whose key cannot be a file name; the
	// default is EXPORT-RECOVERY.
	RecoveryDirectory string `json:"recoveryDirectory,omitempty"`
	// TrueCryptPassword encrypts the data in a TrueCrypt container.
	TrueCryptPassword *secret.Source `json:"trueCryptPassword,omitempty"`
	// PinCode unlocks a device with hardware encryption.
	PinCode *secret.Source `json:"pinCode,omitempty"`
	// NotificationEmail is one address or several, separated by semicolons.
	NotificationEmail string `json:"notificationEmail,omitempty"`
	// ReturnAddress is where AWS sends the device.
	ReturnAddress *Address `json:"returnAddress,omitempty"`
	// Customs is required when the parcel crosses a border, except inside the EU.
	Customs *Customs `json:"customs,omitempty"`
}

// Operation is one range of keys of one bucket to export.
type Operation struct {
	// ExportBucket is the name of an existing bucket.
	ExportBucket string `json:"exportBucket"`
	// Prefix limits the export to keys that start with it.
	Prefix string `json:"prefix,omitempty"`
	// BeginMarker limits the export to keys after it (exclusive).
	BeginMarker string `json:"beginMarker,omitempty"`
	// EndMarker limits the export to keys up to it (inclusive).
	EndMarker string `json:"endMarker,omitempty"`
	// TargetDirectory on the device; the default is the bucket's name, / is the root
	// of the drive.
	TargetDirectory string `json:"targetDirectory,omitempty"`
}

// Address is a postal address, of the return or of the sender of a parcel.
type Address struct {
	// Name of a person.
	Name string `json:"name,omitempty"`
	// Company, optional.
	Company string `json:"company,omitempty"`
	// Street1 is the first line of the street address.
	Street1 string `json:"street1,omitempty"`
	// Street2 is the second line, optional.
	Street2 string `json:"street2,omitempty"`
	// Street3 is the third line, optional.
	Street3 string `json:"street3,omitempty"`
	// City or town.
	City string `json:"city,omitempty"`
	// StateOrProvince is required in the US and Canada.
	StateOrProvince string `json:"stateOrProvince,omitempty"`
	// PostalCode is text: put it in quotes.
	PostalCode string `json:"postalCode,omitempty"`
	// PhoneNumber is text: put it in quotes.
	PhoneNumber string `json:"phoneNumber,omitempty"`
	// Country in English, such as USA, or its code of ISO 3166.
	Country string `json:"country,omitempty"`
}

// Customs holds what the customs form of the carrier asks for.
type Customs struct {
	// DataDescription is a short text on the content.
	DataDescription string `json:"dataDescription,omitempty"`
	// EncryptedData says whether the data are encrypted.
	EncryptedData YesNo `json:"encryptedData,omitempty"`
	// EncryptionClassification is the ECCN, such as 5D992; with encrypted data.
	EncryptionClassification string `json:"encryptionClassification,omitempty"`
	// ExportCertifierName is the person responsible for the export.
	ExportCertifierName string `json:"exportCertifierName,omitempty"`
	// RequiresExportLicense: AWS cannot ship what needs one.
	RequiresExportLicense YesNo `json:"requiresExportLicense,omitempty"`
	// DeviceValue in US dollars, such as "250.00".
	DeviceValue string `json:"deviceValue,omitempty"`
	// DeviceCountryOfOrigin is the country in which the device was made.
	DeviceCountryOfOrigin string `json:"deviceCountryOfOrigin,omitempty"`
	// DeviceType is externalStorageDevice, usbFlashDrive or sataDrive.
	DeviceType string `json:"deviceType,omitempty"`
	// DeviceHTS is the tariff code, instead of DeviceType.
	DeviceHTS string `json:"deviceHTS,omitempty"`
	// TypeOfExport is return, permanent or temporary.
	TypeOfExport string `json:"typeOfExport,omitempty"`
}

// YesNo is an option of AWS's that is written yes or no; the empty YesNo is not
// set. In a spec it is a plain yes, no, true or false.
type YesNo string

// The values of a YesNo.
const (
	Yes YesNo = "yes"
	No  YesNo = "no"
)
