package manifest_test

import (
	"reflect"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

// complete sets every option, as in a text that is sent as it is.
func complete() manifest.Manifest {
	m := good()
	m.ManifestVersion, m.Generator, m.AccessKeyID = "2.0", "s3export/v1 a 1 0011223344556677", "AKIAIOSFODNN7EXAMPLE"
	m.DeviceID, m.FileSystem, m.ServiceLevel = "WD-1", "EXT4", "standard"
	m.LogPrefix, m.RecoveryDirectory = "exports/", "recovered"
	m.TrueCryptPassword = &secret.Source{Env: "PASSWORD"}
	m.NotificationEmail = "ops@example.com;media@example.com"
	m.Operations[0] = manifest.Operation{
		ExportBucket: "photos", Prefix: "2026/", BeginMarker: "2026/a", EndMarker: "2026/b", TargetDirectory: "photos",
	}
	a := m.ReturnAddress
	a.Company, a.Street2, a.Street3 = "Example Corp.", "Building 4", "Dock 2"
	m.Customs.DeviceHTS = "8471.70.4065"
	return m
}

// option is what a single option is held against.
type option struct {
	required bool // without it nothing is sent
	// refused and warned are wrong values; what is wrong is said of the option itself.
	refused, warned []string
}

// options holds every option that there is: a new one has to say its rules here.
func options() map[string]option {
	bucket := []string{"s3://photos", "ph", "photos/2026", "phötos", "a b", strings.Repeat("x", 256)}
	marker := option{warned: []string{"/2026/a5", strings.Repeat("x", 1025)}}
	directory := []string{"/photos", "//", ".", "..", "a/./b", "a/../b", "a//b", strings.Repeat("x", 256)}
	country := option{required: true, refused: []string{"Atlantis", "U", "USSSA", "12", "Switzerlnad"}}
	return map[string]option{
		"manifestVersion":                  {required: true, refused: []string{"3.0", "1.2", "2", "2.00"}},
		"generator":                        {},
		"accessKeyId":                      {refused: []string{"AKIA", strings.Repeat("a", 40), strings.Repeat("A", 21)}, warned: []string{"akiaiosfodnn7example"}},
		"deviceId":                         {required: true, refused: []string{"WD-2", "wd-1"}},
		"fileSystem":                       {required: true, refused: []string{"NTFS", "ext4", "EXT3", "FAT32"}},
		"serviceLevel":                     {refused: []string{"fast", "Standard", "expedited"}},
		"operations[0].exportBucket":       {required: true, refused: bucket},
		"operations[0].prefix":             {warned: []string{"/2026/", strings.Repeat("x", 1025)}},
		"operations[0].beginMarker":        marker,
		"operations[0].endMarker":          {warned: []string{"2026/a", "2025/", "/2026/b"}},
		"operations[0].targetDirectory":    {refused: directory},
		"logBucket":                        {required: true, refused: bucket},
		"logPrefix":                        {refused: []string{strings.Repeat("x", 1009)}, warned: []string{"exports"}},
		"recoveryDirectory":                {refused: append([]string{"/"}, directory...), warned: []string{"photos", "photos/bad"}},
		"trueCryptPassword":                {},
		"pinCode":                          {},
		"notificationEmail":                {refused: []string{"ops", "a@b@c", "ops@example.com,media@example.com", "ops@example.com;", "Jane <j@example.com>", "@example.com", "ops@"}},
		"returnAddress.name":               {required: true},
		"returnAddress.company":            {},
		"returnAddress.street1":            {required: true, refused: []string{"P.O. Box 12", "po box 12", "Post Office Box 1"}},
		"returnAddress.street2":            {refused: []string{"PO Box 12"}},
		"returnAddress.street3":            {refused: []string{"Postfach 12"}},
		"returnAddress.city":               {required: true},
		"returnAddress.stateOrProvince":    {required: true},
		"returnAddress.postalCode":         {required: true, warned: []string{"9101", "K1A 0B1"}},
		"returnAddress.phoneNumber":        {required: true},
		"returnAddress.country":            country,
		"customs.dataDescription":          {required: true},
		"customs.encryptedData":            {required: true, refused: []string{"maybe", "y"}},
		"customs.encryptionClassification": {required: true, warned: []string{"EAR99", "5D99", "none"}},
		"customs.exportCertifierName":      {required: true},
		"customs.requiresExportLicense":    {required: true, refused: []string{"NLR"}, warned: []string{"yes"}},
		"customs.deviceValue":              {required: true, refused: []string{"USD 250", "250,00", "-1", "$250", "1e3", "250.001"}},
		"customs.deviceCountryOfOrigin":    country,
		"customs.deviceType":               {warned: []string{"tape", "sata"}},
		"customs.deviceHTS":                {warned: []string{"8471.7", "disk", "8471.70.2000.1"}},
		"customs.typeOfExport":             {warned: []string{"gift", "Return"}},
	}
}

// leaf is a single option of a manifest, by reflection.
type leaf struct {
	field string
	at    []int // fields and indices on the way
}

func leaves(t reflect.Type, field string, at []int) []leaf {
	switch {
	case t == reflect.TypeFor[*secret.Source]() || t.Kind() == reflect.String:
		return []leaf{{field, at}}
	case t.Kind() == reflect.Pointer:
		return leaves(t.Elem(), field, at)
	case t.Kind() == reflect.Slice:
		return leaves(t.Elem(), field+"[0]", append(at, 0))
	}
	var all []leaf
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "-" {
			name = strings.ToLower(t.Field(i).Name)
		}
		all = append(all, leaves(t.Field(i).Type, strings.TrimPrefix(field+"."+name, "."), append(at[:len(at):len(at)], i))...)
	}
	return all
}

