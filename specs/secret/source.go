package secret

import "strings"

// Source says where a secret is to be read from. Exactly one member is set.
type Source struct {
	// Env is the name of an environment variable.
	Env string `json:"env,omitempty"`
	// File is the path of a file that holds nothing but the secret; relative
	// paths are relative to the spec file. One final line break is dropped.
	File string `json:"file,omitempty"`
	// Credential is the name of a systemd credential (LoadCredential=).
	Credential string `json:"credential,omitempty"`
	// Exec is a program and its arguments; its standard output is the secret.
	Exec []string `json:"exec,omitempty"`
	// SecretsManager is the name or ARN of a secret in AWS Secrets Manager.
	SecretsManager string `json:"secretsManager,omitempty"`

	literal Value
}

// Literal is the source of a secret that stands in a manifest file itself.
// A spec can never hold one.
func Literal(v Value) Source { return Source{literal: v} }

// Literal returns the value of a literal source and whether s is one.
func (s Source) Literal() (Value, bool) { return s.literal, !s.literal.IsEmpty() }

// Name returns a text that identifies the secret without revealing it, such as
// "credential:photos-pin". It is what the record keeps, so that the key of a
// drive on a shelf can be found years later.
func (s Source) Name() string {
	switch {
	case s.Env != "":
		return "env:" + s.Env
	case s.File != "":
		return "file:" + s.File
	case s.Credential != "":
		return "credential:" + s.Credential
	case len(s.Exec) > 0:
		return "exec:" + strings.Join(s.Exec[:1], " ")
	case s.SecretsManager != "":
		return "secretsManager:" + s.SecretsManager
	case !s.literal.IsEmpty():
		return "literal"
	default:
		return ""
	}
}

// Members returns the names of the members that are set, in the order of the
// declaration. A valid spec source has exactly one.
func (s Source) Members() []string {
	var set []string
	for _, m := range []struct {
		name string
		is   bool
	}{
		{"env", s.Env != ""},
		{"file", s.File != ""},
		{"credential", s.Credential != ""},
		{"exec", len(s.Exec) > 0},
		{"secretsManager", s.SecretsManager != ""},
	} {
		if m.is {
			set = append(set, m.name)
		}
	}
	return set
}
