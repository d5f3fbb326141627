package importexport

import (
	"context"
	"fmt"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
)

var _ = Describe("the manifest of a job", func() {
	status := func(manifest string) http.HandlerFunc {
		return text(200, "<GetStatusResponse><GetStatusResult><JobId>EX1ID</JobId>"+manifest+"</GetStatusResult></GetStatusResponse>")
	}

	It("is what the service holds, and shows in no message", func(ctx context.Context) {
		v, err := play(status("<CurrentManifest>deviceId: WD-1\npinCode: 4711\n</CurrentManifest>")).client().Manifest(ctx, "EX1ID")
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Reveal()).To(Equal("deviceId: WD-1\npinCode: 4711\n"))
		Expect(fmt.Sprintf("%v %+v %#v", v, v, v)).NotTo(ContainSubstring("4711"))
	})

	DescribeTable("that is not there is an error that says why",
		func(ctx context.Context, answer http.HandlerFunc, kind providers.ErrorKind) {
			_, err := play(answer).client().Manifest(ctx, "EX1ID")
			Expect(errorOf(err).Kind).To(Equal(kind))
			Expect(errorOf(err).Remedy).NotTo(BeEmpty())
		},
		Entry("none", status(""), providers.NotFound),
		Entry("an empty one", status("<CurrentManifest> \n</CurrentManifest>"), providers.NotFound),
		Entry("of an unknown job", refuse(400, "InvalidJobIdException", "no"), providers.NotFound),
		Entry("of a canceled job", refuse(400, "CanceledJobIdException", "no"), providers.JobCanceled),
	)
})
