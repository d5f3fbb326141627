package manifest

import (
	"regexp"
	"strings"
)

// ReadForm is Read for a manifest that nobody has filled in yet. AWS and the tools
// around it gave out forms with values in brackets, such as [Your log bucket] and
// [sataDrive|externalStorageDevice, closed or not; YAML makes lists of them, or an
// error. Here they are texts. A text that Read takes is read in the same way.
func ReadForm(text []byte) (Reading, error) {
	r, err := Read(text)
	if err == nil || checkBytes(text) != nil {
		return r, err
	}
	quoted, ok := quoteBrackets(string(text))
	if !ok {
		return Reading{}, err
	}
	return Read([]byte(quoted))
}

// quoteBrackets puts values in brackets into quotes, line by line, and reports
// whether there was one. The one option that is a list is left alone.
func quoteBrackets(text string) (quoted string, found bool) {
	shape := regexp.MustCompile(`^((?:\x{FEFF})?[ \t]*(?:-[ \t]+)*)([A-Za-z][A-Za-z0-9]*):[ \t]*(\[.*)$`)
	lines := splitLines(text)
	for i, line := range lines {
		body, end := cutEnd(line)
		m := shape.FindStringSubmatch(body)
		if m == nil || m[2] == "operations" {
			continue
		}
		value := m[3][:valueLength(m[3])]
		escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\t", `\t`).Replace(value)
		lines[i] = m[1] + m[2] + `: "` + escaped + `"` + m[3][len(value):] + end
		found = true
	}
	return strings.Join(lines, ""), found
}
