package device

import (
	g "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = g.Describe("the progress of mkfs", func() {
	const back = "\x08\x08\x08\x08\x08\x08\x08\x08\x08"
	said := "mke2fs 1.47.0 (5-Feb-2023)\nCreating filesystem with 976754171 4k blocks\nSuperblock backups stored on blocks: \n\t32768, 98304\n\n" +
		"Allocating group tables: " + "   0/29809" + back + "         " + back + "done                            \n"

	g.DescribeTable("is read from what it says", func(words string, ok bool, want FormatProgress) {
		p, found := parseMkfs(words)
		Expect(found).To(Equal(ok))
		if ok {
			Expect(p).To(Equal(want))
		}
	},
		g.Entry("nothing yet", "", false, FormatProgress{}),
		g.Entry("a stage that is done", said, false, FormatProgress{}),
		g.Entry("a stage with numbers", said+"Writing inode tables:     0/29809"+back+"  411/29809"+back+" 1024/29809", true,
			FormatProgress{"Writing inode tables", 1024, 29809}),
		g.Entry("a stage without", said+"Creating journal (262144 blocks): ", true, FormatProgress{"Creating journal (262144 blocks)", 0, 0}),
		g.Entry("nonsense", "\x08\x08:::9/", false, FormatProgress{}),
	)

	g.It("does not hide why it failed", func() {
		Expect(lastWords(said+"mkfs.ext4: No space left on device while writing out and closing file system\n", "")).
			To(Equal("mkfs.ext4: No space left on device while writing out and closing file system"))
	})
})
