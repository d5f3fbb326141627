package specs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

type selector struct{ member, value string }

func selectors(d Device) []selector {
	all := []selector{{"serial", d.Serial}, {"wwn", d.WWN}, {"byID", d.ByID}, {"image", d.Image}}
	return slices.DeleteFunc(all, func(s selector) bool { return s.value == "" })
}

func checkSelector(r *resolver, b Backup) {
	switch given := selectors(b.Spec.Device); {
	case len(given) == 0 && r.walker.isSilentBelow("spec.device", "serial", "wwn", "byID", "image"):
	case len(given) == 0:
		r.problem("spec.device", "missing serial, wwn, byID or image: nothing says which drive is meant",
			`write the serial number that "lsblk -o NAME,SERIAL,SIZE" or the sticker shows`)
	case len(given) > 1:
		r.problem("spec.device."+given[1].member, given[0].member+" and "+given[1].member+" are both given",
			"keep exactly one of serial, wwn, byID and image")
	}
}

func checkSelectorValue(r *resolver, b Backup) {
	for _, s := range selectors(b.Spec.Device) {
		field := "spec.device." + s.member
		switch {
		case isKernelName(s.value) && (s.member != "image" || strings.HasPrefix(s.value, "/dev/")):
			r.problem(field, quote(s.value)+" may be another disk after the next boot",
				`name the disk by its serial number, which "lsblk -o NAME,SERIAL,SIZE" shows`)
		case s.member == "image":
			checkImage(r, field, s.value)
		case s.member == "wwn" && !isWWN(s.value):
			r.problem(field, quote(s.value)+" is no WWN", `write it as "lsblk -o NAME,WWN" shows it, such as "0x50014ee2b5e7a1c3"`)
		case s.member == "byID":
			checkByID(r, field, s.value)
		case s.member == "serial" && !regexp.MustCompile(`^[!-.0-~]+([ !-.0-~]*[!-.0-~])?$`).MatchString(s.value):
			r.problem(field, quote(s.value)+" is no serial number", `write it as "lsblk -o NAME,SERIAL" shows it`)
		}
	}
}

// isKernelName finds /dev/sdb and its like: names that go by the order in which
// disks were found.
func isKernelName(value string) bool {
	name := strings.TrimPrefix(value, "/dev/")
	return regexp.MustCompile(`^((sd|vd|xvd|hd)[a-z]+[0-9]*|(nvme[0-9]+n[0-9]+|mmcblk[0-9]+)(p[0-9]+)?|loop[0-9]+)$`).MatchString(name)
}

func isWWN(value string) bool {
	return regexp.MustCompile(`(?i)^((wwn-)?0x|naa\.)?([0-9a-f]{16}|[0-9a-f]{32})$|^(eui\.|uuid\.|nvme\.)[-0-9a-z.]+$`).MatchString(value)
}

func checkByID(r *resolver, field, value string) {
	switch name, ok := strings.CutPrefix(value, "/dev/disk/by-id/"); {
	case ok:
		r.problem(field, "holds a path", "write the name alone: "+quote(name))
	case strings.Contains(value, "/"):
		r.problem(field, quote(value)+" is no name in /dev/disk/by-id", `write a name that "ls /dev/disk/by-id" shows`)
	case regexp.MustCompile(`-part[0-9]+$`).MatchString(value):
		r.problem(field, quote(value)+" is a partition, the whole disk is needed",
			"write "+quote(value[:strings.LastIndex(value, "-part")]))
	}
}

func checkImage(r *resolver, field, value string) {
	if strings.HasPrefix(value, "/dev/") {
		r.problem(field, quote(value)+" is a device, not an image file", "select a disk by serial, wwn or byID")
	}
}

func checkSize(r *resolver, b Backup) {
	_, _, err := b.Spec.Device.Size.Parse()
	r.parsed("spec.device.size", err)
}

func checkFormat(r *resolver, b Backup) {
	if f := b.Spec.Device.Format; f != FormatIfBlank && f != FormatNever {
		r.problem("spec.device.format", quote(string(f))+" is not known", "write IfBlank or Never")
	}
}

func checkReplaces(r *resolver, b Backup) {
	const field = "spec.device.replaces"
	replaces := b.Spec.Device.Replaces
	if replaces == "" {
		return
	}
	name, run, _ := strings.Cut(replaces, "/")
	switch {
	case !isLabel(name) || !isRun(run):
		r.problem(field, quote(replaces)+" is no run of a backup", "write NAME/RUN, such as photos-a/2026-08")
	case name == b.Metadata.Name && run == b.Spec.Run:
		r.problem(field, "is this very run", "write the older run that may be erased, or remove it")
	}
}

func checkSet(r *resolver, b Backup) {
	if s := b.Spec.Set; s != "" && !isLabel(s) {
		r.problem("spec.set", quote(s)+" is no name of a set", "use lower case letters, digits and hyphens, such as photos")
	}
}

// checkSources checks the secret sources of a manifest. No message shows a member's
// value, because it may be the secret itself.
func (r *resolver) checkSources(m manifest.Manifest) {
	for _, s := range []struct {
		name   string
		source *secret.Source
	}{{"trueCryptPassword", m.TrueCryptPassword}, {"pinCode", m.PinCode}} {
		if s.source != nil {
			r.checkSource("spec.manifest."+s.name, *s.source)
		}
	}
}

func (r *resolver) checkSource(field string, s secret.Source) {
	switch members := s.Members(); {
	case len(members) == 0 && r.walker.isSilent(field):
	case len(members) == 0:
		r.problem(field, "names no source of the secret", "write one of "+sourceExample)
	case len(members) > 1:
		r.problem(field+"."+members[1], fmt.Sprintf("%s and %s are both given", members[0], members[1]), "keep exactly one source")
	case s.Env != "" && !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(s.Env):
		r.problem(field+".env", "is no name of an environment variable", "write the variable's name, not its value")
	case s.Credential != "" && (strings.ContainsAny(s.Credential, "/ \t") || s.Credential == "." || s.Credential == ".."):
		r.problem(field+".credential", "is no name of a systemd credential", "write the name that LoadCredential= gives it")
	case len(s.Exec) > 0 && s.Exec[0] == "":
		r.problem(field+".exec[0]", "names no program", "write the program and its arguments as a list")
	}
}
