package crypt

import (
	"crypto/pbkdf2"

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

	It("stops between blocks", func() {
		k := kdf{hash: newBlake2s, rounds: 1}
		Expect(k.start(nil, nil).grow(1, func() bool { return true })).To(BeFalse())
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
