package convert

import (
	"fmt"
	"strings"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

func (n *notes) device(m manifest.Manifest, o Options) specs.Device {
	const field = sheet + ".deviceId"
	switch {
	case o.Image != "":
		if m.DeviceID != "" {
			n.leaveOut(field, "an image is named after the backup")
		}
		return specs.Device{Image: o.Image}
	case o.Serial != "":
		if m.DeviceID != "" && m.DeviceID != o.Serial {
			n.leaveOut(field, fmt.Sprintf("%s is not the serial number that was given", quote(m.DeviceID)))
		}
		return specs.Device{Serial: o.Serial}
	}
	return specs.Device{Serial: m.DeviceID}
}

// sheet returns the options that the spec keeps: without those that it says
// elsewhere, and those that are the default anyway.
func (n *notes) sheet(m manifest.Manifest, name string) *manifest.Manifest {
	if m.Generator != "" {
		n.leaveOut(sheet+".generator", "s3export keeps its own mark there")
	}
	m.Generator, m.DeviceID = "", ""
	if m.ManifestVersion == "2.0" {
		m.ManifestVersion = ""
	}
	if strings.EqualFold(m.FileSystem, "EXT4") {
		m.FileSystem = ""
	}
	if m.AccessKeyID != "" && len(m.AccessKeyID) != 20 { // perhaps the secret key
		n.leaveOut(sheet+".accessKeyId", "it has not the 20 characters of an access key id")
		m.AccessKeyID = ""
	}
	for _, s := range []struct {
		option string
		source **secret.Source
		file   string
	}{{"pinCode", &m.PinCode, "pin"}, {"trueCryptPassword", &m.TrueCryptPassword, "truecrypt"}} {
		if *s.source != nil {
			*s.source = n.secret(s.option, fmt.Sprintf("./%s.%s", label(name), s.file))
		}
	}
	for i := range m.Operations {
		n.directory(fmt.Sprintf("%s.operations[%d].targetDirectory", sheet, i), &m.Operations[i].TargetDirectory)
	}
	n.directory(sheet+".recoveryDirectory", &m.RecoveryDirectory)
	return &m
}

// secret makes a source of a secret that stands in the manifest. What stands there
// is not looked at.
func (n *notes) secret(option, file string) *secret.Source {
	*n = append(*n, Note{Secret, sheet + "." + option, fmt.Sprintf(
		"is read from %s, beside the spec. Put it there with `install -m 600 /dev/stdin %s`: type it, Enter, Ctrl-D. Remove the option if the drive has none", file, file)})
	return &secret.Source{File: file}
}

// directory takes the slashes off that would make a directory absolute.
func (n *notes) directory(field string, dir *string) {
	clean := strings.Trim(*dir, "/")
	switch {
	case clean == "" && *dir != "":
		clean = "/"
		n.guess(field, "/ puts the keys at the root of the drive")
	case strings.HasPrefix(*dir, "/"):
		n.guess(field, fmt.Sprintf("%s was %s: it is relative to the root of the drive", clean, quote(*dir)))
	}
	*dir = clean
}
