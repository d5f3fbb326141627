package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Each state in which only a person can go on has a script that leads there, named
// after its reason, and a golden that shows it as text, as JSON and as described.
// A script is a story about backup photos-a; "with COMMAND" is what then meets the
// block, instead of apply.
var _ = Describe("a blocked backup", func() {
	scripts, _ := filepath.Glob("testdata/blocked/*.txt")
	for _, path := range scripts {
		reason := strings.TrimSuffix(filepath.Base(path), ".txt")
		It("says what to do: "+reason, func() {
			script, err := os.ReadFile(path)
			Expect(err).NotTo(HaveOccurred())
			text := tell(blockedStory(string(script)))
			Expect(text).To(ContainSubstring(`"reason": "` + reason + `"`))
			shown := text[strings.Index(text, "# blocked"):]
			Expect(strings.Count(shown, "what to do: ")).To(BeNumerically(">=", 1))
			Expect(shown).To(ContainSubstring("What to do next:\n  " + reason + ": "))
			golden("blocked/"+reason+".golden", shown)
		})
	}

	It("has a script for every reason", func() {
		var told []string
		for _, path := range scripts {
			told = append(told, strings.TrimSuffix(filepath.Base(path), ".txt"))
		}
		for _, reason := range blockReasons() {
			if slices.Contains(needDrive(), reason) {
				continue
			}
			Expect(told).To(ContainElement(reason))
		}
	})
})

func blockedStory(script string) string {
	command, station := "apply -f photos-a.yaml", "station few"
	var lines []string
	for _, line := range strings.Split(strings.TrimSpace(script), "\n") {
		if rest, ok := strings.CutPrefix(line, "with "); ok {
			command = rest
		} else if strings.HasPrefix(line, "station ") {
			station = line
		} else {
			lines = append(lines, line)
		}
	}
	lines = append([]string{station, "backup photos-a"}, lines...)
	lines = append(lines, "# blocked", "s3export "+command, "s3export "+command+" -o json", "s3export describe photos-a")
	return strings.Join(lines, "\n")
}

// unreachable are reasons that a spec alone does not lead to: defects, what the record
// command refuses, what this service's own validation says first, and what only a
// job that is named by hand can be (see story old-label).
func unreachable() []string {
	return []string{"NoProgress", "NothingShipped", "MultipleRegions", "OtherJob"}
}

// needDrive are reasons of drives that this host has filled, which needs root: see
// pull_test.go.
func needDrive() []string { return []string{"DriveFull", "SelectionChanged", "ObjectsUncopied"} }

// blockReasons reads the reasons of blocks and of concerns that stop from the
// source, so that a new one is not forgotten here.
func blockReasons() []string {
	GinkgoHelper()
	var reasons []string
	for file, group := range map[string]string{"reason.go": "Reasons of blocks", "survey.go": "Reasons of concerns"} {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../../reconciler", file), nil, parser.ParseComments)
		Expect(err).NotTo(HaveOccurred())
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || !strings.HasPrefix(g.Doc.Text(), group) {
				continue
			}
			for _, s := range g.Specs {
				lit := s.(*ast.ValueSpec).Values[0].(*ast.BasicLit)
				reasons = append(reasons, strings.Trim(lit.Value, `"`))
			}
		}
	}
	codes, err := os.ReadFile("../../providers/importexport/codes.go")
	Expect(err).NotTo(HaveOccurred())
	for _, m := range regexp.MustCompile(`failed\("(\w+)"|Reason: "(\w+)"`).FindAllStringSubmatch(string(codes), -1) {
		reasons = append(reasons, m[1]+m[2])
	}
	Expect(len(reasons)).To(BeNumerically(">", 30), fmt.Sprint(reasons))
	reasons = append(reasons, "ArchivedObjects", "CustomerKeys")
	return slices.DeleteFunc(reasons, func(r string) bool {
		return slices.Contains(unreachable(), r) || r == "EmptyRange" || r == "NearlyFull" // concerns that stop nothing
	})
}
