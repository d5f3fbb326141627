package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
)

// decodeOldConfig reads bucket, region, key and secret from a configuration file of
// the old tool, which is PHP: whatever assigns a literal text to one of these names
// counts, wherever it stands. Nothing is evaluated, and no value shows in an error.
func decodeOldConfig(path string, text []byte) (configuration, error) {
	found := map[string]phpValue{}
	var problems []error
	for _, v := range phpValues(string(text)) {
		name := strings.ToLower(v.name)
		switch name {
		case "bucket", "region", "key", "secret":
		default:
			continue
		}
		if first, twice := found[name]; twice && first.text != v.text {
			problems = append(problems, &specs.FieldError{
				File: path, Line: v.line, Field: name, Problem: fmt.Sprintf("differs from the one in line %d", first.line),
				Remedy: "keep the one that is for the backup, or write region and bucket into " + configDefault,
			})
			continue
		}
		found[name] = v
	}
	if len(problems) > 0 {
		return configuration{}, configProblem(errors.Join(problems...))
	}
	if len(found) == 0 {
		return configuration{}, configProblem(&specs.FieldError{
			File: path, Problem: "names neither bucket, region, key nor secret as a plain text",
			Remedy: "name the old tool's resources/config/local.php, or write region and bucket into " + configDefault,
		})
	}
	c := configuration{file: path, Bucket: found["bucket"].text, Region: found["region"].text}
	if found["key"].text != "" && found["secret"].text != "" {
		c.keys = &oldKeys{id: found["key"].text, secret: secret.NewValue(found["secret"].text)}
	}
	return c, nil
}

// phpValue is a literal text that a PHP program gives a name.
type phpValue struct {
	name, text string
	line       int
}

// phpValues finds 'name' => 'text', ->name = 'text' and ['name'] = 'text' in a PHP
// program. Texts that hold variables, or are put together, are left out.
func phpValues(program string) []phpValue {
	var values []phpValue
	tokens := phpTokens(program)
	for i, t := range tokens {
		joined := i+1 < len(tokens) && tokens[i+1].text == "."
		if t.kind != phpText || i < 2 || joined {
			continue
		}
		name, by := tokens[i-2], tokens[i-1].text
		switch {
		case by == "=>" && name.kind == phpText,
			by == "=" && name.kind == phpWord && i >= 3 && tokens[i-3].text == "->":
			values = append(values, phpValue{name.text, t.text, t.line})
		case by == "=" && name.text == "]" && i >= 3 && tokens[i-3].kind == phpText:
			values = append(values, phpValue{tokens[i-3].text, t.text, t.line})
		}
	}
	return values
}
