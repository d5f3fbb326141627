package specs_test

import (
	"os"
	"reflect"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
)

var _ = DescribeTable("the docs and the example name every field of",
	func(t reflect.Type) {
		for _, file := range []string{"../docs/spec-pull.md", "../examples/pull/full.yaml"} {
			text, err := os.ReadFile(file)
			Expect(err).NotTo(HaveOccurred())
			for i := range t.NumField() {
				name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
				Expect(string(text)).To(MatchRegexp(`\b`+name+`\b`), file)
			}
		}
	},
	Entry(nil, reflect.TypeFor[specs.Pull]()),
	Entry(nil, reflect.TypeFor[specs.Guard]()),
	Entry(nil, reflect.TypeFor[specs.RestoreRequest]()),
	Entry(nil, reflect.TypeFor[specs.Source]()),
	Entry(nil, reflect.TypeFor[specs.Range]()),
	Entry(nil, reflect.TypeFor[specs.Refresh]()),
	Entry(nil, reflect.TypeFor[specs.Encryption]()),
	Entry(nil, reflect.TypeFor[specs.LUKS2]()),
	Entry(nil, reflect.TypeFor[specs.NamedKey]()),
)
