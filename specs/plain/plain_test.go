package plain_test

import (
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/cargomedia/s3export/specs/plain"
)

func TestMeaning(t *testing.T) {
	for want, texts := range map[string][]string{
		"a number": {
			"02134", "02139", "1E234", "1.10", "012345678901", "2.0", "0x1F", "0b1", "0o17", "1_000", ".5", "+1", "-1",
			".inf", "-.INF", ".NaN", "12:30", "190:20:30.15", "0", "1e5", "09",
		},
		"a boolean":     {"y", "N", "yes", "NO", "On", "off", "true", "FALSE"},
		"nothing":       {"", "~", "null", "NULL"},
		"a date":        {"2026-11-01", "2001-12-14t21:59:43.10-05:00", "2026-1-2 10:00:00"},
		"a special key": {"=", "<<"},
		"": {
			"2026-11", "photos", "206-555-1111", "+41 44 123", "WD-WCC4E0000000", "4TB", "90d", "yesterday", "1.2.3",
			"2026/", "5D992", "8471.70.2000", "0x", "127.0.0.1:9000x", "none", "NaNa",
		},
	} {
		for _, text := range texts {
			if got := plain.Meaning(text); got != want {
				t.Errorf("%q is %q, want %q", text, got, want)
			}
		}
	}
}

// FuzzMeaning: what is called a text is read as that text by the library that
// decodes specs.
func FuzzMeaning(f *testing.F) {
	for _, s := range []string{"02134", "a", "1:2", "0o8", "1e", "+.e3", "2026-11-01", "_1", "1__2", "0x_1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range text {
			if r < '!' || r > '~' {
				return
			}
		}
		if text == "" || plain.Meaning(text) != "" {
			return
		}
		var got struct{ K string }
		if err := yaml.Unmarshal([]byte("k: "+text+"\n"), &got); err != nil {
			return // an indicator: not a plain scalar at all
		}
		if got.K != text && !isIndicator(text) {
			t.Fatalf("%q is read as %q", text, got.K)
		}
	})
}

func isIndicator(text string) bool {
	switch text[0] {
	case '"', '\'', '|', '>', '&', '*', '!', '#', '%', '@', '`', '[', ']', '{', '}', ',', '?', ':', '-':
		return true
	}
	return false
}
