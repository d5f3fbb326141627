package importexport

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
)

var _ = Describe("codes", func() {
	DescribeTable("of a location", func(code string, want providers.Location) {
		Expect(locationOf(code)).To(Equal(want))
	},
		Entry(nil, "NotReceived", providers.NotReceived),
		Entry(nil, "AtAWS", providers.AtService),
		Entry(nil, "Returned", providers.Returned),
		Entry(nil, "", providers.LocationUnknown),
		Entry(nil, "Lost", providers.LocationUnknown),
	)

	It("of progress mean what the golden table says", func() {
		var table strings.Builder
		for _, p := range progresses() {
			got, failure := progressOf(p.code)
			Expect(got).To(Equal(p.means))
			table.WriteString(p.code + " -> " + string(got))
			if failure != nil {
				table.WriteString(": " + failure.Reason + "; " + failure.Remedy)
			}
			table.WriteString("\n")
			Expect(failure != nil).To(Equal(got.Ended() && !got.EndedWell()), p.code)
		}
		matchGolden("progress.golden", table.String())
	})

	It("of errors mean what the golden table says", func() {
		var table strings.Builder
		for _, group := range []map[string]meaning{refusals(), commonErrors()} {
			for _, code := range slices.Sorted(maps.Keys(group)) {
				m := meaningOf(code, smithy.FaultClient)
				Expect(m.kind).NotTo(BeEmpty())
				Expect(len(m.remedy)).To(BeNumerically(">", 20), code)
				table.WriteString(code + " -> " + string(m.kind) + ": " + m.remedy + "\n")
			}
			table.WriteString("\n")
		}
		matchGolden("errors.golden", table.String())
	})

	It("know every error of the service model, with and without the suffix", func() {
		text, err := os.ReadFile("testdata/model-errors.json")
		Expect(err).NotTo(HaveOccurred())
		var codes []string
		Expect(json.Unmarshal(text, &codes)).To(Succeed())
		Expect(codes).To(HaveLen(20))
		for _, code := range codes {
			Expect(refusals()).To(HaveKey(strings.TrimSuffix(fold(code), "exception")))
			Expect(meaningOf(code, smithy.FaultClient)).To(Equal(meaningOf(strings.TrimSuffix(code, "Exception"), smithy.FaultClient)))
		}
	})

	It("that are not known are judged by whose fault it is", func() {
		Expect(meaningOf("NewCode", smithy.FaultServer).kind).To(Equal(providers.Transient))
		Expect(meaningOf("NewCode", smithy.FaultClient).kind).To(Equal(providers.Unexpected))
	})
})
