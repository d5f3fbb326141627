package manifest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cargomedia/s3export/specs/plain"
	"github.com/cargomedia/s3export/specs/secret"
)

// Resolve reads the secret that a source names.
type Resolve func(context.Context, secret.Source) (secret.Value, error)

// WithSecrets returns m with each source of a secret replaced by its value.
// Literal sources stay. An empty secret is an error.
func (m Manifest) WithSecrets(ctx context.Context, resolve Resolve) (Manifest, error) {
	for _, s := range m.secrets() {
		if *s.at == nil {
			continue
		}
		if _, ok := (*s.at).Literal(); ok {
			continue
		}
		value, err := resolve(ctx, **s.at)
		if _, named := errors.AsType[*secret.Error](err); named {
			return Manifest{}, fmt.Errorf("%s: %w", s.field, err)
		}
		if err != nil {
			return Manifest{}, fmt.Errorf("reading %s from %q: %w", s.field, (*s.at).Name(), err)
		}
		if value.IsEmpty() {
			return Manifest{}, &Problem{
				Field:   s.field,
				Message: fmt.Sprintf("the secret %q is empty", (*s.at).Name()),
				Remedy:  "put the secret there",
			}
		}
		literal := secret.Literal(value)
		*s.at = &literal
	}
	return m, nil
}

// Secrets returns the sources of the secrets of m, literal ones included.
func (m Manifest) Secrets() []secret.Source {
	var all []secret.Source
	for _, s := range m.secrets() {
		if *s.at != nil {
			all = append(all, **s.at)
		}
	}
	return all
}

type secretField struct {
	field string
	at    **secret.Source
}

func (m *Manifest) secrets() []secretField {
	return []secretField{
		{"trueCryptPassword", &m.TrueCryptPassword},
		{"pinCode", &m.PinCode},
	}
}

// Text returns m as AWS reads it: "key: value" lines in the order of AWS's
// reference, LF, UTF-8, at most MaxText bytes. What YAML would not read back as
// the same text is quoted. Secrets must be literal: see WithSecrets.
func (m Manifest) Text() (secret.Value, error) {
	for _, s := range m.secrets() {
		if *s.at == nil {
			continue
		}
		if _, ok := (*s.at).Literal(); !ok {
			return secret.Value{}, &Problem{
				Field:   s.field,
				Message: "the secret was not read",
				Remedy:  "report this as a defect of s3export",
			}
		}
	}
	text, err := render(m)
	if err != nil {
		return secret.Value{}, err
	}
	return secret.NewValue(text), nil
}

// Redacted returns the text of m with secret.Redacted in place of each secret,
// read or not.
func (m Manifest) Redacted() (string, error) {
	for _, s := range m.secrets() {
		if *s.at != nil {
			hidden := secret.Literal(secret.NewValue(secret.Redacted))
			*s.at = &hidden
		}
	}
	return render(m)
}

func render(m Manifest) (string, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(node(reflect.ValueOf(m))); err != nil {
		// The encoder quotes no value in its messages, and a value may be secret.
		return "", &Problem{Message: "a value is not UTF-8 text", Remedy: "save the spec and its secrets as UTF-8"}
	}
	if err := e.Close(); err != nil {
		return "", fmt.Errorf("rendering the manifest: %w", err)
	}
	if b.Len() > MaxText {
		return "", &Problem{
			Message: fmt.Sprintf("the manifest is longer than %d bytes", MaxText),
			Remedy:  "spread the operations over several backups",
		}
	}
	return b.String(), nil
}

// node makes a YAML node of v, nil for what is not set.
func node(v reflect.Value) *yaml.Node {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		if s, ok := v.Interface().(*secret.Source); ok {
			value, _ := s.Literal()
			return scalar(value.Reveal())
		}
		return node(v.Elem())
	case reflect.Struct:
		return mapping(v)
	case reflect.Slice:
		if v.Len() == 0 {
			return nil
		}
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for i := range v.Len() {
			n.Content = append(n.Content, node(v.Index(i)))
		}
		return n
	default:
		if v.String() == "" {
			return nil
		}
		return scalar(v.String())
	}
}

func mapping(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := range v.NumField() {
		child := node(v.Field(i))
		if child == nil {
			continue
		}
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			name = strings.ToLower(f.Name)
		}
		if bare(name, v.Field(i)) {
			child.Style, child.Tag = 0, "" // plain, as in AWS's samples
		}
		n.Content = append(n.Content, scalar(name), child)
	}
	return n
}

// bare reports whether an option is written plain although YAML takes it for
// something else than a text.
func bare(name string, v reflect.Value) bool {
	if v.Type() == reflect.TypeFor[YesNo]() {
		return YesNo(v.String()).IsValid()
	}
	return name == "manifestVersion" && v.String() == "2.0"
}

// scalar is a text: plain where all of YAML reads it back as one, else in double
// quotes.
func scalar(text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if plain.Meaning(text) != "" || strings.ContainsFunc(text, isSpecial) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// isSpecial finds line breaks of all kinds and what does not show.
func isSpecial(r rune) bool {
	return r < ' ' || r > '~' && r < 0xA0 || r == '\u2028' || r == '\u2029' || r == '\uFEFF'
}
