package convert

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	sigsyaml "sigs.k8s.io/yaml"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/plain"
	"github.com/cargomedia/s3export/specs/secret"
)

// width of the comments.
const width = 100

// YAML returns the spec as a file to be kept, with the notes as comments beside
// their fields.
func (c Conversion) YAML() []byte {
	r := c.render()
	head := []string{"# yaml-language-server: $schema=backup.schema.json", "#"}
	from := "a manifest"
	if c.source != "" && c.source != "-" {
		from = "the manifest " + quote(c.source)
	}
	head = append(head, comment("Made of "+from+" by s3export init. Comments say what was guessed and what is to be filled in; delete them when it is right.", 0)...)
	for _, i := range r.order[r.placed:] {
		if n := c.Notes[i]; n.Kind != LeftOut {
			head = append(head, comment(n.String(), 0)...)
		}
	}
	return []byte(strings.Join(append(head, r.lines...), "\n") + "\n")
}

// JSON returns the spec as JSON, which has no comments.
func (c Conversion) JSON() ([]byte, error) { return sigsyaml.YAMLToJSON(c.YAML()) }

// renderer writes a Backup as lines of YAML.
type renderer struct {
	lines []string
	notes []Note
	// order are the indices of the notes in the order in which the lines have them;
	// those from placed on have no place there.
	order  []int
	placed int
}

func (c Conversion) render() renderer {
	r := renderer{notes: c.Notes}
	r.mapping(reflect.ValueOf(c.Backup), "", 0)
	r.placed = len(r.order)
	for i := range c.Notes {
		if !slices.Contains(r.order, i) {
			r.order = append(r.order, i)
		}
	}
	return r
}

func (r *renderer) add(indent int, text string) {
	r.lines = append(r.lines, strings.Repeat(" ", indent)+text)
}

// mapping writes the members of a struct that are set, and as comments those that
// have a note.
func (r *renderer) mapping(v reflect.Value, field string, indent int) {
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		at := strings.TrimPrefix(field+"."+name, ".")
		wanted := r.tell(at, indent)
		switch {
		case !v.Field(i).IsZero():
			r.member(name, v.Field(i), at, indent)
		case wanted:
			r.skeleton(name, indent)
		}
	}
}

// member writes one member that is set.
func (r *renderer) member(name string, v reflect.Value, at string, indent int) {
	switch {
	case v.Type() == reflect.TypeFor[*secret.Source]():
		s, _ := v.Interface().(*secret.Source)
		r.add(indent, fmt.Sprintf("%s: {file: %s}", name, scalar(s.File)))
	case v.Kind() == reflect.Pointer:
		r.member(name, v.Elem(), at, indent)
	case v.Kind() == reflect.Struct:
		r.add(indent, name+":")
		r.mapping(v, at, indent+2)
	case v.Kind() == reflect.Slice:
		r.add(indent, name+":")
		for i := range v.Len() {
			r.item(v.Index(i), at+"["+strconv.Itoa(i)+"]", indent+2)
		}
	case v.Type() == reflect.TypeFor[manifest.YesNo]() && manifest.YesNo(v.String()).IsValid():
		r.add(indent, name+": "+v.String())
	default:
		r.add(indent, name+": "+scalar(v.String()))
	}
	if at == "spec.phase" {
		r.lines[len(r.lines)-1] += " # how far to go: or Prepared, Submitted, Labeled or Exported"
	}
	if at == "spec.device" {
		r.add(indent+2, "# size: 4TB # a second check; with it a blank drive is formatted without --allow-erase")
	}
}

// item writes one item of a list: a mapping whose first member has the dash.
func (r *renderer) item(v reflect.Value, at string, indent int) {
	r.tell(at, indent)
	first := len(r.lines)
	r.mapping(v, at, indent+2)
	for i := first; i < len(r.lines); i++ {
		line := r.lines[i][indent+2:]
		if strings.HasPrefix(line, "#") {
			r.lines[i] = strings.Repeat(" ", indent) + line
			continue
		}
		r.lines[i] = strings.Repeat(" ", indent) + "- " + line
		return
	}
}

// tell writes the notes of a field as comments and reports whether it is to be
// filled in.
func (r *renderer) tell(field string, indent int) (wanted bool) {
	for i, n := range r.notes {
		if n.Field != field {
			continue
		}
		r.order = append(r.order, i)
		text := n.Text
		if n.Kind == LeftOut {
			text = field[strings.LastIndexByte(field, '.')+1:] + ": " + text
		}
		r.lines = append(r.lines, comment(string(n.Kind)+": "+text, indent)...)
		wanted = wanted || n.Kind == FillIn
	}
	return wanted
}

// skeleton writes a member that is missing as a comment, ready to be filled in.
func (r *renderer) skeleton(name string, indent int) {
	below := map[string][]string{
		"device":        {"serial:"},
		"operations":    {"- exportBucket:"},
		"pinCode":       {"file:"},
		"returnAddress": {"name:", "street1:", "city:", "stateOrProvince:", "postalCode:", "country:", "phoneNumber:"},
		"customs": {
			"dataDescription:", "encryptedData:", "encryptionClassification:", "exportCertifierName:",
			"requiresExportLicense:", "deviceValue:", "deviceCountryOfOrigin:", "deviceType:",
		},
	}
	r.add(indent, "# "+name+":")
	for _, line := range below[name] {
		r.add(indent, "#   "+line)
	}
}

// comment wraps a text into comment lines. What is in backquotes stays on one line,
// so that it can be copied.
func comment(text string, indent int) []string {
	var lines []string
	line := strings.Repeat(" ", indent) + "#"
	for _, word := range regexp.MustCompile("`[^`]*`\\S*|\\S+").FindAllString(text, -1) {
		if len(line)+1+len(word) > width && !strings.HasSuffix(line, "#") {
			lines = append(lines, line)
			line = strings.Repeat(" ", indent) + "#  "
		}
		line += " " + word
	}
	return append(lines, line)
}

// scalar returns a text as YAML on one line: plain when nothing can be taken for
// anything else, else in quotes. Go's quotes are YAML's.
func scalar(text string) string {
	safe := regexp.MustCompile(`^[\pL\pN./_+][\pL\pN ./_+@()'-]*$`)
	if plain.Meaning(text) == "" && safe.MatchString(text) && !strings.HasSuffix(text, " ") {
		return text
	}
	return strconv.Quote(text)
}
