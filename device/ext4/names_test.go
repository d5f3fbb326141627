package ext4_test

import (
	"context"
	"fmt"
	"io/fs"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("The names of a directory", func() {
	ctx := context.Background()

	It("are those directly in it", func() {
		source := GinkgoT().TempDir()
		write(source, "EX1ID.tc", nil)
		write(mkdir(source, "photos"), "below", nil)
		f := open(image("1M", source, "-O", "^has_journal"))
		Expect(f.Names(ctx, "", 100)).To(ConsistOf("EX1ID.tc", "photos", "lost+found"))
		Expect(f.Names(ctx, "photos", 100)).To(ConsistOf("below"))
		for _, none := range []string{"music", "EX1ID.tc"} {
			_, err := f.Names(ctx, none, 100)
			Expect(err).To(MatchError(fs.ErrNotExist), none)
		}
	})

	It("are at most as many as are asked for", func() {
		source := GinkgoT().TempDir()
		for i := range 500 {
			write(source, fmt.Sprintf("a-rather-long-name-of-a-file-%d", i), nil)
		}
		f := open(image("16M", source))
		Expect(f.Names(ctx, "", 20)).To(HaveLen(20))
		Expect(f.Names(ctx, "", 1000)).To(HaveLen(501))
		gone, cancel := context.WithCancel(ctx)
		cancel()
		_, err := f.Names(gone, "", 1000)
		Expect(err).To(MatchError(context.Canceled))
	})
})
