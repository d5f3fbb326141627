package providers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
)

var _ = Describe("a mark", func() {
	It("names the backup and the run", func() {
		backup, run, ok := providers.NewMark("photos-a", "2026-11", "serial=WD-1").Names()
		Expect(ok).To(BeTrue())
		Expect([]string{backup, run}).To(Equal([]string{"photos-a", "2026-11"}))
	})

	It("of somebody else's names none", func() {
		for _, text := range []providers.Mark{"", "AWS Import/Export Sample App 1.0", "s3export/v1 photos-a 1", "s3export/v2 photos-a 1 0123456789abcdef", "s3export/v1 ../a 1 0123456789abcdef", "s3export/v1 a .. 0123456789abcdef"} {
			_, _, ok := text.Names()
			Expect(ok).To(BeFalse(), string(text))
		}
	})
})
