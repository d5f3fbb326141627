package crypt

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const luksGuess = "sEcReT-gUeSs"

// luksDisk is a device with this at its begin.
func luksDisk(begin []byte) *io.SectionReader {
	disk := make([]byte, 64<<10)
	copy(disk, begin)
	return sectionOf(disk)
}

// luks1Header has one key slot, of few rounds.
func luks1Header() []byte {
	b := make([]byte, luks1Size)
	copy(b, luksMagic+"\x00\x01aes")
	copy(b[luks1ModeAt:], "xts-plain64")
	copy(b[luks1HashAt:], "sha256")
	slot := luks1SlotsAt
	for at, v := range map[int]uint32{
		luks1PayloadAt: 16, luks1KeySizeAt: 64, luks1RoundsAt: 10,
		slot: luks1SlotActive, slot + luks1SlotRoundsAt: 10, slot + luks1SlotMaterialAt: 8, slot + luks1SlotStripesAt: 40,
	} {
		binary.BigEndian.PutUint32(b[at:], v)
	}
	return b
}

// luks2Area is a header for its place, with this description and the right checksum.
func luks2Area(text []byte, size, at int, change func(area []byte)) []byte {
	area := make([]byte, size)
	magic := luksMagic
	if at > 0 {
		magic = luks2Magic
	}
	copy(area, magic+"\x00\x02")
	binary.BigEndian.PutUint64(area[luks2SizeAt:], uint64(size))
	binary.BigEndian.PutUint64(area[luks2OffsetAt:], uint64(at))
	copy(area[luks2AlgAt:], "sha256")
	copy(area[luks2Binary:], text)
	change(area)
	clear(area[luks2SumAt:][:luks2SumSize])
	sum := sha256.Sum256(area)
	copy(area[luks2SumAt:], sum[:])
	return area
}

func asItIs([]byte) {}

const luks2Text = `{"keyslots":{"0":{"type":"luks2","key_size":64,"af":{"type":"luks1","stripes":40,"hash":"sha256"},
"area":{"type":"raw","offset":"32768","size":"4096","encryption":"aes-xts-plain64","key_size":64},
"kdf":{"type":"pbkdf2","hash":"sha256","iterations":10,"salt":"AAAA"}}},"segments":{"0":{"type":"crypt","offset":"40960","size":"dynamic",
"iv_tweak":"0","encryption":"aes-xts-plain64","sector_size":4096}},"digests":{"0":{"type":"pbkdf2","keyslots":["0"],"segments":["0"],
"hash":"sha256","iterations":11,"salt":"AAAA","digest":"AAAA"}},"tokens":{"0":{"type":"systemd-tpm2","keyslots":["0"]}},
"config":{"json_size":"12288","keyslots_size":"8192"}}`

// refusedLUKS is the refusal, which must name a remedy and not the passphrase.
func refusedLUKS(err error) *Error {
	GinkgoHelper()
	var e *Error
	Expect(errors.As(err, &e)).To(BeTrue(), "%v", err)
	Expect(e.Remedy).NotTo(BeEmpty())
	Expect(len(e.Message)).To(BeNumerically("<", 400))
	Expect(fmt.Sprintf("%+v %#v %s", err, *e, e.Remedy)).NotTo(ContainSubstring(luksGuess))
	return e
}

func guessLUKS(disk *io.SectionReader) *Error {
	GinkgoHelper()
	_, err := openLUKS(context.Background(), disk, disk.Size(), Secret{Password: []byte(luksGuess)})
	return refusedLUKS(err)
}

