package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
)

var _ = Describe("examples", func() {
	It("load", func() {
		docs, err := specs.Load([]string{"../examples"}, specs.Options{Recursive: true})
		Expect(err).NotTo(HaveOccurred())
		Expect(docs).NotTo(BeEmpty())
	})
})
