package crypt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("a TrueCrypt or VeraCrypt volume", func() {
	payload := randomBytes(4096 + 512)

	// quick kdfs are the real ones with two rounds, so that all can be tried.
	for _, k := range quickKDFs() {
		for _, c := range chains() {
			It(fmt.Sprintf("opens: %s, %s, %s", k.format, k.name, c.name), func() {
				container := makeContainer(tcContainer{chain: c, kdf: k, password: []byte("secret")}, payload)
				v, err := openQuick(container, Secret{Password: []byte("secret")})
				Expect(err).NotTo(HaveOccurred())
				Expect(v.Info()).To(Equal(Info{Format: k.format, Cipher: c.name, Hash: k.name, SectorSize: 512}))
				Expect(plain(v)).To(Equal(payload))
			})
		}
	}

	DescribeTable("opens headers of each version with XTS", func(version uint16) {
		container := makeContainer(tcContainer{header: tcHeader{version: version}}, payload)
		v, err := openQuick(container, Secret{Password: []byte("secret")})
		Expect(err).NotTo(HaveOccurred())
		Expect(plain(v)).To(Equal(payload))
	}, Entry("TrueCrypt 6", uint16(4)), Entry("TrueCrypt 7", uint16(5)))

	It("opens one of TrueCrypt 5, with and without a hidden one in it", func() {
		outer, hidden := &tcHeader{version: 3}, &tcHeader{version: 3, hiddenSize: 1024}
		container := randomBytes(tcHeaderSize + 4096)
		inner := len(container) - tcLegacyHidden - 1024
		placeVolume(container, 0, "outer", outer, tcHeaderSize, payload[:4096])
		placeVolume(container, len(container)-tcLegacyHidden, "inner", hidden, inner, payload[512:1536])

		v, err := openQuick(container, Secret{Password: []byte("inner")})
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info().Hidden).To(BeTrue())
		Expect(plain(v)).To(Equal(payload[512:1536]))
		v, err = openQuick(container, Secret{Password: []byte("outer")})
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info().Hidden).To(BeFalse())
		Expect(plain(v)[:1024]).To(Equal(payload[:1024]))
		Expect(v.Size()).To(Equal(int64(4096)))
	})

	It("opens the hidden volume or the one around it, as the password says", func() {
		container := makeContainer(tcContainer{password: []byte("outer")}, make([]byte, 64<<10))
		inner := tcAreaSize + 32<<10
		h := &tcHeader{version: 5, hiddenSize: uint64(len(payload)), size: uint64(len(payload)), start: uint64(inner), length: uint64(len(payload))}
		placeVolume(container, tcHiddenAt, "inner", h, inner, payload)
		copy(container[len(container)-tcAreaSize+tcHiddenAt:], container[tcHiddenAt:][:tcHeaderSize])

		v, err := openQuick(container, Secret{Password: []byte("inner")})
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info()).To(Equal(Info{Format: TrueCrypt, Cipher: "AES", Hash: "sha512", SectorSize: 512, Hidden: true}))
		Expect(plain(v)).To(Equal(payload))

		v, err = openQuick(container, Secret{Password: []byte("outer")})
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info().Hidden).To(BeFalse())
		Expect(plain(v)[:32<<10]).To(Equal(make([]byte, 32<<10)))

		clear(container[:tcAreaSize])
		v, err = openQuick(container, Secret{Password: []byte("inner")})
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info()).To(And(HaveField("Hidden", true), HaveField("FromBackup", true)))
		Expect(plain(v)).To(Equal(payload))
	})

	DescribeTable("opens by the copy of a header that is", func(damage func(container []byte) io.ReaderAt) {
		container := makeContainer(tcContainer{}, payload)
		v, err := openTCrypt(context.Background(), damage(container), int64(len(container)), Secret{Password: []byte("secret")}, quickKDFs())
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info().FromBackup).To(BeTrue())
		Expect(plain(v)).To(Equal(payload))
	},
		Entry("wiped", func(c []byte) io.ReaderAt { clear(c[:tcAreaSize]); return bytes.NewReader(c) }),
		Entry("overwritten", func(c []byte) io.ReaderAt { copy(c, randomBytes(tcAreaSize)); return bytes.NewReader(c) }),
		Entry("changed in one bit", func(c []byte) io.ReaderAt { c[300]++; return bytes.NewReader(c) }),
		Entry("not readable", func(c []byte) io.ReaderAt { return &badSectors{bytes.NewReader(c), tcAreaSize} }),
	)

	It("prefers a header to its copy, whichever of the parallel trials ends first", func() {
		container := makeContainer(tcContainer{}, payload)
		for range 50 {
			v, err := openQuick(container, Secret{Password: []byte("secret")})
			Expect(err).NotTo(HaveOccurred())
			Expect(v.Info().FromBackup).To(BeFalse())
		}
	})

	It("says that a header was not seen, not that the password is wrong", func() {
		container := makeContainer(tcContainer{}, payload)
		r := &badSectors{bytes.NewReader(container), tcAreaSize}
		_, err := openTCrypt(context.Background(), r, int64(len(container)), Secret{Password: []byte("wrong")}, quickKDFs())
		Expect(err).To(MatchError(errBadSector))
	})
})

var errBadSector = errors.New("input/output error")

// badSectors cannot be read at the begin.
type badSectors struct {
	r   io.ReaderAt
	bad int64
}

func (b *badSectors) ReadAt(p []byte, off int64) (int, error) {
	if off < b.bad {
		return 0, errBadSector
	}
	return b.r.ReadAt(p, off)
}

func quickKDFs() []kdf {
	kdfs := tcKDFs(0)
	for i := range kdfs {
		kdfs[i].rounds = 2
	}
	return kdfs
}

// makeContainer takes AES, SHA-512, "secret" and version 5 for what c leaves out.
func makeContainer(c tcContainer, payload []byte) []byte {
	if c.chain.name == "" {
		c.chain = chains()[0]
	}
	if c.kdf.name == "" {
		c.kdf = quickKDFs()[0]
	}
	if c.password == nil {
		c.password = []byte("secret")
	}
	if c.header.version == 0 {
		c.header.version = 5
	}
	c.random = bytes.NewReader(randomBytes(3 * tcAreaSize))
	var out bytes.Buffer
	Expect(c.write(context.Background(), &out, sectionOf(payload))).To(Succeed())
	return out.Bytes()
}

// placeVolume puts a header, and the payload where it is told, into a container.
func placeVolume(container []byte, at int, password string, h *tcHeader, start int, payload []byte) {
	c := tcContainer{chain: chains()[0], kdf: quickKDFs()[0], password: []byte(password)}
	copy(h.keys[:], randomBytes(64))
	Expect(c.seal(container[at:at+tcHeaderSize], h)).To(Succeed())
	cipher, err := c.chain.open(h.keys[:], tcSector)
	Expect(err).NotTo(HaveOccurred())
	p := container[start : start+len(payload)]
	copy(p, payload)
	cipher.encrypt(p, uint64(start/tcSector))
}

func openQuick(container []byte, s Secret) (*Volume, error) {
	return openTCrypt(context.Background(), bytes.NewReader(container), int64(len(container)), s, quickKDFs())
}

func plain(v *Volume) []byte {
	GinkgoHelper()
	p, err := io.ReadAll(io.NewSectionReader(v, 0, v.Size()))
	Expect(err).NotTo(HaveOccurred())
	return p
}

func sectionOf(p []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(p), 0, int64(len(p)))
}
