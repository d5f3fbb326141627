package manifest

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/cargomedia/s3export/specs/wording"
)

// Setting is what the rules know of the world around a manifest.
type Setting struct {
	// Serial that the spec selects the device by; empty when it selects otherwise.
	Serial string
	// Region of the buckets; empty: nothing is said about borders.
	Region string
	// From is the address that the parcel leaves from; nil: the return address. Its
	// problems have fields such as from.country.
	From *Address
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
		checkOperations, checkPaths, checkLog, checkRecovery, checkEncryption, checkEmail,
		checkReturnAddress, checkBorder, checkCustoms, checkTexts, checkLength,
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
		c.refuse("manifestVersion", wording.Quote(m.ManifestVersion)+" is not the version of S3 export jobs", `write "2.0"`)
	}
}

// Source: "accessKeyId: string, 20 chars", Manifest File Options. That it is the key
// that signs is checked where the credentials are known. The value is not shown: it
// may be the secret key.
func checkAccessKey(c *checker, m Manifest, _ Setting) {
	const field = "accessKeyId"
	switch n := len(m.AccessKeyID); {
	case n == 0:
	case n == 40:
		c.refuse(field, "has 40 characters, as a secret access key has", "write the access key id; if it was the secret key, make a new one at AWS: it stood in a file")
	case n != 20:
		c.refuse(field, fmt.Sprintf("has %d characters, an access key id has 20", n), "copy it again, or leave it out")
	case !regexp.MustCompile(`^[A-Z0-9]+$`).MatchString(m.AccessKeyID):
		c.warn(field, "has other characters than capitals and digits", "copy it again, or leave it out")
	}
}

func checkDevice(c *checker, m Manifest, s Setting) {
	switch {
	case m.DeviceID == "" && s.Complete:
		c.refuse("deviceId", "missing", "write the serial number of the drive into the manifest")
	case m.DeviceID != "" && s.Serial != "" && m.DeviceID != s.Serial:
		c.refuse("deviceId", fmt.Sprintf("%s is not the serial number %s of the device", wording.Quote(m.DeviceID), wording.Quote(s.Serial)),
			"make the two equal: AWS knows the drive by its deviceId")
	}
}

// AWS also takes NTFS, but then nothing here could read the drive.
func checkFileSystem(c *checker, m Manifest, s Setting) {
	switch {
	case m.FileSystem == "" && s.Complete:
		c.refuse("fileSystem", "missing", "write fileSystem: EXT4")
	case m.FileSystem != "" && m.FileSystem != "EXT4":
		c.refuse("fileSystem", wording.Quote(m.FileSystem)+" is not EXT4, which is all that can be verified", "write EXT4")
	}
}

func checkServiceLevel(c *checker, m Manifest, _ Setting) {
	switch m.ServiceLevel {
	case "", standard, expedited:
		return
	}
	remedy := "write " + wording.Among([]string{standard, expedited})
	if near := wording.Near(m.ServiceLevel, []string{standard, expedited}); near != "" {
		remedy = "did you mean " + near + "?"
	}
	c.refuse("serviceLevel", wording.Quote(m.ServiceLevel)+" is no service level", remedy)
}

const (
	standard  = "standard"
	expedited = "expeditedShipping"
)

// maxLogPrefix leaves room for export-log- and the five characters of a job id in
// an S3 key of 1024 bytes.
const maxLogPrefix = 1024 - len("export-log-") - 5

func checkLog(c *checker, m Manifest, _ Setting) {
	c.require("logBucket", m.LogBucket, "name a bucket in the region of the exported ones; AWS puts the log and the label there")
	checkBucket(c, "logBucket", m.LogBucket)
	switch n := len(m.LogPrefix); {
	case n > maxLogPrefix:
		c.refuse("logPrefix", fmt.Sprintf("has %d bytes", n),
			fmt.Sprintf("use at most %d: with export-log-JOBID it is an S3 key of at most 1024", maxLogPrefix))
	case n > 0 && isWordByte(m.LogPrefix[n-1]):
		c.warn("logPrefix", "no slash is put behind it: the log will be "+wording.Quote(m.LogPrefix+"export-log-JOBID"),
			"end it in /, if it is meant to be a directory")
	}
}

func isWordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
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
	one := regexp.MustCompile(`^[^@\s<>(),;:"\[\]]+@[\pL\pN]([\pL\pN.-]*[\pL\pN])?$`)
	for address := range strings.SplitSeq(m.NotificationEmail, ";") {
		if !one.MatchString(strings.TrimSpace(address)) {
			c.refuse("notificationEmail", wording.Quote(address)+" is no e-mail address",
				`write one address, or several with ";" between them`)
			return
		}
	}
}
