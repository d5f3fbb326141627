package crypt

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/aead/serpent"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	oracle "golang.org/x/crypto/xts"
)

var _ = Describe("the chains of ciphers", func() {
	It("are named outermost first, and each cipher has its own keys", func() {
		named := map[string]func([]byte) (cipher.Block, error){"AES": aes.NewCipher, "Serpent": serpent.NewCipher, "Twofish": newTwofish}
		seen := map[string]bool{}
		for _, c := range chains() {
			seen[c.name] = true
			keys := randomBytes(c.keySize())
			got, want := randomBytes(1024), randomBytes(1024)
			opened, err := c.open(keys, 512)
			Expect(err).NotTo(HaveOccurred())
			opened.encrypt(got, 7)

			names := strings.Split(c.name, "-")
			slices.Reverse(names)
			for i, name := range names {
				one, err := oracle.NewCipher(named[name], append(keys[32*i:32*i+32:32*i+32], keys[32*(len(names)+i):][:32]...))
				Expect(err).NotTo(HaveOccurred())
				one.Encrypt(want[:512], want[:512], 7)
				one.Encrypt(want[512:], want[512:], 8)
			}
			Expect(bytes.Equal(got, want)).To(BeTrue(), c.name)
		}
		Expect(seen).To(HaveLen(8))
	})
})

var _ = Describe("hashes and ciphers that are not of the standard library", func() {
	DescribeTable("give the published digest of abc", func(name, digest string) {
		kdfs, err := chooseKDFs(Secret{Hash: name})
		Expect(err).NotTo(HaveOccurred())
		h := kdfs[0].hash()
		_, _ = h.Write([]byte("abc"))
		Expect(hex.EncodeToString(h.Sum(nil))).To(Equal(digest))
	},
		Entry("ISO/IEC 10118-3", "whirlpool", "4e2448a4c6f486bb16b6562c73b4020bf3043e3a731bce721ae1b303d97e6d4c"+
			"7181eebdb6c57e277d0e34957114cbd6c797fc9d95d8b582d225292076d4eef5"),
		Entry("its paper", "ripemd160", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
		Entry("RFC 7693", "blake2s", "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"),
	)

	DescribeTable("encrypt as published", func(newCipher func([]byte) (cipher.Block, error), key, encrypted string) {
		block, err := newCipher(unhex(key))
		Expect(err).NotTo(HaveOccurred())
		p := make([]byte, 16)
		block.Encrypt(p, p)
		Expect(hex.EncodeToString(p)).To(Equal(encrypted))
		block.Decrypt(p, p)
		Expect(p).To(Equal(make([]byte, 16)))
	},
		Entry("Serpent, NESSIE set 1 vector 0", serpent.NewCipher, "80"+zeros[:30]+zeros, "a223aa1288463c0e2be38ebd825616c0"),
		Entry("Twofish, its paper", newTwofish, zeros+zeros, "57ff739d4dc92c1bd7fc01700cc8216f"),
	)
})