// in returns the option's value in m.
func (l leaf) in(m *manifest.Manifest) reflect.Value {
	v := reflect.ValueOf(m).Elem()
	for _, i := range l.at {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		if v.Kind() == reflect.Slice {
			v = v.Index(i)
		} else {
			v = v.Field(i)
		}
	}
	return v
}

func checkComplete(change func(*manifest.Manifest)) []manifest.Problem {
	m := complete()
	change(&m)
	return manifest.Check(m, manifest.Setting{Serial: "WD-1", Region: "us-east-1", Complete: true})
}

// expectOn wants problems of the field, minor ones or not. What else a wrong value
// causes is minor.
func expectOn(field string, minor bool, problems []manifest.Problem) {
	GinkgoHelper()
	Expect(problems).To(ContainElement(And(HaveField("Field", field), HaveField("Minor", minor))))
	for _, p := range problems {
		Expect(p.Field == field && p.Minor == minor || p.Minor).To(BeTrue(), p.Error())
		Expect(p.Message).NotTo(BeEmpty())
		Expect(p.Remedy).NotTo(BeEmpty(), p.Error())
		Expect(len(p.Error())).To(BeNumerically("<", 500), "a long value is not repeated")
	}
}

var _ = Describe("every option", func() {
	all := leaves(reflect.TypeFor[manifest.Manifest](), "", nil)

	It("is in the table, and set in the complete manifest, which has no problem", func() {
		m := complete()
		var fields []string
		for _, l := range all {
			fields = append(fields, l.field)
			Expect(l.in(&m).IsZero()).To(BeFalse(), "complete() does not set %s", l.field)
		}
		var known []string
		for field := range options() {
			known = append(known, field)
		}
		Expect(known).To(ConsistOf(fields), "each option needs its rules in options()")
		Expect(checkComplete(func(*manifest.Manifest) {})).To(BeEmpty())
	})

	for _, l := range all {
		o := options()[l.field]
		It("without "+l.field, func() {
			problems := checkComplete(func(m *manifest.Manifest) { l.in(m).SetZero() })
			if !o.required {
				Expect(problems).To(BeEmpty())
				return
			}
			Expect(problems).To(HaveLen(1))
			Expect(problems[0].Message).To(HavePrefix("missing"))
			expectOn(l.field, false, problems)
		})
		for minor, values := range map[bool][]string{false: o.refused, true: o.warned} {
			for _, value := range values {
				It("with "+l.field+" "+regexp.MustCompile(`(.{20}).+`).ReplaceAllString(value, "$1…"), func() {
					problems := checkComplete(func(m *manifest.Manifest) { l.in(m).SetString(value) })
					expectOn(l.field, minor, problems)
				})
			}
		}
		if l.field == "generator" || l.field == "pinCode" || l.field == "trueCryptPassword" {
			continue // ours, and secrets, which are not looked at
		}
		It("with a control character in "+l.field, func() {
			for _, c := range []string{"\n", "\x00", "\x1b", "\u0085", "\u2028"} {
				problems := checkComplete(func(m *manifest.Manifest) { l.in(m).SetString(l.in(m).String() + c) })
				Expect(problems).To(ContainElement(And(
					HaveField("Field", l.field), HaveField("Minor", false), HaveField("Message", ContainSubstring("control character")))))
			}
		})
	}
})
