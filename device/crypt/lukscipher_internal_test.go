package crypt

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"hash"
	"math"

	"github.com/aead/serpent"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	oracle "golang.org/x/crypto/xts"
	"pgregory.net/rapid"
)

var _ = Describe("a cipher of dm-crypt", func() {
	DescribeTable("decrypts what other code encrypted", func(name string, keySize int, encrypt func(sector, key []byte, n uint64)) {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			key := rapid.SliceOfN(rapid.Byte(), keySize, keySize).Draw(t, "key")
			sector := rapid.SampledFrom([]int{512, 1024, 2048, 4096}).Draw(t, "sector")
			n := rapid.OneOf(rapid.Uint64Max(100), rapid.Uint64Range(math.MaxUint32-20, math.MaxUint32+20), rapid.Uint64()).Draw(t, "n")
			plain := randomBytes(3 * sector)
			p := bytes.Clone(plain)
			for at := 0; at < len(p); at += sector {
				encrypt(p[at:at+sector], key, n+uint64(at/512))
			}
			c, err := luksCipher(name, key, sector)
			Expect(err).NotTo(HaveOccurred())
			c.decrypt(p, n)
			Expect(bytes.Equal(p, plain)).To(BeTrue())
		})
	},
		Entry(nil, "aes-xts-plain64", 64, oracleXTS(aes.NewCipher)),
		Entry(nil, "aes-xts-plain64", 32, oracleXTS(aes.NewCipher)),
		Entry(nil, "serpent-xts-plain64", 64, oracleXTS(serpent.NewCipher)),
		Entry(nil, "twofish-xts-plain64", 64, oracleXTS(newTwofish)),
		Entry(nil, "aes-xts-plain", 64, low32(oracleXTS(aes.NewCipher))),
		Entry(nil, "aes-cbc-plain64", 16, oracleCBC(aes.NewCipher, nil)),
		Entry(nil, "aes-cbc-plain", 32, low32(oracleCBC(aes.NewCipher, nil))),
		Entry(nil, "aes-cbc-essiv:sha256", 32, oracleCBC(aes.NewCipher, sha256.New)),
		Entry(nil, "serpent-cbc-essiv:sha256", 16, oracleCBC(serpent.NewCipher, sha256.New)),
	)

	DescribeTable("is refused", func(name string, keySize int) {
		_, err := luksCipher(name, make([]byte, keySize), 512)
		Expect(refusedLUKS(err).Reason).To(Equal(Unsupported))
	},
		Entry("no mode", "aes", 32),
		Entry("no cipher", "", 32),
		Entry("no key", "aes-xts-plain64", 0),
		Entry("keys of different lengths", "aes-xts-plain64", 33),
		Entry("a key for another mode", "aes-cbc-essiv:sha256", 64),
		Entry("a mode without vectors", "aes-ecb", 32),
		Entry("a hash of ESSIV that we lack", "aes-cbc-essiv:sha1", 32),
		Entry("a large block", "aes-xts-essiv:sha256", 64),
	)
})

type newCipher = func([]byte) (cipher.Block, error)

func oracleXTS(newBlock newCipher) func(sector, key []byte, n uint64) {
	return func(sector, key []byte, n uint64) {
		c, err := oracle.NewCipher(newBlock, key)
		Expect(err).NotTo(HaveOccurred())
		c.Encrypt(sector, sector, n)
	}
}

// oracleCBC chains blocks by hand (NIST SP 800-38A, 6.2); essiv may be nil.
func oracleCBC(newBlock newCipher, essiv func() hash.Hash) func(sector, key []byte, n uint64) {
	return func(sector, key []byte, n uint64) {
		c, err := newBlock(key)
		Expect(err).NotTo(HaveOccurred())
		iv := binary.LittleEndian.AppendUint64(nil, n)
		iv = append(iv, make([]byte, 8)...)
		if essiv != nil {
			h := essiv()
			h.Write(key)
			salt, err := newBlock(h.Sum(nil))
			Expect(err).NotTo(HaveOccurred())
			salt.Encrypt(iv, iv)
		}
		for b := sector; len(b) > 0; b = b[16:] {
			subtle.XORBytes(b[:16], b[:16], iv)
			c.Encrypt(b[:16], b[:16])
			iv = b[:16]
		}
	}
}

// low32 counts as plain does.
func low32(encrypt func(sector, key []byte, n uint64)) func(sector, key []byte, n uint64) {
	return func(sector, key []byte, n uint64) { encrypt(sector, key, n&math.MaxUint32) }
}

var _ = Describe("the anti-forensic splitter", func() {
	It("is undone, whatever the key and the hash", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			newHash := rapid.SampledFrom([]func() hash.Hash{sha1.New, sha256.New}).Draw(t, "hash")
			key := rapid.SliceOfN(rapid.Byte(), 1, 100).Draw(t, "key")
			stripes := rapid.IntRange(1, 20).Draw(t, "stripes")
			material := randomBytes(len(key) * stripes)
			last := material[len(key)*(stripes-1):]
			clear(last)
			copy(last, afMerge(material, len(key), newHash())) // of random stripes and zeros
			subtle.XORBytes(last, last, key)
			Expect(afMerge(material, len(key), newHash())).To(Equal(key))
		})
	})
})
