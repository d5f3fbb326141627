package crypt

import (
	"bytes"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("a password with key files", func() {
	mix := func(s Secret, f Format) []byte {
		p, ok := tcPassword(s, f)
		Expect(ok).To(BeTrue())
		return p
	}

	It("holds the states of the files' checksums", func() {
		// CRC-32 of "a" is E8B7BE43; its state before the last complement is 174841BC.
		want := make([]byte, 64)
		copy(want, []byte{0x17 + 'p', 0x48, 0x41, 0xBC})
		Expect(mix(Secret{Password: []byte("p"), Keyfiles: [][]byte{[]byte("a")}}, TrueCrypt)).To(Equal(want))
	})

	It("is the same in any order of files, and without what is beyond a mebibyte", func() {
		one, two := randomBytes(keyfileMax), randomBytes(100)
		s := Secret{Password: []byte("p"), Keyfiles: [][]byte{one, two}}
		want := mix(s, TrueCrypt)
		s.Keyfiles = [][]byte{two, append(bytes.Clone(one), 'x')}
		Expect(mix(s, TrueCrypt)).To(Equal(want))
		s.Keyfiles = [][]byte{two, one[1:]}
		Expect(mix(s, TrueCrypt)).NotTo(Equal(want))
	})

	It("is left alone without files", func() {
		Expect(mix(Secret{Password: []byte("p")}, VeraCrypt)).To(Equal([]byte("p")))
	})

	DescribeTable("has a pool as long as the format and the password want", func(f Format, password, pool int) {
		s := Secret{Password: make([]byte, password), Keyfiles: [][]byte{[]byte("a")}}
		Expect(mix(s, f)).To(HaveLen(pool))
	},
		Entry(nil, TrueCrypt, 64, 64), Entry(nil, VeraCrypt, 64, 64), Entry(nil, VeraCrypt, 65, 128), Entry(nil, VeraCrypt, 128, 128))

	DescribeTable("is refused when it is too long", func(f Format, password int) {
		_, ok := tcPassword(Secret{Password: make([]byte, password)}, f)
		Expect(ok).To(BeFalse())
	}, Entry(nil, TrueCrypt, 65), Entry(nil, VeraCrypt, 129))
})
