package crypt

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	oraclexts "golang.org/x/crypto/xts"
)

// fewRounds keeps a mutated header from costing hours, which the bounds alone do not.
func fewRounds(slots []luksSlot) []luksSlot {
	var cheap []luksSlot
	for _, s := range slots {
		if s.kdf.kind == "pbkdf2" && s.kdf.rounds < 100 && s.keySize*s.stripes < 1<<20 {
			cheap = append(cheap, s)
		}
	}
	return cheap
}

func isOurs(t *testing.T, err error) {
	t.Helper()
	var e *Error
	if err != nil && (!errors.As(err, &e) || e.Remedy == "") {
		t.Fatal(err)
	}
}

func FuzzLUKS1(f *testing.F) {
	header := make([]byte, luks1Size)
	copy(header, "LUKS\xba\xbe\x00\x01aes")
	copy(header[luks1ModeAt:], "xts-plain64")
	copy(header[luks1HashAt:], "sha256")
	binary.BigEndian.PutUint32(header[luks1PayloadAt:], 2048)
	binary.BigEndian.PutUint32(header[luks1KeySizeAt:], 64)
	binary.BigEndian.PutUint32(header[luks1RoundsAt:], 10)
	slot := header[luks1SlotsAt:]
	for i, v := range map[int]uint32{0: luks1SlotEnabled, 4: 10, 40: 8, 44: 40} {
		binary.BigEndian.PutUint32(slot[i:], v)
	}
	f.Add(header)
	disk := bytes.NewReader(make([]byte, 2<<20))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) != luks1Size {
			return
		}
		h, err := parseLUKS1(b, disk.Size())
		isOurs(t, err)
		if err != nil {
			return
		}
		for _, s := range fewRounds(h.slots) {
			key, err := s.open(context.Background(), disk, disk.Size(), []byte("guess"))
			isOurs(t, err)
			if err == nil {
				v, err := h.volume(disk, disk.Size(), key)
				isOurs(t, err)
				if err == nil {
					_, _ = v.ReadAt(make([]byte, 1000), v.Size()-700)
				}
			}
		}
	})
}

// luks2Area is a header with this description, its checksum right.
func luks2Area(text []byte) []byte {
	area := make([]byte, 16<<10)
	copy(area, "LUKS\xba\xbe\x00\x02")
	binary.BigEndian.PutUint64(area[luks2SizeAt:], uint64(len(area)))
	copy(area[luks2AlgAt:], "sha256")
	copy(area[luks2Binary:], text)
	sum := sha256.Sum256(area)
	copy(area[luks2SumAt:], sum[:])
	return area
}

const luks2Text = `{"keyslots":{"0":{"type":"luks2","key_size":64,"af":{"type":"luks1","stripes":40,"hash":"sha256"},
"area":{"type":"raw","offset":"32768","size":"258048","encryption":"aes-xts-plain64","key_size":64},
"kdf":{"type":"pbkdf2","hash":"sha256","iterations":10,"salt":"AAAA"}}},"segments":{"0":{"type":"crypt","offset":"1048576","size":"dynamic",
"iv_tweak":"0","encryption":"aes-xts-plain64","sector_size":512}},"digests":{"0":{"type":"pbkdf2","keyslots":["0"],"segments":["0"],
"hash":"sha256","iterations":10,"salt":"AAAA","digest":"AAAA"}},"config":{"json_size":"12288","keyslots_size":"16744448"}}`

func FuzzLUKS2(f *testing.F) {
	f.Add([]byte(luks2Text))
	f.Add([]byte(strings.Replace(luks2Text, "dynamic", "99999999999999999999", 1)))
	f.Add([]byte(strings.Repeat("[", 12<<10)))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 12<<10 {
			return
		}
		disk := make([]byte, 2<<20)
		copy(disk, luks2Area(text))
		r := bytes.NewReader(disk)
		h, err := readLUKS2(r)
		isOurs(t, err)
		if err != nil {
			return
		}
		s, name, err := h.meta.segment(r.Size())
		isOurs(t, err)
		if err != nil {
			return
		}
		for _, slot := range fewRounds(h.meta.slots(name)) {
			for _, d := range h.meta.Digests {
				if d.Iterations > 100 {
					return
				}
			}
			key, _, err := h.meta.try(context.Background(), r, r.Size(), slot, []byte("guess"))
			isOurs(t, err)
			if err == nil {
				v, err := h.volume(r, s, slot, key)
				isOurs(t, err)
				if err == nil {
					_, _ = v.ReadAt(make([]byte, 5000), v.Size()-4096)
				}
			}
		}
	})
}

