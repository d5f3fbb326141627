package manifest

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// checkTexts refuses control characters everywhere: no option has a use for them
// and what AWS makes of them is not known.
func checkTexts(c *checker, m Manifest, _ Setting) {
	walkTexts(reflect.ValueOf(m), "", func(field, text string) {
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) {
			c.refuse(field, "holds a control character or a line break", "write it on one line")
		}
	})
}

// checkLength finds before anything is done what could not be sent. A text that is
// sent as it is has been measured when it was read.
func checkLength(c *checker, m Manifest, s Setting) {
	if _, err := m.Redacted(); err != nil && !s.Complete {
		c.problems = append(c.problems, Problems(err)...)
	}
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
