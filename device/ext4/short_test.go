package ext4_test

import (
	"bytes"
	"io"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/ext4"
)

var _ = Describe("A device", Ordered, ContinueOnFailure, func() {
	var good []byte

	BeforeAll(func() { good = mediumImage() })

	It("that is shorter than its file system is refused, or read as far as it goes", func() {
		f := whole(good).open()
		lines, big := tree(f, ""), entriesOf(f)
		Expect(f.Missing()).To(BeZero())
		for _, end := range []int64{int64(len(good)) - 512, f.BlockOf(big["file"], 30) + 77, f.BlockOf(big["file"], 25)} {
			_, err := ext4.Open(bytes.NewReader(good[:end]), end)
			Expect(reasonOf(err)).To(Equal(ext4.Short))
			Expect(err).To(MatchError(ContainSubstring("the last %d are missing", int64(len(good))-end)))

			g, err := ext4.OpenShort(bytes.NewReader(good[:end]), end)
			Expect(err).NotTo(HaveOccurred())
			Expect(g.Missing()).To(Equal(int64(len(good)) - end))
			beyond := 0
			for path, e := range big {
				if reaches(f, e) > end {
					beyond++
					expectCut(g, f, e, end)
				} else {
					line, err := describe(g, e)
					Expect(err).NotTo(HaveOccurred(), path)
					Expect(lines).To(ContainElement(line))
				}
			}
			if end == int64(len(good))-512 {
				Expect(beyond).To(BeZero(), "no file lies there")
			} else {
				Expect(beyond).NotTo(BeZero())
			}
		}
	})

	It("that is shorter yet shows what is behind the end to nobody", func() {
		f := whole(good).open()
		e := entriesOf(f)["file"]
		g, err := ext4.OpenShort(bytes.NewReader(good), reaches(f, e)-5000)
		Expect(err).NotTo(HaveOccurred())
		file, err := g.OpenFile(e)
		Expect(err).NotTo(HaveOccurred())
		_, err = io.ReadAll(io.NewSectionReader(file, 0, file.Size()))
		Expect(err).To(MatchError(ext4.ErrDeviceEnds))
	})
})

// reaches is the end of a file on the device.
func reaches(f *ext4.FS, e ext4.Entry) (end int64) {
	GinkgoHelper()
	list, err := f.Extents(e)
	Expect(err).NotTo(HaveOccurred())
	for _, x := range list {
		end = max(end, x.Physical+x.Length)
	}
	return end
}

// expectCut reads a file that reaches behind the end of the device.
func expectCut(g, f *ext4.FS, e ext4.Entry, end int64) {
	GinkgoHelper()
	file, err := g.OpenFile(e)
	Expect(err).NotTo(HaveOccurred())
	got, err := io.ReadAll(io.NewSectionReader(file, 0, file.Size()))
	Expect(err).To(MatchError(ext4.ErrDeviceEnds))
	offset, _ := place(err)
	list, err := f.Extents(e)
	Expect(err).NotTo(HaveOccurred())
	for _, x := range list {
		if x.Physical+x.Length > end {
			first := max(end, x.Physical)
			Expect(offset).To(Equal(first))
			Expect(got).To(HaveLen(int(x.Logical + first - x.Physical)))
			return
		}
	}
	Fail("nothing of it lies behind the end")
}
