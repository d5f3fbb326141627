package convert

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

// form takes out of m what was never filled in, such as [Your log bucket], and
// decides where it offers alternatives, such as sataDrive|externalStorageDevice.
func (n *notes) form(m *manifest.Manifest) {
	n.fields(reflect.ValueOf(m).Elem(), sheet)
	if m.ReturnAddress != nil && *m.ReturnAddress == (manifest.Address{}) {
		m.ReturnAddress = nil
	}
	if m.Customs != nil && *m.Customs == (manifest.Customs{}) {
		m.Customs = nil
	}
	m.Operations = slices.DeleteFunc(m.Operations, func(o manifest.Operation) bool { return o == manifest.Operation{} })
	if len(m.Operations) == 0 {
		m.Operations = nil
	}
}

func (n *notes) fields(v reflect.Value, field string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && v.Type() != reflect.TypeFor[*secret.Source]() {
			n.fields(v.Elem(), field)
		}
	case reflect.Slice:
		for i := range v.Len() {
			n.fields(v.Index(i), fmt.Sprintf("%s[%d]", field, i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); name != "-" {
				n.fields(v.Field(i), field+"."+name)
			}
		}
	case reflect.String:
		v.SetString(n.value(field, v.String()))
	default:
	}
}

// value returns what is kept of a value: nothing of a placeholder, the first of
// alternatives.
func (n *notes) value(field, text string) string {
	name := field[strings.LastIndexByte(field, '.')+1:]
	choices := strings.Split(strings.Trim(text, "[]<> \t"), "|")
	switch {
	case len(choices) > 1 && isDeclaration(name):
		n.leaveOut(field, "whether yes or no is for a person to say")
		return ""
	case len(choices) > 1 && isChoice(name) && strings.TrimSpace(choices[0]) != "":
		first := strings.TrimSpace(choices[0])
		n.guess(field, fmt.Sprintf("%s, the first of %s", first, quote(text)))
		return first
	case isPlaceholder(text):
		if name == "deviceId" {
			field = "spec.device"
		}
		n.leaveOut(field, "it was never filled in: "+quote(text))
		return ""
	}
	return text
}

// isPlaceholder finds what stands for a value.
func isPlaceholder(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "[") || strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">") || text == "TODO"
}

// isDeclaration names the options by which somebody answers to the customs.
func isDeclaration(name string) bool {
	return name == "encryptedData" || name == "requiresExportLicense"
}

// isChoice names the options that have one of a few values, none with "|" in it.
func isChoice(name string) bool {
	switch name {
	case "fileSystem", "serviceLevel", "encryptionClassification", "deviceType", "deviceHTS", "typeOfExport", "country", "deviceCountryOfOrigin":
		return true
	}
	return false
}
