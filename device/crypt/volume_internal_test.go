package crypt

import (
	"bytes"
	"io"
	"sync"
	"testing/iotest"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"
)

var _ = Describe("an opened volume", func() {
	want := randomBytes(10 * 4096)
	// volumeOf begins at the third sector of what it lies in, and the tweak says so.
	volumeOf := func(sector int) (*Volume, []byte) {
		x := newXTS(aesOf(make([]byte, 32)), aesOf(make([]byte, 32)), sector).(*xts)
		stored := append(make([]byte, 2*sector), want...)
		x.encrypt(stored[2*sector:], uint64(2*sector/512))
		return &Volume{
			r: bytes.NewReader(stored), start: int64(2 * sector), size: int64(len(want)),
			sector: int64(sector), first: uint64(2 * sector / 512), cipher: x,
		}, stored
	}

	DescribeTable("gives the same bytes, wherever and however much is read", func(sector int) {
		v, _ := volumeOf(sector)
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			off := rapid.Int64Range(0, v.Size()+10).Draw(t, "offset")
			p := make([]byte, rapid.IntRange(0, 3*sector).Draw(t, "length"))
			n, err := v.ReadAt(p, off)
			all := want[min(off, v.Size()):]
			Expect(n).To(Equal(min(len(p), len(all))))
			Expect(bytes.Equal(p[:n], all[:n])).To(BeTrue())
			if n < len(p) {
				Expect(err).To(Equal(io.EOF))
			} else if off < v.Size() {
				Expect(err).NotTo(HaveOccurred())
			}
		})
	}, Entry("sectors of 512", 512), Entry("sectors of 4096", 4096))

	It("can be read by many at once", func() {
		v, _ := volumeOf(512)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				defer GinkgoRecover()
				Expect(iotest.TestReader(io.NewSectionReader(v, 0, v.Size()), want)).To(Succeed())
			})
		}
		all.Wait()
	})

	It("says where it could not be read on, and never that this is the end", func() {
		v, stored := volumeOf(512)
		v.r = bytes.NewReader(stored[:1024+512+100])
		p := make([]byte, 2048)
		n, err := v.ReadAt(p, 0)
		Expect(n).To(Equal(512))
		Expect(p[:n]).To(Equal(want[:n]))
		Expect(err).To(MatchError(io.ErrUnexpectedEOF))
		Expect(err).To(MatchError(ContainSubstring("at 1536")))
		_, err = v.ReadAt(p, -1)
		Expect(err).To(MatchError("negative offset -1"))
	})
})
