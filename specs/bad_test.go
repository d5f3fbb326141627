package specs_test

import (
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
)

// Each testdata/bad/*.yaml is a story of its own; its golden holds what a person
// is told. UPDATE_GOLDEN=1 writes the goldens anew.
var _ = Describe("bad input", func() {
	fixtures, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(fixtures) == 0 {
		panic("no fixtures")
	}
	for _, fixture := range fixtures {
		It("is told: "+filepath.Base(fixture), func() {
			docs, err := specs.Load([]string{fixture}, specs.Options{})
			problems := specs.Problems(err)
			Expect(problems).NotTo(BeEmpty())
			if filepath.Base(fixture) != "second-document.yaml" {
				Expect(docs).To(BeEmpty())
			}
			var told strings.Builder
			for _, p := range problems {
				Expect(p.Remedy).NotTo(BeEmpty(), p.Error())
				Expect(p.File).NotTo(BeEmpty(), p.Error())
				told.WriteString(p.Error() + "\n")
			}
			Expect(told.String()).NotTo(ContainSubstring("planted"))
			expectGolden(strings.TrimSuffix(fixture, ".yaml")+".golden", told.String())
		})
	}
})

func expectGolden(path, got string) {
	GinkgoHelper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		Expect(os.WriteFile(path, []byte(got), 0o644)).To(Succeed())
	}
	want, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	Expect(got).To(Equal(string(want)), "run with UPDATE_GOLDEN=1 if this is right")
}