var _ = Describe("a header of LUKS1", func() {
	put := func(at int, v any) func([]byte) {
		return func(b []byte) {
			if text, ok := v.(string); ok {
				clear(b[at : at+32])
				copy(b[at:], text)
				return
			}
			binary.BigEndian.PutUint32(b[at:], uint32(v.(int)))
		}
	}
	DescribeTable("is refused by name", func(change func([]byte), why Reason, part string) {
		b := luks1Header()
		change(b)
		e := guessLUKS(luksDisk(b))
		Expect(e.Reason).To(Equal(why), e.Message)
		Expect(e.Message).To(ContainSubstring(part))
	},
		Entry("or not at all", asItIs, WrongPassword, "no key slot"),
		Entry("another version", put(6, 0x00030000), Unsupported, "version 3"),
		Entry("a cipher that we lack", put(luks1CipherAt, "cast5"), Unsupported, `"cast5-xts-plain64"`),
		Entry("a mode that we lack", put(luks1ModeAt, "lrw-benbi"), Unsupported, `"aes-lrw-benbi"`),
		Entry("a key that its cipher does not take", put(luks1KeySizeAt, 33), Unsupported, "33 bytes"),
		Entry("a hash that we lack", put(luks1HashAt, "whirlpool"), Unsupported, `"whirlpool"`),
		Entry("a name that moves the cursor", put(luks1HashAt, "\x1b[2J"), Unsupported, `"?[2J"`),
		Entry("a detached header", put(luks1PayloadAt, 0), Unsupported, "detached"),
		Entry("data within the header", put(luks1PayloadAt, 1), Corrupt, "begin at 512"),
		Entry("data beyond the device", put(luks1PayloadAt, math.MaxUint32), Corrupt, "begin at"),
		Entry("no key", put(luks1KeySizeAt, 0), Corrupt, "0 bytes"),
		Entry("a key of gigabytes", put(luks1KeySizeAt, math.MaxUint32), Corrupt, "4294967295 bytes"),
		Entry("stripes without end", put(luks1SlotsAt+luks1SlotStripesAt, math.MaxUint32), Corrupt, "4294967295 stripes"),
		Entry("a slot beyond the data's begin", put(luks1SlotsAt+luks1SlotMaterialAt, 15), Corrupt, "room for 512"),
		Entry("hours of PBKDF2", put(luks1SlotsAt+luks1SlotRoundsAt, math.MaxUint32), Unsupported, "4294967295 rounds"),
		Entry("hours of PBKDF2 for the digest", put(luks1RoundsAt, math.MaxUint32), Unsupported, "4294967295 rounds"),
		Entry("no rounds", put(luks1RoundsAt, 0), Unsupported, "0 rounds"),
		Entry("no slot in use", put(luks1SlotsAt, 0xDEAD), Corrupt, "no key slot holds"),
	)

	It("is damaged when it is cut off", func() {
		for _, n := range []int{8, 100, luks1Size - 1, luks1Size, 4096} {
			Expect(guessLUKS(sectionOf(luks1Header()[:min(n, luks1Size)])).Reason).To(Equal(Corrupt), "%d bytes", n)
		}
	})
})

