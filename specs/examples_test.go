package specs_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"

	"github.com/cargomedia/s3export/specs"
)

func compiledSchema() *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(specs.Schema()))
	Expect(err).NotTo(HaveOccurred())
	c := jsonschema.NewCompiler()
	Expect(c.AddResource("backup.schema.json", doc)).To(Succeed())
	schema, err := c.Compile("backup.schema.json")
	Expect(err).NotTo(HaveOccurred())
	return schema
}

// documents reads a file as an editor does: without the rules of this package.
func documents(path string) []any {
	GinkgoHelper()
	text, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	var all []any
	for _, part := range regexp.MustCompile(`(?m)^---$`).Split(string(text), -1) {
		asJSON, err := yaml.YAMLToJSON([]byte(part))
		Expect(err).NotTo(HaveOccurred())
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		Expect(err).NotTo(HaveOccurred())
		all = append(all, value)
	}
	return all
}

var _ = Describe("examples", func() {
	examples, err := specs.Files([]string{"../examples"}, specs.Options{Recursive: true})
	if err != nil {
		panic(err)
	}

	It("load together", func() {
		docs, err := specs.Load([]string{"../examples"}, specs.Options{Recursive: true})
		Expect(err).NotTo(HaveOccurred())
		Expect(len(docs)).To(BeNumerically(">=", 7))
	})

	for _, example := range examples {
		It("fits: "+filepath.ToSlash(example), func() {
			docs, err := specs.Load([]string{example}, specs.Options{})
			Expect(err).NotTo(HaveOccurred())
			values := documents(example)
			Expect(values).To(HaveLen(len(docs)))
			for _, value := range values {
				Expect(compiledSchema().Validate(value)).To(Succeed())
			}
			for _, d := range docs {
				expectWarnings(example, d)
			}
			expectSchemaComment(example)
		})
	}
})

func expectWarnings(example string, d specs.Document) {
	GinkgoHelper()
	if !strings.Contains(example, "existing-manifest") {
		Expect(d.Warnings).To(BeEmpty())
		return
	}
	Expect(d.Warnings).To(ContainElement(HaveField("Problem", ContainSubstring("a secret stands in the manifest"))))
}

func expectSchemaComment(example string) {
	GinkgoHelper()
	text, err := os.ReadFile(example)
	Expect(err).NotTo(HaveOccurred())
	first, _, _ := strings.Cut(string(text), "\n")
	path, ok := strings.CutPrefix(first, "# yaml-language-server: $schema=")
	Expect(ok).To(BeTrue(), first)
	schema, err := os.ReadFile(filepath.Join(filepath.Dir(example), path))
	Expect(err).NotTo(HaveOccurred())
	Expect(schema).To(Equal(specs.Schema()))
}

var _ = DescribeTable("the schema refuses",
	func(name string) {
		for _, value := range documents("testdata/bad/" + name + ".yaml") {
			Expect(compiledSchema().Validate(value)).NotTo(Succeed())
		}
	},
	entries("unknown-key", "misspelled-key", "wrong-case", "postal-code-unquoted", "yaml-lies", "unknown-phase", "phase-new",
		"two-providers", "provider-of-later", "no-provider", "missing-serial", "two-selectors", "manifest-twice", "no-manifest",
		"literal-secret", "literal-secret-number", "literal-secret-key", "two-secret-sources", "no-secret-source", "no-encryption",
		"no-values", "kinds-of-values", "quantities", "sample-half", "sample-list", "verify", "names", "other-kind", "other-version", "no-head",
		"not-a-mapping", "everything-of-later", "customs", "invoice", "invoice-values", "json", "empty",
		"pull-and-import-export", "pull-with-manifest", "pull-without-source", "pull-without-value", "pull-values", "pull-numbers",
		"pull-more-numbers", "pull-unknown", "pull-members-of-import-export", "ranges-none", "ranges-keys", "ranges-directories",
		"refresh-nothing", "refresh-unit", "encryption-nothing", "encryption-never", "encryption-keys", "encryption-many-keys",
		"encryption-literal"),
)

func entries(names ...string) []TableEntry {
	var all []TableEntry
	for _, name := range names {
		all = append(all, Entry(name, name))
	}
	return all
}
