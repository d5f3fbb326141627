package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const mitText = "MIT\n\nPermission is hereby granted, free of charge, to any\nperson obtaining a copy"

func TestClassify(t *testing.T) {
	for text, want := range map[string]license{
		mitText: mit,
		"Mozilla Public License Version 2.0\nSecondary License: the GNU General Public License, Version 2.0": mpl,
		"GNU GENERAL PUBLIC LICENSE\n  Version 3, 29 June 2007":                                              gpl,
		"all rights reserved": unknown,
	} {
		if got := classify(text); !slices.Contains(got, want) || len(got) != 1 {
			t.Errorf("classify(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestJudge(t *testing.T) {
	dir := func(text string) string {
		d := t.TempDir()
		if err := os.WriteFile(filepath.Join(d, "LICENSE"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return d
	}
	fine := module{Path: "example.org/fine", Version: "v1.0.0", Dir: dir(mitText)}
	copyleft := module{Path: "example.org/mpl", Version: "v1.0.0", Dir: dir("Mozilla Public License Version 2.0"), Indirect: true}
	bare := module{Path: "example.org/bare", Version: "v1.0.0", Dir: t.TempDir(), Indirect: true}
	notes := "| example.org/fine | v1.0.0 | purpose | reason |\n"

	for name, c := range map[string]struct {
		linked, tested []module
		notes          string
		want           string
	}{
		"all is well":            {[]module{fine}, []module{fine, copyleft}, notes, ""},
		"MPL in the product":     {[]module{copyleft}, []module{copyleft}, notes, "MPL-2.0 may not be used"},
		"no license":             {nil, []module{bare}, notes, "no license file"},
		"no note":                {nil, []module{fine}, "", "has no line in CONTRIBUTING.md"},
		"note of an old version": {nil, []module{fine}, strings.Replace(notes, "v1.0.0", "v0.9.0", 1), "has no line"},
		"over the budget":        {make([]module, budget+1), nil, notes, "the budget is 50"},
	} {
		t.Run(name, func(t *testing.T) {
			problems := judge(c.linked, c.tested, c.notes)
			if c.want == "" && len(problems) > 0 {
				t.Fatalf("problems: %v", problems)
			}
			if c.want != "" && (len(problems) != 1 || !strings.Contains(problems[0].Error(), c.want)) {
				t.Fatalf("problems: %v, want one with %q", problems, c.want)
			}
		})
	}
}
