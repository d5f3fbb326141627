// Package manifest is AWS Import/Export's export manifest: its options, its
// text form, and a tolerant reader of the texts that AWS accepts.
//
// The same Manifest type is what a spec file holds and what Parse makes of an
// existing text, so a rule about an option is written once. The text sent to the
// service is a secret.Value, because it may carry a password.
//
// The rules (rules*.go) refuse what is certain to fail, at the service or here; what
// the reference only remembers is a warning. The table of countries (countries.txt)
// tells where customs apply.
//
// Source of all names, values and constraints: AWS Import/Export Developer
// Guide, "Export Manifest File Options" (API version 2010-06-01).
//
// It must not know: the spec file around it, AWS clients, disks.
package manifest
