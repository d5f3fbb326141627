package crypt

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"math/rand/v2"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	oracle "golang.org/x/crypto/xts"
	"golang.org/x/sys/unix"
	"pgregory.net/rapid"
)

var _ = Describe("XTS", func() {
	// IEEE 1619-2007, annex B; of the long vectors, 4 and 10, the first two blocks.
	DescribeTable("gives the published vectors", func(data, tweak string, n uint64, plain, encrypted string) {
		want, got := unhex(encrypted), unhex(plain)
		x := newXTS(aesOf(unhex(data)), aesOf(unhex(tweak)), len(got)).(*xts)
		x.encrypt(got, n)
		Expect(got[:len(want)]).To(Equal(want))
		x.decrypt(got, n)
		Expect(got).To(Equal(unhex(plain)))
	},
		Entry("1", zeros, zeros, uint64(0), zeros+zeros, "917cf69ebd68b2ec9b9fe9a3eadda692cd43d2f59598ed858c02c2652fbf922e"),
		Entry("2", "11111111111111111111111111111111", "22222222222222222222222222222222", uint64(0x3333333333),
			fours+fours, "c454185e6a16936e39334038acef838bfb186fff7480adc4289382ecd6d394f0"),
		Entry("3", "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0", "22222222222222222222222222222222", uint64(0x3333333333),
			fours+fours, "af85336b597afc1a900b2eb21ec949d292df4c047e0b21532186a5971a227a89"),
		Entry("4", "27182818284590452353602874713526", "31415926535897932384626433832795", uint64(0),
			counting(), "27a7479befa1d476489f308cd4cfa6e2a96e4bbe3208ff25287dd3819616e89c"),
		Entry("10", "2718281828459045235360287471352662497757247093699959574966967627",
			"3141592653589793238462643383279502884197169399375105820974944592", uint64(0xff),
			counting(), "1c3b3a102f770386e4836c99e370cf9bea00803f5e482357a4ae12d414a3e63b"),
	)

	It("agrees with x/crypto/xts, whatever the cipher, the sector and the number of sectors", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			newCipher := rapid.SampledFrom([]func([]byte) (cipher.Block, error){aes.NewCipher, newTwofish}).Draw(t, "cipher")
			key := rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "key")
			sector := rapid.SampledFrom([]int{512, 1024, 4096}).Draw(t, "sector")
			n := rapid.Uint64().Draw(t, "n")
			plain := randomBytes(sector * rapid.IntRange(0, 5).Draw(t, "sectors"))

			o, err := oracle.NewCipher(newCipher, key)
			Expect(err).NotTo(HaveOccurred())
			want := make([]byte, len(plain))
			for at := 0; at < len(plain); at += sector {
				o.Encrypt(want[at:at+sector], plain[at:at+sector], n+uint64(at/512))
			}
			data, _ := newCipher(key[:32])
			tweak, _ := newCipher(key[32:])
			x := newXTS(data, tweak, sector).(*xts)
			got := bytes.Clone(plain)
			x.encrypt(got, n)
			Expect(bytes.Equal(got, want)).To(BeTrue())
			x.decrypt(got, n)
			Expect(bytes.Equal(got, plain)).To(BeTrue())
		})
	})
})

const (
	zeros = "00000000000000000000000000000000"
	fours = "44444444444444444444444444444444"
)

// counting is twice 00 to ff in hexadecimal digits.
func counting() string {
	b := make([]byte, 512)
	for i := range b {
		b[i] = byte(i)
	}
	return hex.EncodeToString(b)
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	Expect(err).NotTo(HaveOccurred())
	return b
}

func aesOf(key []byte) cipher.Block {
	block, err := aes.NewCipher(key)
	Expect(err).NotTo(HaveOccurred())
	return block
}

// randomBytes are the same in every run.
func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

func BenchmarkXTS(b *testing.B) {
	for _, c := range chains() {
		cipher, err := c.open(make([]byte, c.keySize()), 512)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) { benchDecrypt(b, cipher) })
	}
	b.Run("AES, sectors of 4096", func(b *testing.B) {
		block, err := aes.NewCipher(make([]byte, 32))
		if err != nil {
			b.Fatal(err)
		}
		benchDecrypt(b, newXTS(block, block, 4096))
	})
}

// benchDecrypt also gives the rate per second of processor time, which other work on the
// machine does not lower as much.
func benchDecrypt(b *testing.B, c sectorCipher) {
	b.Helper()
	p := make([]byte, 1<<20)
	b.SetBytes(int64(len(p)))
	before := processorTime(b)
	n := 0
	for b.Loop() {
		c.decrypt(p, 0)
		n++
	}
	b.ReportMetric(float64(n*len(p))/1e6/(processorTime(b)-before).Seconds(), "MB/cpu-s")
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
