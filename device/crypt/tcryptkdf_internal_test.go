package crypt

import (
	"bytes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"encoding/hex"

	"github.com/aead/serpent"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"
)

func never() bool { return false }

var _ = Describe("the key of a header", func() {
	It("is what crypto/pbkdf2 derives, however it grows", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			k := rapid.SampledFrom(tcKDFs(0)).Draw(t, "kdf")
			k.rounds = rapid.IntRange(1, 30).Draw(t, "rounds")
			password := rapid.SliceOfN(rapid.Byte(), 0, 150).Draw(t, "password")
			salt := rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "salt")
			want, err := pbkdf2.Key(k.hash, string(password), salt, k.rounds, 192)
			Expect(err).NotTo(HaveOccurred())
			d := k.start(password, salt)
			for _, n := range rapid.SliceOfN(rapid.IntRange(0, 192), 1, 4).Draw(t, "sizes") {
				Expect(d.grow(n, never)).To(BeTrue())
				Expect(len(d.key)).To(BeNumerically(">=", n))
				Expect(d.key[:n]).To(Equal(want[:n]))
			}
		})
	})

	It("stops within a block", func() {
		asked := 0
		k := kdf{hash: newBlake2s, rounds: 1 << 40}
		Expect(k.start(nil, nil).grow(1, func() bool { asked++; return asked > 3 })).To(BeFalse())
	})

	It("takes the rounds of VeraCrypt from the PIM, and TrueCrypt has none", func() {
		for _, k := range tcKDFs(485) {
			Expect(k.format).To(Equal(VeraCrypt))
			Expect(k.rounds).To(Equal(500_000))
		}
		Expect(tcKDFs(1)[0].rounds).To(Equal(16_000))
	})

	DescribeTable("is derived in the ways that the secret leaves", func(s Secret, n int) {
		kdfs, err := chooseKDFs(s)
		Expect(err).NotTo(HaveOccurred())
		Expect(kdfs).To(HaveLen(n))
	},
		Entry("all", Secret{}, 8),
		Entry("of TrueCrypt", Secret{Format: TrueCrypt}, 3),
		Entry("with a hash that both have", Secret{Hash: "whirlpool"}, 2),
		Entry("with a hash of VeraCrypt only", Secret{Hash: "sha256"}, 1),
		Entry("with a PIM", Secret{PIM: maxPIM, Hash: "sha512"}, 1),
	)

	DescribeTable("cannot be derived", func(s Secret) {
		_, err := chooseKDFs(s)
		Expect(refusal(err)).To(And(HaveField("Reason", Unsupported), HaveField("Remedy", Not(BeEmpty()))))
	},
		Entry("with a hash that is not read", Secret{Hash: "streebog"}),
		Entry("with a hash that TrueCrypt lacks", Secret{Hash: "sha256", Format: TrueCrypt}),
		Entry("with a PIM of TrueCrypt", Secret{PIM: 1, Format: TrueCrypt}),
		Entry("with a PIM below 0", Secret{PIM: -1}),
		Entry("with a PIM above VeraCrypt's limit", Secret{PIM: maxPIM + 1}),
	)
})

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