var _ = Describe("a header of LUKS2", func() {
	parse := func(change func(string) string) error {
		disk := make([]byte, 2<<20)
		copy(disk, luks2Area([]byte(change(luks2Text))))
		_, err := openLUKS2(context.Background(), bytes.NewReader(disk), 2<<20, Secret{Password: []byte("guess")})
		return err
	}
	put := func(old, text string) func(string) string {
		return func(s string) string {
			Expect(s).To(ContainSubstring(old))
			return strings.Replace(s, old, text, 1)
		}
	}
	DescribeTable("is refused by name", func(change func(string) string, why Reason, part string) {
		err := parse(change)
		var e *Error
		Expect(errors.As(err, &e)).To(BeTrue(), "%v", err)
		Expect(e.Reason).To(Equal(why), e.Message)
		Expect(e.Message).To(ContainSubstring(part))
		Expect(e.Remedy).NotTo(BeEmpty())
	},
		Entry("or not at all", func(s string) string { return s }, WrongPassword, "no key slot"),
		Entry("no description", put(luks2Text, ""), Corrupt, "cannot be read"),
		Entry("a re-encryption that is under way", put(`"config":{`, `"config":{"requirements":{"mandatory":["online-reencrypt"]},`), Unsupported, "online-reencrypt"),
		Entry("authenticated encryption", put(`"iv_tweak"`, `"integrity":{"type":"hmac(sha256)"},"iv_tweak"`), Unsupported, "authenticated"),
		Entry("several segments", put(`"segments":{`, `"segments":{"1":{"type":"linear"},`), Unsupported, "2 segments"),
		Entry("an unknown cipher", put(`"area":{"type":"raw","offset":"32768","size":"258048","encryption":"aes-xts-plain64"`, `"area":{"type":"raw","offset":"32768","size":"258048","encryption":"xchacha12,aes-adiantum-plain64"`), Unsupported, "adiantum"),
		Entry("an unknown hash", put(`"kdf":{"type":"pbkdf2","hash":"sha256"`, `"kdf":{"type":"pbkdf2","hash":"blake2b-512"`), Unsupported, "blake2b"),
		Entry("years of PBKDF2", put(`"iterations":10,"salt":"AAAA"}}}`, `"iterations":4000000000,"salt":"AAAA"}}}`), Unsupported, "4000000000 rounds"),
		Entry("more memory than there is", put(`"kdf":{"type":"pbkdf2"`, `"kdf":{"type":"argon2id","time":4,"cpus":4,"memory":99999999`), Unsupported, "99999999 KiB"),
		Entry("hours of Argon2", put(`"kdf":{"type":"pbkdf2"`, `"kdf":{"type":"argon2id","time":40000,"cpus":4,"memory":1048576`), Unsupported, "40000 passes"),
		Entry("a key of megabytes", put(`"key_size":64,"af"`, `"key_size":99999999,"af"`), Corrupt, "99999999 bytes"),
		Entry("a negative key", put(`"key_size":64,"af"`, `"key_size":-1,"af"`), Corrupt, "-1 bytes"),
		Entry("stripes without end", put(`"stripes":40`, `"stripes":2147483647`), Corrupt, "2147483647 stripes"),
		Entry("a slot beyond the device", put(`"offset":"32768"`, `"offset":"9223372036854775807"`), Corrupt, "beyond the device"),
		Entry("a slot before it", put(`"offset":"32768"`, `"offset":"-512"`), Corrupt, "beyond the device"),
		Entry("data beyond the device", put(`"offset":"1048576"`, `"offset":"1099511627776"`), Corrupt, "data begin at"),
		Entry("more data than there are", put(`"dynamic"`, `"1099511627776"`), Corrupt, "1099511627776"),
		Entry("odd sectors", put(`"sector_size":512`, `"sector_size":513`), Corrupt, "513 bytes"),
		Entry("a detached header", put(`"offset":"1048576"`, `"offset":"0"`), Unsupported, "detached"),
	)

	It("is decrypted as another implementation of XTS does", func() {
		key := make([]byte, 64)
		for i := range key {
			key[i] = byte(i * 7)
		}
		for _, sector := range []int{512, 4096} {
			c, err := luksCipher("aes-xts-plain64", key, sector)
			Expect(err).NotTo(HaveOccurred())
			b := bytes.Repeat([]byte("some ciphertext "), 3*sector/16)
			want := bytes.Clone(b)
			oracle, err := oraclexts.NewCipher(aes.NewCipher, key)
			Expect(err).NotTo(HaveOccurred())
			for i := range 3 {
				oracle.Decrypt(want[i*sector:][:sector], want[i*sector:][:sector], uint64(16+i*sector/512))
			}
			c.decrypt(b, 16)
			Expect(bytes.Equal(b, want)).To(BeTrue(), "sectors of %d", sector)
		}
	})
})
