package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/chain"
)

var _ = Describe("the docs", func() {
	read := func(glob string) string {
		GinkgoHelper()
		files, err := filepath.Glob(filepath.Join("../..", glob))
		Expect(err).NotTo(HaveOccurred())
		Expect(files).NotTo(BeEmpty())
		text := ""
		for _, f := range files {
			data, err := os.ReadFile(f)
			Expect(err).NotTo(HaveOccurred())
			text += string(data)
		}
		return text
	}
	word := func(w string) string { return `\b` + w + `\b` }

	It("explain every reason in the runbook, or where copies over the network are told of", func() {
		runbook := read("docs/runbook/*.md") + read("docs/pull.md")
		source := read("reconciler/reason.go") + read("reconciler/survey.go") + read("verify/survey.go")
		reasons := regexp.MustCompile(`(?m)^\t[A-Z]\w+ +(?:Reason|IssueKind) += "(\w+)"$`).FindAllStringSubmatch(source, -1)
		Expect(len(reasons)).To(BeNumerically(">", 40))
		for _, r := range reasons {
			Expect(runbook).To(MatchRegexp(word(r[1])))
		}
		for _, r := range blockReasons() {
			Expect(runbook).To(MatchRegexp(word(r)))
		}
	})

	It("name every option of the manifest", func() {
		page := read("docs/manifest.md")
		for _, t := range []reflect.Type{
			reflect.TypeFor[manifest.Manifest](), reflect.TypeFor[manifest.Operation](),
			reflect.TypeFor[manifest.Address](), reflect.TypeFor[manifest.Customs](),
		} {
			for i := range t.NumField() {
				name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
				if name == "-" {
					name = strings.ToLower(t.Field(i).Name)
				}
				Expect(page).To(ContainSubstring("`" + name + "`"))
			}
		}
	})

	It("name every field of a report, and all that is found in a folder of them", func() {
		page := read("docs/reports.md")
		text, err := json.Marshal(verify.Report{})
		Expect(err).NotTo(HaveOccurred())
		var derived map[string]any
		Expect(json.Unmarshal(text, &derived)).To(Succeed())
		names := slices.Collect(maps.Keys(derived))
		for _, t := range []reflect.Type{
			reflect.TypeFor[verify.Report](), reflect.TypeFor[verify.Subject](), reflect.TypeFor[verify.Attempt](), reflect.TypeFor[verify.Range](),
			reflect.TypeFor[verify.Sample](), reflect.TypeFor[verify.Sampled](), reflect.TypeFor[verify.Turn](), reflect.TypeFor[verify.Totals](),
			reflect.TypeFor[verify.Tally](), reflect.TypeFor[verify.Acceptance](), reflect.TypeFor[verify.Requests](), reflect.TypeFor[verify.DriveMap](),
			reflect.TypeFor[verify.Slice](), reflect.TypeFor[verify.Speed](), reflect.TypeFor[verify.SpeedPoint](), reflect.TypeFor[verify.Link](),
			reflect.TypeFor[verify.Evidence](), reflect.TypeFor[verify.ByteRange](), reflect.TypeFor[chainView](), reflect.TypeFor[chain.Kept](), reflect.TypeFor[chain.Problem](),
		} {
			for i := range t.NumField() {
				name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
				names = append(names, name)
			}
		}
		for _, o := range verify.Outcomes() {
			names = append(names, string(o))
		}
		for _, c := range verify.Classes() {
			names = append(names, string(c))
		}
		for _, name := range names {
			if name != "" && name != "apiVersion" {
				Expect(page).To(ContainSubstring("`" + name + "`"))
			}
		}
		kinds := regexp.MustCompile(`(?m)^\t[A-Z]\w+ +Kind = "(\w+)"`).FindAllStringSubmatch(read("verify/chain/check.go"), -1)
		Expect(len(kinds)).To(BeNumerically(">", 10))
		for _, k := range kinds {
			Expect(page).To(ContainSubstring("`" + k[1] + "`"))
		}
	})

	It("name every command in the README or the migration page", func() {
		pages := read("README.md") + read("docs/migration.md")
		root := (&app{}).rootCommand()
		for _, c := range root.Commands() {
			Expect(pages).To(ContainSubstring(c.Name()))
		}
	})

	It("have no link that leads nowhere", func() {
		pages := []string{"../../README.md", "../../CONTRIBUTING.md", "../../CHANGELOG.md"}
		for _, glob := range []string{"../../docs/*.md", "../../docs/runbook/*.md"} {
			more, err := filepath.Glob(glob)
			Expect(err).NotTo(HaveOccurred())
			pages = append(pages, more...)
		}
		Expect(len(pages)).To(BeNumerically(">", 15))
		for _, page := range pages {
			text, err := os.ReadFile(page)
			Expect(err).NotTo(HaveOccurred())
			for _, m := range regexp.MustCompile(`\]\(([^)#:]*)(?:#([^)]*))?\)`).FindAllStringSubmatch(string(text), -1) {
				there := page
				if m[1] != "" {
					there = filepath.Join(filepath.Dir(page), m[1])
				}
				Expect(there).To(Or(BeAnExistingFile(), BeADirectory()), "%s: %s", page, m[1])
				if m[2] != "" {
					Expect(anchors(there)).To(ContainElement(m[2]), "%s: %s", page, m[0])
				}
			}
		}
	})
})

// anchors are those that GitHub makes of the headings of a page.
func anchors(page string) []string {
	GinkgoHelper()
	text, err := os.ReadFile(page)
	Expect(err).NotTo(HaveOccurred())
	var all []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(string(text), -1) {
		heading := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		all = append(all, strings.ReplaceAll(heading, " ", "-"))
	}
	return all
}
