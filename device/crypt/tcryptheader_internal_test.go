package crypt

import (
	"errors"
	"math"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"
)

var _ = Describe("a decrypted header", func() {
	DescribeTable("is refused when it is hostile or damaged", func(reason Reason, says string, change func(h *tcHeader)) {
		h := tcHeader{version: 5, size: 4096, start: tcAreaSize, length: 4096, sectorSize: 512}
		change(&h)
		container := randomBytes(2*tcAreaSize + 4096)
		c := tcContainer{chain: chains()[0], kdf: quickKDFs()[0], password: []byte("secret")}
		Expect(c.seal(container[:tcHeaderSize], &h)).To(Succeed())
		_, err := openQuick(container, Secret{Password: []byte("secret")})
		Expect(err).To(MatchError(ContainSubstring(says)))
		Expect(refusal(err).Reason).To(Equal(reason))
		Expect(refusal(err).Remedy).NotTo(BeEmpty())
	},
		Entry(nil, Unsupported, "version 2", func(h *tcHeader) { h.version = 2 }),
		Entry(nil, Unsupported, "version 6", func(h *tcHeader) { h.version = 6 }),
		Entry(nil, Unsupported, "version 0", func(h *tcHeader) { h.version = 0 }),
		Entry(nil, Unsupported, "an encrypted system", func(h *tcHeader) { h.flags = tcFlagSystem }),
		Entry(nil, Unsupported, "did not end: 512 of 4096", func(h *tcHeader) { h.flags, h.length = tcFlagInPlace, 512 }),
		Entry(nil, Corrupt, "has 0 bytes", func(h *tcHeader) { h.size = 0 }),
		Entry("an end that overflows", Corrupt, "in all", func(h *tcHeader) { h.size = math.MaxUint64 - 511 }),
		Entry("a size that is negative elsewhere", Corrupt, "in all", func(h *tcHeader) { h.size = math.MaxInt64 + 1 }),
		Entry(nil, Corrupt, "bytes from 0 on", func(h *tcHeader) { h.start = 0 }),
		Entry(nil, Corrupt, "bytes from 511 on", func(h *tcHeader) { h.start = 511 }),
		Entry(nil, Corrupt, "from 18446744073709551104 on", func(h *tcHeader) { h.start = math.MaxUint64 - 511 }),
		Entry("one sector beyond the end", Corrupt, "266240 in all", func(h *tcHeader) { h.size, h.start = 4096, tcAreaSize+tcAreaSize+512 }),
		Entry(nil, Corrupt, "at sectors", func(h *tcHeader) { h.start++ }),
		Entry(nil, Corrupt, "at sectors", func(h *tcHeader) { h.size-- }),
		Entry("a hidden one of TrueCrypt 5 that begins before the container", Corrupt, "bytes from", func(h *tcHeader) {
			h.version, h.hiddenSize = 3, 1<<40
		}),
	)

	DescribeTable("is refused with a wrong checksum", func(at int, says string) {
		body := (&tcHeader{version: 5, size: 512, start: tcAreaSize}).body(TrueCrypt)
		_, err := parseTCHeader(body)
		Expect(err).NotTo(HaveOccurred())
		body[at] ^= 1
		_, err = parseTCHeader(body)
		Expect(err).To(MatchError(ContainSubstring(says)))
		Expect(refusal(err).Reason).To(Equal(Corrupt))
	},
		Entry("of the keys", tcKeysAt+255, "checksum of the keys"),
		Entry("of what is before them", 100, "checksum of the header"),
		Entry("of the header itself", tcHeaderCRCAt, "checksum of the header"),
	)

	It("is read as it was written", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			h := tcHeader{
				version: rapid.Uint16Range(tcOldest, tcNewest).Draw(t, "version"), program: rapid.Uint16().Draw(t, "program"),
				hiddenSize: rapid.Uint64().Draw(t, "hidden"), size: rapid.Uint64().Draw(t, "size"),
				start: rapid.Uint64().Draw(t, "start"), length: rapid.Uint64().Draw(t, "length"), sectorSize: rapid.Uint32().Draw(t, "sector"),
			}
			copy(h.keys[:], rapid.SliceOfN(rapid.Byte(), 256, 256).Draw(t, "keys"))
			got, err := parseTCHeader(h.body(VeraCrypt))
			Expect(err).NotTo(HaveOccurred())
			Expect(*got).To(Equal(h))
		})
	})
})

func refusal(err error) *Error {
	GinkgoHelper()
	var e *Error
	Expect(errors.As(err, &e)).To(BeTrue(), "%v is not a refusal", err)
	return e
}