var _ = Describe("a header of LUKS2", func() {
	put := func(old, text string) func(string) string {
		return func(s string) string {
			Expect(s).To(ContainSubstring(old))
			return strings.Replace(s, old, text, 1)
		}
	}
	slots := func(n int, kdf string) func(string) string {
		return func(s string) string {
			slot := s[strings.Index(s, `"0":`)+4 : strings.Index(s, `},"segments"`)]
			slot = slot[:strings.Index(slot, `"kdf":`)] + `"kdf":` + kdf + `}`
			var all, names []string
			for i := range n {
				names = append(names, fmt.Sprintf("%q", fmt.Sprint(i)))
				all = append(all, names[i]+":"+slot)
			}
			s = s[:strings.Index(s, `"0":`)] + strings.Join(all, ",") + s[strings.Index(s, `},"segments"`):]
			return strings.Replace(s, `"keyslots":["0"]`, `"keyslots":[`+strings.Join(names, ",")+`]`, 1)
		}
	}
	DescribeTable("is refused by name", func(change func(string) string, why Reason, part string) {
		e := guessLUKS(luksDisk(luks2Area([]byte(change(luks2Text)), 32<<10, 0, asItIs)))
		Expect(e.Reason).To(Equal(why), e.Message)
		Expect(e.Message).To(ContainSubstring(part))
	},
		Entry("or not at all", func(s string) string { return s }, WrongPassword, "no key slot"),
		Entry("no description", put(luks2Text, ""), Corrupt, "cannot be read"),
		Entry("an empty description", put(luks2Text, "{}"), Unsupported, "0 segments"),
		Entry("more than its description", put(luks2Text, luks2Text+"{}"), Corrupt, "cannot be read"),
		Entry("nesting without end", put(luks2Text, strings.Repeat("[", 12<<10)), Corrupt, "cannot be read"),
		Entry("nesting that nothing needs", put(`"tokens":{`, `"tokens":{"1":`+strings.Repeat("[", 9000)+strings.Repeat("]", 9000)+`,`), WrongPassword, "no key slot"),
		Entry("a key twice", put(`"sector_size":4096`, `"sector_size":4096,"Sector_Size":512`), Corrupt, `"sector_size" twice`),
		Entry("an object twice", put(`"segments":{`, `"segments":{},"segments":{`), Corrupt, `"segments" twice`),
		Entry("a number that is none", put(`"iterations":10,`, `"iterations":1e400,`), Corrupt, "cannot be read"),
		Entry("a number that is too large", put(`"offset":"32768"`, `"offset":"99999999999999999999"`), Corrupt, "cannot be read"),
		Entry("a text of megabytes", put(`"hash":"sha256","iterations":10`, `"iterations":10,"hash":"`+strings.Repeat("x", 9000)+`"`), Unsupported, "xxxx"),
		Entry("a change of encryption that did not end", put(`"config":{`, `"config":{"requirements":{"mandatory":["online-reencrypt-v2"]},`), Unsupported, "online-reencrypt-v2"),
		Entry("what it requires and we do not know", put(`"config":{`, `"config":{"requirements":{"mandatory":["opal"]},`), Unsupported, `"opal"`),
		Entry("authenticated encryption", put(`"iv_tweak"`, `"integrity":{"type":"hmac(sha256)"},"iv_tweak"`), Unsupported, "authenticated"),
		Entry("several segments", put(`"segments":{`, `"segments":{"1":{"type":"linear"},`), Unsupported, "2 segments"),
		Entry("a segment of a change", put(`"type":"crypt",`, `"type":"crypt","flags":["backup-final"],`), Unsupported, "backup-final"),
		Entry("a segment that the drive encrypts", put(`"type":"crypt"`, `"type":"hw-opal"`), Unsupported, `"hw-opal"`),
		Entry("a cipher that we lack", put(`"encryption":"aes-xts-plain64","key_size":64}`, `"encryption":"xchacha12,aes-adiantum-plain64","key_size":32}`), Unsupported, "adiantum"),
		Entry("a hash that we lack", put(`"kdf":{"type":"pbkdf2","hash":"sha256"`, `"kdf":{"type":"pbkdf2","hash":"blake2b-512"`), Unsupported, "blake2b"),
		Entry("a derivation that we lack", put(`"kdf":{"type":"pbkdf2"`, `"kdf":{"type":"scrypt"`), Unsupported, `"scrypt"`),
		Entry("a digest that we lack", put(`"digests":{"0":{"type":"pbkdf2"`, `"digests":{"0":{"type":"blake3"`), Unsupported, `"blake3"`),
		Entry("a key slot that we lack", put(`"type":"raw"`, `"type":"datashift"`), Unsupported, `"datashift"`),
		Entry("a key slot of other data", put(`"segments":["0"]`, `"segments":["1"]`), Corrupt, "no key slot holds"),
		Entry("no key slot", slots(0, `{}`), Corrupt, "no key slot holds"),
		Entry("more key slots than there can be", slots(33, `{"type":"pbkdf2","hash":"sha256","iterations":1}`), Corrupt, "33 key slots"),
		Entry("years of PBKDF2", put(`"iterations":10`, `"iterations":9223372036854775807`), Unsupported, "9223372036854775807 rounds"),
		Entry("years of PBKDF2 for the digest", put(`"iterations":11`, `"iterations":4000000000`), Unsupported, "4000000000 rounds"),
		Entry("hours of PBKDF2 in all", put(`"hash":"sha256","iterations":10`, `"hash":"sha512","iterations":268435456`), Unsupported, "rounds in all"),
		Entry("no rounds", put(`"iterations":10`, `"iterations":-10`), Unsupported, "-10 rounds"),
		Entry("more memory than there is", put(`"kdf":{"type":"pbkdf2"`, `"kdf":{"type":"argon2id","time":4,"cpus":4,"memory":4194305`), Unsupported, "4194305 KiB"),
		Entry("hours of Argon2", put(`"kdf":{"type":"pbkdf2"`, `"kdf":{"type":"argon2i","time":65,"cpus":4,"memory":1048576`), Unsupported, "65 passes"),
		Entry("Argon2 in no thread", put(`"kdf":{"type":"pbkdf2"`, `"kdf":{"type":"argon2id","time":4,"cpus":0,"memory":1024`), Unsupported, "0 threads"),
		Entry("Argon2 in a thousand threads", put(`"kdf":{"type":"pbkdf2"`, `"kdf":{"type":"argon2id","time":4,"cpus":1000,"memory":1048576`), Unsupported, "1000 threads"),
		Entry("a key of megabytes", put(`"key_size":64,"af"`, `"key_size":99999999,"af"`), Corrupt, "99999999"),
		Entry("a negative key", put(`"key_size":64,"af"`, `"key_size":-1,"af"`), Corrupt, "-1"),
		Entry("a negative key of the material", put(`"encryption":"aes-xts-plain64","key_size":64`, `"encryption":"aes-xts-plain64","key_size":-64`), Corrupt, "-64"),
		Entry("stripes without end", put(`"stripes":40`, `"stripes":2147483647`), Corrupt, "2147483647 stripes"),
		Entry("stripes whose bytes overflow", put(`"stripes":40`, `"stripes":288230376151711728`), Corrupt, "288230376151711728 stripes"),
		Entry("negative stripes", put(`"stripes":40`, `"stripes":-1`), Corrupt, "-1 stripes"),
		Entry("a slot beyond its area", put(`"size":"4096"`, `"size":"2048"`), Corrupt, "room for 2048"),
		Entry("a slot beyond the device", put(`"offset":"32768"`, `"offset":"9223372036854775807"`), Corrupt, "key slot has 2560 bytes from 9223372036854775807"),
		Entry("a slot before it", put(`"offset":"32768"`, `"offset":"-512"`), Corrupt, "key slot has 2560 bytes from -512"),
		Entry("a digest of nothing", put(`"digest":"AAAA"`, `"digest":""`), Corrupt, "0 bytes"),
		Entry("a digest without end", put(`"digest":"AAAA"`, `"digest":"`+strings.Repeat("AAAA", 1000)+`"`), Corrupt, "3000 bytes"),
		Entry("data within the headers", put(`"offset":"40960"`, `"offset":"512"`), Corrupt, "begin at 512"),
		Entry("data before the device", put(`"offset":"40960"`, `"offset":"-4096"`), Corrupt, "begin at -4096"),
		Entry("data beyond the device", put(`"offset":"40960"`, `"offset":"9223372036854775807"`), Corrupt, "begin at 92"),
		Entry("data of less than a sector", put(`"offset":"40960"`, `"offset":"65024"`), Corrupt, "begin at 65024"),
		Entry("more data than there are", put(`"dynamic"`, `"1099511627776"`), Corrupt, "1099511627776"),
		Entry("a size that is too large", put(`"dynamic"`, `"99999999999999999999"`), Corrupt, "99999999999999999999"),
		Entry("a negative size", put(`"dynamic"`, `"-4096"`), Corrupt, "-4096"),
		Entry("a size of odd bytes", put(`"dynamic"`, `"4608"`), Corrupt, "4608"),
		Entry("odd sectors", put(`"sector_size":4096`, `"sector_size":513`), Corrupt, "513 bytes"),
		Entry("sectors of nothing", put(`"sector_size":4096`, `"sector_size":0`), Corrupt, "0 bytes"),
		Entry("sectors that are too large", put(`"sector_size":4096`, `"sector_size":8192`), Corrupt, "8192 bytes"),
		Entry("a count that begins within a sector", put(`"iv_tweak":"0"`, `"iv_tweak":"1"`), Corrupt, "from 1 on"),
		Entry("a detached header", put(`"offset":"40960"`, `"offset":"0"`), Unsupported, "detached"),
	)

	DescribeTable("is refused when its binary part is hostile", func(change func([]byte), why Reason, part string) {
		e := guessLUKS(luksDisk(luks2Area([]byte(luks2Text), 16<<10, 0, change)))
		Expect(e.Reason).To(Equal(why), e.Message)
		Expect(e.Message).To(ContainSubstring(part))
	},
		Entry("a header without end", func(b []byte) { binary.BigEndian.PutUint64(b[luks2SizeAt:], math.MaxUint64) }, Corrupt, "-1 bytes"),
		Entry("a header beyond the device", func(b []byte) { binary.BigEndian.PutUint64(b[luks2SizeAt:], 4<<20) }, Corrupt, "4194304 bytes from 0 on"),
		Entry("a header of odd size", func(b []byte) { binary.BigEndian.PutUint64(b[luks2SizeAt:], 20<<10) }, Corrupt, "20480 bytes"),
		Entry("a header of another place", func(b []byte) { b[luks2OffsetAt] = 1 }, Corrupt, "another place"),
		Entry("a checksum that we lack", func(b []byte) { copy(b[luks2AlgAt:], "blake3") }, Unsupported, `"blake3"`),
		Entry("no version", func(b []byte) { b[7] = 0 }, Corrupt, "no header of version 2"),
	)

	It("keeps the words of its label, and nothing that a terminal obeys", func() {
		label := func(text string) string {
			h, err := parseLUKS2(luksDisk(luks2Area([]byte(luks2Text), 16<<10, 0, func(b []byte) { copy(b[luks2LabelAt:], text) })), 0)
			Expect(err).NotTo(HaveOccurred())
			return h.label
		}
		Expect(label("Fotos Zürich")).To(Equal("Fotos Zürich"))
		Expect(label("\x1b]0;root\x07\xff")).To(Equal("?]0;root?\ufffd"))
	})

	It("takes a passphrase or one key file", func() {
		disk := luksDisk(luks1Header())
		for _, s := range []Secret{
			{Password: []byte(luksGuess), Keyfiles: [][]byte{[]byte(luksGuess)}},
			{Keyfiles: [][]byte{[]byte(luksGuess), []byte(luksGuess)}},
		} {
			_, err := openLUKS(context.Background(), disk, disk.Size(), s)
			Expect(refusedLUKS(err).Reason).To(Equal(Unsupported))
		}
	})
})
