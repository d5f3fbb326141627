package secret

import (
	"fmt"
	"log/slog"
	"unique"
)

// Redacted is what every formatting path of a Value prints.
const Redacted = "<redacted>"

// Value is a text that must not be shown: a password, a PIN, a manifest that
// carries one. The zero Value is empty. Values are immutable and safe for
// concurrent use; two of the same text are ==.
type Value struct {
	// fmt calls no method of a Value in an unexported field, and would print a
	// string there. Behind a handle it finds an address.
	text unique.Handle[string]
}

// NewValue wraps text.
func NewValue(text string) Value {
	if text == "" {
		return Value{}
	}
	return Value{text: unique.Make(text)}
}

// Reveal returns the text. Callers pass it to the one place that needs it and
// keep no copy.
func (v Value) Reveal() string {
	if v.IsEmpty() {
		return ""
	}
	return v.text.Value()
}

// IsEmpty reports whether there is no text.
func (v Value) IsEmpty() bool { return v == Value{} }

// String returns Redacted.
func (Value) String() string { return Redacted }

// GoString returns Redacted, for %#v.
func (Value) GoString() string { return Redacted }

// Format prints Redacted whatever the verb.
func (Value) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Redacted)) }

// MarshalText returns Redacted; encoding/json, encoding/xml and YAML use it.
func (Value) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// MarshalLog returns Redacted, for logr.
func (Value) MarshalLog() any { return Redacted }

// LogValue returns Redacted, for log/slog.
func (Value) LogValue() slog.Value { return slog.StringValue(Redacted) }
