package main

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
)

// The forms of a sample.
const (
	share  = `[0-9]{1,3}(\.[0-9]{1,9})?%`
	amount = `[0-9]{1,18}(\.[0-9]{1,9})?([kMGT]B|[KMGT]iB)`
	terms  = `confidence=` + share + `,maxBad=` + share + `|maxBad=` + share + `,confidence=` + share
)

// ruledOut is the form of a sample that says what is to be ruled out.
func ruledOut() *jsonschema.Schema {
	members := jsonschema.NewProperties()
	members.Set("confidence", pattern(`^`+share+`$`))
	members.Set("maxBad", pattern(`^`+share+`$`))
	return &jsonschema.Schema{
		Type: "object", Properties: members, Required: []string{"confidence", "maxBad"}, AdditionalProperties: jsonschema.FalseSchema,
	}
}

// mapped gives the types that are texts with a form of their own.
func mapped(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[specs.Phase]():
		return enum(specs.WantedPhases()...)
	case reflect.TypeFor[specs.Format]():
		return enum(specs.FormatIfBlank, specs.FormatNever)
	case reflect.TypeFor[manifest.YesNo]():
		return &jsonschema.Schema{Enum: []any{"yes", "no", "true", "false", true, false}}
	case reflect.TypeFor[specs.Size]():
		return anyOf(count(), pattern(`^[0-9]{1,18}((\.[0-9]{1,9})?([kMGT]B|[KMGT]iB))?$`))
	case reflect.TypeFor[specs.Sample]():
		return anyOf(count(), pattern(`^([1-9][0-9]{0,9}|all|rolling|`+share+`|`+amount+`|`+terms+`)$`), ruledOut())
	case reflect.TypeFor[specs.Against]():
		return enum(specs.AgainstBucket, specs.AgainstBaseline, specs.AgainstBoth)
	case reflect.TypeFor[specs.Prune]():
		return enum(specs.PruneNever, specs.PruneExtra)
	case reflect.TypeFor[specs.Replaced]():
		return enum(specs.ReplacedKeep, specs.ReplacedDrop)
	case reflect.TypeFor[specs.Percent]():
		return pattern(`^` + share + `$`)
	case reflect.TypeFor[specs.Download]():
		return enum(specs.DownloadNever, specs.DownloadIfNeeded)
	case reflect.TypeFor[specs.Date]():
		return pattern(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	case reflect.TypeFor[specs.Weight]():
		return pattern(`^[0-9]{1,4}(\.[0-9]{1,3})? ?(kg|lb)$`)
	case reflect.TypeFor[specs.Duration]():
		return pattern(`^([0-9]{1,6}d)?([0-9.]+[a-zµμ]+)*$`)
	}
	return nil
}

func enum[T ~string](values ...T) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, v := range values {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

func count() *jsonschema.Schema { return &jsonschema.Schema{Type: "integer", Minimum: "1"} }

func pattern(expr string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: expr}
}

func anyOf(schemas ...*jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: schemas}
}

// one requires exactly one of the members.
func one(members ...string) []*jsonschema.Schema {
	var all []*jsonschema.Schema
	for _, m := range members {
		all = append(all, &jsonschema.Schema{Required: []string{m}})
	}
	return all
}

// restrict adds what the Go types cannot say. A name that does not exist any more
// is an error.
func restrict(root *jsonschema.Schema) error {
	e := editor{root: root}
	e.property("", "apiVersion").Const = specs.APIVersion
	e.property("", "kind").Const = specs.Kind
	e.property("Metadata", "name").Pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
	e.property("Spec", "run").Pattern = "^[A-Za-z0-9._-]{1,32}$"
	e.definition("Spec").OneOf = one("manifest", "manifestFrom", "source")
	e.definition("Provider").OneOf = one("importExport", "pull")
	e.definition("Device").OneOf = one("serial", "wwn", "byID", "image")
	e.definition("SecretSource").OneOf = one("env", "file", "credential", "exec", "secretsManager")
	e.property("Device", "replaces").Pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?/[A-Za-z0-9._-]{1,32}$"
	e.property("Paperwork", "paper").Enum = []any{"A4", "Letter"}
	e.property("Acceptance", "outcome").Enum = enum(specs.AcceptableOutcomes()...).Enum
	e.property("Invoice", "currency").Pattern = "^[A-Z]{3}$"
	e.property("Invoice", "value").Pattern = `^[0-9]{1,9}(\.[0-9]{1,2})?$`
	e.property("Invoice", "incoterm").Enum = enum(specs.Incoterms()...).Enum

	sheet := e.definition("Manifest")
	sheet.Required = []string{"operations", "logBucket", "returnAddress"}
	sheet.AnyOf = one("pinCode", "trueCryptPassword")
	least := uint64(1)
	e.property("Manifest", "operations").MinItems = &least
	restrictPull(&e)
	e.property("Manifest", "manifestVersion").Enum = []any{"2.0"}
	e.property("Manifest", "fileSystem").Enum = []any{"EXT4"}
	e.property("Manifest", "serviceLevel").Enum = []any{"standard", "expeditedShipping"}
	e.definition("Address").Required = []string{"name", "street1", "city", "postalCode", "phoneNumber", "country"}
	e.definition("Customs").Required = []string{
		"dataDescription", "encryptedData", "exportCertifierName", "requiresExportLicense", "deviceValue", "deviceCountryOfOrigin",
	}
	return e.err
}

// restrictPull adds what belongs to a copy over the network.
func restrictPull(e *editor) {
	within(e.property("Pull", "concurrency"), "64")
	e.property("RestoreRequest", "tier").Enum = []any{specs.TierStandard, specs.TierBulk, specs.TierExpedited}
	within(e.property("RestoreRequest", "days"), "365")
	e.definition("Refresh").Required = []string{"maxAge"}
	least, most := uint64(1), uint64(8)
	e.property("Source", "ranges").MinItems = &least
	e.property("Range", "bucket").Pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$"
	e.property("Range", "directory").Pattern = "^[^/]+(/[^/]+)*$"
	e.definition("Encryption").Required = []string{"luks2"}
	keys := e.property("LUKS2", "keys")
	keys.MinItems, keys.MaxItems = &least, &most
	e.property("NamedKey", "name").Pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"
}

// within limits a number to 1 to most.
func within(s *jsonschema.Schema, most json.Number) { s.Minimum, s.Maximum = "1", most }

type editor struct {
	root *jsonschema.Schema
	err  error
}

func (e *editor) definition(name string) *jsonschema.Schema {
	if name == "" {
		return e.root
	}
	if s, ok := e.root.Definitions[name]; ok {
		return s
	}
	e.err = fmt.Errorf("no type %q", name)
	return &jsonschema.Schema{}
}

func (e *editor) property(definition, name string) *jsonschema.Schema {
	d := e.definition(definition)
	if d.Properties != nil {
		if s, ok := d.Properties.Get(name); ok {
			return s
		}
	}
	e.err = fmt.Errorf("no member %q of %q", name, definition)
	return &jsonschema.Schema{}
}
