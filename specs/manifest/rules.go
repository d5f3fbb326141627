package manifest

import (
	"fmt"
	"reflect"
	"strings"
)

// Setting is what the rules know of the world around a manifest.
type Setting struct {
	// Serial that the spec selects the device by; empty when it selects otherwise.
	Serial string
	// Complete is set for a text that is sent as it is: nothing is defaulted.
	Complete bool
}

// Check returns all problems of m, in the order of AWS's reference. Constraints
// that the reference is not certain of give minor problems.
func Check(m Manifest, s Setting) []Problem {
	var c checker
	for _, rule := range rules() {
		rule(&c, m, s)
	}
	return c.problems
}

// A rule checks one option or one relation between options.
type rule func(*checker, Manifest, Setting)

func rules() []rule {
	return []rule{
		checkVersion, checkAccessKey, checkDevice, checkFileSystem, checkServiceLevel, checkExpedited,
		checkOperations, checkLog, checkRecovery, checkEncryption, checkEmail,
		checkReturnAddress, checkCustoms, checkExportLicense, checkTexts,
	}
}

type checker struct{ problems []Problem }

func (c *checker) refuse(field, message, remedy string) {
	c.problems = append(c.problems, Problem{Field: field, Message: message, Remedy: remedy})
}

func (c *checker) warn(field, message, remedy string) {
	c.problems = append(c.problems, Problem{Field: field, Message: message, Remedy: remedy, Minor: true})
}

func (c *checker) require(field, value, remedy string) {
	if value == "" {
		c.refuse(field, "missing", remedy)
	}
}

func checkVersion(c *checker, m Manifest, s Setting) {
	switch {
	case m.ManifestVersion == "" && s.Complete:
		c.refuse("manifestVersion", "missing", "write manifestVersion: 2.0")
	case m.ManifestVersion != "" && m.ManifestVersion != "2.0":
		c.refuse("manifestVersion", fmt.Sprintf("%q is not the version of S3 export jobs", m.ManifestVersion),
			`write "2.0"`)
	}
}

// Source: "accessKeyId: string, 20 chars", Manifest File Options.
func checkAccessKey(c *checker, m Manifest, _ Setting) {
	if m.AccessKeyID != "" && len(m.AccessKeyID) != 20 {
		c.refuse("accessKeyId", fmt.Sprintf("has %d characters, an access key id has 20", len(m.AccessKeyID)),
			"copy it again, or leave it out")
	}
}

func checkDevice(c *checker, m Manifest, s Setting) {
	switch {
	case m.DeviceID == "" && s.Complete:
		c.refuse("deviceId", "missing", "write the serial number of the drive into the manifest")
	case m.DeviceID != "" && s.Serial != "" && m.DeviceID != s.Serial:
		c.refuse("deviceId", fmt.Sprintf("%q is not the serial number %q of the device", m.DeviceID, s.Serial),
			"make the two equal: AWS knows the drive by its deviceId")
	}
}

func checkFileSystem(c *checker, m Manifest, s Setting) {
	switch {
	case m.FileSystem == "" && s.Complete:
		c.refuse("fileSystem", "missing", "write fileSystem: EXT4")
	case m.FileSystem != "" && m.FileSystem != "EXT4":
		c.refuse("fileSystem", fmt.Sprintf("%q cannot be verified, only EXT4 can", m.FileSystem), "write EXT4")
	}
}

func checkServiceLevel(c *checker, m Manifest, _ Setting) {
	switch m.ServiceLevel {
	case "", "standard", "expeditedShipping":
	default:
		c.refuse("serviceLevel", fmt.Sprintf("%q is no service level", m.ServiceLevel), "write standard or expeditedShipping")
	}
}

// Source: two-day shipping goes from US facilities to US addresses only.
func checkExpedited(c *checker, m Manifest, _ Setting) {
	if m.ServiceLevel == "expeditedShipping" && m.ReturnAddress != nil &&
		m.ReturnAddress.Country != "" && !isUS(m.ReturnAddress.Country) {
		c.refuse("serviceLevel", "expeditedShipping reaches addresses in the US only", "write standard")
	}
}

// maxLogPrefix leaves room for export-log- and the five characters of a job id in
// an S3 key of 1024 bytes.
const maxLogPrefix = 1024 - len("export-log-") - 5

func checkLog(c *checker, m Manifest, _ Setting) {
	c.require("logBucket", m.LogBucket, "name a bucket in the region of the exported ones; AWS puts the log and the label there")
	checkBucket(c, "logBucket", m.LogBucket)
	if len(m.LogPrefix) > maxLogPrefix {
		c.refuse("logPrefix", fmt.Sprintf("has %d bytes", len(m.LogPrefix)),
			fmt.Sprintf("use at most %d: with export-log-JOBID it is an S3 key of at most 1024", maxLogPrefix))
	}
}

func checkRecovery(c *checker, m Manifest, _ Setting) {
	checkDirectory(c, "recoveryDirectory", m.RecoveryDirectory)
}

func checkEncryption(c *checker, m Manifest, _ Setting) {
	if m.PinCode == nil && m.TrueCryptPassword == nil {
		c.refuse("pinCode", "neither pinCode nor trueCryptPassword is given: AWS exports to encrypted drives only",
			"give the PIN of the drive, or a password for TrueCrypt")
	}
}

func checkEmail(c *checker, m Manifest, _ Setting) {
	if m.NotificationEmail == "" {
		return
	}
	for _, address := range strings.Split(m.NotificationEmail, ";") {
		local, domain, ok := strings.Cut(strings.TrimSpace(address), "@")
		if !ok || local == "" || domain == "" || strings.ContainsAny(domain, "@ ,") {
			c.refuse("notificationEmail", fmt.Sprintf("%q is no e-mail address", address),
				"write one address, or several with \";\" between them")
		}
	}
}

// checkTexts refuses control characters everywhere: no option has a use for them
// and what AWS makes of them is not known.
func checkTexts(c *checker, m Manifest, _ Setting) {
	walkTexts(reflect.ValueOf(m), "", func(field, text string) {
		if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7F }) {
			c.refuse(field, "holds a control character or a line break", "write it on one line")
		}
	})
}

func walkTexts(v reflect.Value, field string, visit func(field, text string)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walkTexts(v.Elem(), field, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkTexts(v.Index(i), fmt.Sprintf("%s[%d]", field, i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if name != "-" && name != "" {
				walkTexts(v.Field(i), strings.TrimPrefix(field+"."+name, "."), visit)
			}
		}
	case reflect.String:
		visit(field, v.String())
	default:
	}
}
