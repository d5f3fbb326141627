package jobs

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cargomedia/s3export/specs/manifest"
)

// maxLogKey bounds logPrefix + export-log-JOBID, the length of an S3 key.
const maxLogKey = 1024

// checked is a manifest that may be carried out.
type checked struct {
	manifest manifest.Manifest
	warning  string // joined remarks, empty without
}

// check holds a manifest text against the rules of a job type. One refusal is
// answered, for the first kind of problem in the order: form, missing fields,
// values, address, customs, buckets; it names all problems of its kind.
func (s *Service) check(account, jobType, text string) (checked, *Refusal) {
	m, warnings, refused := parse(text)
	if refused != nil {
		return checked{}, refused
	}
	steps := []func(manifest.Manifest) *Refusal{
		func(m manifest.Manifest) *Refusal { return checkRequired(jobType, m) },
		checkValues,
		func(m manifest.Manifest) *Refusal {
			if m.AccessKeyID != "" && m.AccessKeyID != account {
				return refuse(invalidAccessKeyID)
			}
			return nil
		},
		checkReturnAddress,
	}
	if jobType == Export {
		steps = append(steps, s.checkBuckets(account), s.checkBorder, checkCustoms)
	}
	for _, step := range steps {
		if refused := step(m); refused != nil {
			return checked{}, refused
		}
	}
	return checked{manifest: m, warning: remarks(warnings)}, nil
}

// parse reads the text. What XML cannot carry back in CurrentManifest is refused.
func parse(text string) (manifest.Manifest, []manifest.Warning, *Refusal) {
	unprintable := func(r rune) bool {
		return r == 0xfffe || r == 0xffff || unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r)
	}
	if !utf8.ValidString(text) || strings.TrimSpace(text) == "" || strings.ContainsFunc(text, unprintable) {
		return manifest.Manifest{}, nil, refuse(malformedManifest)
	}
	m, warnings, err := manifest.Parse([]byte(text))
	if err == nil {
		return m, warnings, nil
	}
	var fields []string
	for _, p := range manifest.Problems(err) {
		if p.Field == "" {
			return m, nil, refuse(malformedManifest, p.Message)
		}
		fields = append(fields, p.Field+": "+p.Message)
	}
	return m, nil, refuse(invalidField, fields...)
}

// remarks joins warnings, which hold no values.
func remarks(warnings []manifest.Warning) string {
	all := make([]string, len(warnings))
	for i := range warnings {
		all[i] = warnings[i].Error()
	}
	return strings.Join(all, ". ")
}

// missing gathers the names of the fields that are not there.
func missing(fields ...field) []string {
	var names []string
	for _, f := range fields {
		if f.value == "" {
			names = append(names, f.name)
		}
	}
	return names
}

type field struct{ name, value string }

// checkRequired: section "Export Manifest File Options". Of an import only what
// every manifest needs is looked at; the warehouse loads exports alone.
func checkRequired(jobType string, m manifest.Manifest) *Refusal {
	absent := missing(field{"manifestVersion", m.ManifestVersion}, field{"deviceId", m.DeviceID})
	if m.ReturnAddress == nil {
		absent = append(absent, "returnAddress")
	}
	if jobType == Export {
		absent = append(absent, missing(field{"fileSystem", m.FileSystem}, field{"logBucket", m.LogBucket})...)
		if len(m.Operations) == 0 {
			absent = append(absent, "operations")
		}
		for _, o := range m.Operations {
			absent = append(absent, missing(field{"operations.exportBucket", o.ExportBucket})...)
		}
		if m.PinCode == nil && m.TrueCryptPassword == nil {
			absent = append(absent, "pinCode or trueCryptPassword")
		}
	}
	if len(absent) > 0 {
		return refuse(missingField, absent...)
	}
	return nil
}

func checkValues(m manifest.Manifest) *Refusal {
	if fs := m.FileSystem; fs != "" && !strings.EqualFold(fs, "EXT4") && !strings.EqualFold(fs, "NTFS") {
		return refuse(invalidFileSystem, "fileSystem is NTFS or EXT4")
	}
	var bad []string
	if m.ManifestVersion != "2.0" {
		bad = append(bad, "manifestVersion is 2.0")
	}
	if l := m.ServiceLevel; l != "" && l != "standard" && l != "expeditedShipping" {
		bad = append(bad, "serviceLevel is standard or expeditedShipping")
	}
	if len(m.LogPrefix)+len("export-log-")+idLength > maxLogKey {
		bad = append(bad, "logPrefix is too long")
	}
	for _, o := range m.Operations {
		if hasDots(o.TargetDirectory) {
			bad = append(bad, "targetDirectory has a component . or ..")
		}
	}
	if hasDots(m.RecoveryDirectory) {
		bad = append(bad, "recoveryDirectory has a component . or ..")
	}
	if len(bad) > 0 {
		return refuse(invalidField, bad...)
	}
	return nil
}

func hasDots(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "." || part == ".." {
			return true
		}
	}
	return false
}
