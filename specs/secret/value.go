package secret

import (
	"fmt"
	"log/slog"
)

// Redacted is what every formatting path of a Value prints.
const Redacted = "<redacted>"

// Value is a text that must not be shown: a password, a PIN, a manifest that
// carries one. The zero Value is empty. Values are immutable and safe for
// concurrent use.
type Value struct{ text string }

// NewValue wraps text.
func NewValue(text string) Value { return Value{text: text} }

// Reveal returns the text. Callers pass it to the one place that needs it and
// keep no copy.
func (v Value) Reveal() string { return v.text }

// IsEmpty reports whether there is no text.
func (v Value) IsEmpty() bool { return v.text == "" }

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
