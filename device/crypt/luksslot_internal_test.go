package crypt

import (
	"bytes"
	"context"
	"crypto/aes"
	"io"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	oracle "golang.org/x/crypto/xts"
)

var _ = Describe("key slots", func() {
	ctx := context.Background()

	// slot takes so many rounds. It cannot be opened, but is read before that is found out.
	slot := func(at, rounds int64) luksSlot {
		return luksSlot{
			offset: at, room: 4096, cipher: "aes-xts-plain64", wrapSize: 64, keySize: 32, stripes: 2, afHash: "none",
			kdf:     luksKDF{kind: kdfPBKDF2, hash: "sha512", rounds: rounds},
			digests: []luksDigest{{luksKDF{kind: kdfPBKDF2, hash: "sha512", rounds: 1}, make([]byte, 20)}},
		}
	}

	It("are left out when they take too long with those before them", func() {
		disk := &recorder{ReaderAt: luksDisk(nil)}
		_, _, err := openSlots(ctx, io.NewSectionReader(disk, 0, 64<<10), []luksSlot{
			slot(512, luksWorkMost/3*2), slot(1024, luksWorkMost/3*2), slot(1536, luksWorkMost/4), slot(2048, luksWorkMost/4),
		}, []byte(luksGuess))
		Expect(refusedLUKS(err).Message).To(ContainSubstring(`"none"`))
		Expect(disk.read).To(Equal([]int64{512, 1536}))
	})

	It("of which one cannot be read do not hide the error of the device", func() {
		_, _, err := openSlots(ctx, io.NewSectionReader(&badSectors{luksDisk(nil), 4096}, 0, 64<<10), []luksSlot{slot(512, 1)}, []byte(luksGuess))
		Expect(err).To(MatchError(errBadSector))
		Expect(err.Error()).To(ContainSubstring("key slot of LUKS at 512"))
	})

	It("are tried in the order of their priority", func() {
		text := `{"keyslots":{"0":{"priority":0},"1":{},"2":{"priority":2},"3":{"priority":1},"4":{"priority":2}}}`
		m, err := parseLUKS2Meta([]byte(text))
		Expect(err).NotTo(HaveOccurred())
		Expect(m.order()).To(Equal([]string{"2", "4", "1", "3", "0"}))
	})
})

var _ = Describe("the data of LUKS2", func() {
	It("are counted from the tweak of their segment, in units of 512 bytes", func() {
		for _, sector := range []int64{512, 4096} {
			key := randomBytes(64)
			disk := randomBytes(10 * 4096)
			e := luks2Extent{start: 4096, size: 8 * 4096, sector: sector, tweak: 1 << 40, cipher: "aes-xts-plain64"}
			v, err := (&luks2{}).volume(sectionOf(bytes.Clone(disk)), e, luksSlot{}, key)
			Expect(err).NotTo(HaveOccurred())
			got := make([]byte, v.Size())
			_, err = v.ReadAt(got, 0)
			Expect(err).NotTo(HaveOccurred())
			c, err := oracle.NewCipher(aes.NewCipher, key)
			Expect(err).NotTo(HaveOccurred())
			want := disk[4096:][:8*4096]
			for at := int64(0); at < 8*4096; at += sector {
				c.Decrypt(want[at:][:sector], want[at:][:sector], 1<<40+uint64(at/512))
			}
			Expect(bytes.Equal(got, want)).To(BeTrue(), "sectors of %d", sector)
		}
	})

	DescribeTable("end with a whole sector", func(length string, device, want int64) {
		m, err := parseLUKS2Meta([]byte(`{"segments":{"0":{"type":"crypt","offset":"40960","size":"` + length + `","iv_tweak":"8","sector_size":4096}}}`))
		Expect(err).NotTo(HaveOccurred())
		Expect(m.extent(device)).To(Equal(luks2Extent{segment: "0", start: 40960, size: want, sector: 4096, tweak: 8}))
	},
		Entry("where their segment does", "8192", int64(64<<10), int64(8192)),
		Entry("where their device does", "dynamic", int64(64<<10), int64(24<<10)),
		Entry("before their device does", "dynamic", int64(64<<10+4095), int64(24<<10)),
	)
})

var _ = Describe("the data of LUKS1", func() {
	It("end with a whole sector", func() {
		h, err := parseLUKS1(luks1Header(), 64<<10+511)
		Expect(err).NotTo(HaveOccurred())
		v, err := h.volume(sectionOf(make([]byte, 64<<10+511)), make([]byte, 64))
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Size()).To(BeEquivalentTo(56 << 10))
	})
})

// recorder notes where it is read.
type recorder struct {
	io.ReaderAt
	read []int64
}

func (r *recorder) ReadAt(p []byte, off int64) (int, error) {
	r.read = append(r.read, off)
	return r.ReaderAt.ReadAt(p, off)
}
