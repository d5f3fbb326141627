package crypt_test

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/crypto/xts"

	"github.com/cargomedia/s3export/device/crypt"
)

const (
	passphrase = "correct horse"
	luksSize   = 20 << 20 // of the volumes that cryptsetup makes, in bytes
)

// run runs a program that speaks of secrets in files and on its stdin only.
func run(stdin, name string, args ...string) string {
	GinkgoHelper()
	cmd := exec.Command(program(name), args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), "%s %v: %s", name, args, out)
	return string(out)
}

// luksFormat makes a volume in a new file.
func luksFormat(args ...string) string {
	GinkgoHelper()
	path := filepath.Join(GinkgoT().TempDir(), "volume")
	Expect(os.WriteFile(path, nil, 0o600)).To(Succeed())
	Expect(os.Truncate(path, luksSize)).To(Succeed())
	run(passphrase, "cryptsetup", append([]string{"luksFormat", "--batch-mode", "--key-file=-"}, append(args, path)...)...)
	return path
}

func luks1(more ...string) []string {
	return append([]string{"--type", "luks1", "--pbkdf-force-iterations", "1000"}, more...)
}

func luks2(more ...string) []string {
	return append([]string{"--type", "luks2", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"}, more...)
}

func argon(kind string) []string {
	return []string{"--type", "luks2", "--pbkdf", kind, "--pbkdf-memory", "32768", "--pbkdf-parallel", "2", "--pbkdf-force-iterations", "4"}
}

func openFile(path string, s crypt.Secret) (*crypt.Volume, error) {
	GinkgoHelper()
	f, err := os.Open(path)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(f.Close)
	stat, err := f.Stat()
	Expect(err).NotTo(HaveOccurred())
	return crypt.Open(context.Background(), f, stat.Size(), s)
}

func openLUKS(path string) (*crypt.Volume, error) {
	GinkgoHelper()
	return openFile(path, crypt.Secret{Password: []byte(passphrase)})
}

// expectRefusal also holds each message against the passphrase.
func expectRefusal(err error, why crypt.Reason) {
	GinkgoHelper()
	var e *crypt.Error
	Expect(errors.As(err, &e)).To(BeTrue(), "%v", err)
	Expect(e.Reason).To(Equal(why), "%v", err)
	Expect(e.Remedy).NotTo(BeEmpty())
	Expect(fmt.Sprintf("%+v %#v %s", err, *e, e.Remedy)).NotTo(ContainSubstring(passphrase))
}

var _ = Describe("a volume of cryptsetup", Label("slow"), func() {
	DescribeTable("opens with its passphrase, and with no other", func(args []string, cipher, hash string, sector int) {
		path := luksFormat(args...)
		v, err := openLUKS(path)
		Expect(err).NotTo(HaveOccurred())
		format := map[string]crypt.Format{"luks1": crypt.LUKS1, "luks2": crypt.LUKS2}[args[1]]
		uuid := strings.TrimSpace(run("", "cryptsetup", "luksUUID", path))
		Expect(v.Info()).To(Equal(crypt.Info{Format: format, Cipher: cipher, Hash: hash, UUID: uuid, SectorSize: sector}))
		_, err = openFile(path, crypt.Secret{Password: []byte("another horse")})
		expectRefusal(err, crypt.WrongPassword)
		_, err = openFile(path, crypt.Secret{Password: []byte(passphrase + "\n")})
		expectRefusal(err, crypt.WrongPassword)
	},
		Entry("LUKS1 with sha1", luks1("--hash", "sha1"), "aes-xts-plain64", "sha1", 512),
		Entry("LUKS1 with sha256", luks1("--hash", "sha256"), "aes-xts-plain64", "sha256", 512),
		Entry("LUKS1 with sha512", luks1("--hash", "sha512", "--key-size", "512"), "aes-xts-plain64", "sha512", 512),
		Entry("LUKS1 with ripemd160", luks1("--hash", "ripemd160"), "aes-xts-plain64", "ripemd160", 512),
		Entry("LUKS1 with ESSIV", luks1("--cipher", "aes-cbc-essiv:sha256", "--key-size", "256"), "aes-cbc-essiv:sha256", "sha256", 512),
		Entry("LUKS2 with sectors of 512 bytes", luks2("--sector-size", "512"), "aes-xts-plain64", "sha256", 512),
		Entry("LUKS2 with sectors of 4096 bytes", luks2("--sector-size", "4096", "--hash", "sha512"), "aes-xts-plain64", "sha512", 4096),
		Entry("LUKS2 with ESSIV", luks2("--cipher", "aes-cbc-essiv:sha256", "--key-size", "256", "--sector-size", "512"), "aes-cbc-essiv:sha256", "sha256", 512),
		Entry("LUKS2 with argon2id", argon("argon2id"), "aes-xts-plain64", "argon2id", 4096),
		Entry("LUKS2 with argon2i", argon("argon2i"), "aes-xts-plain64", "argon2i", 4096),
	)

	It("tells its label", func() {
		v, err := openLUKS(luksFormat(luks2("--label", "photos-a")...))
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info().Label).To(Equal("photos-a"))
	})

	DescribeTable("is decrypted as other code does with the key that cryptsetup tells", func(args []string, start int, decrypt func(key, sector []byte, n uint64), size int) {
		path := luksFormat(args...)
		encrypted := random(luksSize - int64(start))
		scribble(path, int64(start), encrypted)
		v, err := openLUKS(path)
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Size()).To(BeEquivalentTo(len(encrypted)))
		got := make([]byte, v.Size())
		_, err = v.ReadAt(got, 0)
		Expect(err).NotTo(HaveOccurred())
		key := volumeKey(path)
		for at := 0; at < len(encrypted); at += size {
			decrypt(key, encrypted[at:at+size], uint64(at/512))
		}
		Expect(bytes.Equal(got, encrypted)).To(BeTrue())
	},
		Entry("LUKS1", luks1(), 2<<20, decryptXTS, 512),
		Entry("LUKS1 with ESSIV", luks1("--cipher", "aes-cbc-essiv:sha256", "--key-size", "256"), 2<<20, decryptESSIV, 512),
		Entry("LUKS2 with sectors of 512 bytes", luks2("--sector-size", "512"), 16<<20, decryptXTS, 512),
		Entry("LUKS2 with sectors of 2048 bytes", luks2("--sector-size", "2048"), 16<<20, decryptXTS, 2048),
		Entry("LUKS2 with sectors of 4096 bytes", luks2("--sector-size", "4096"), 16<<20, decryptXTS, 4096),
		Entry("LUKS2 with larger headers", luks2("--sector-size", "512", "--luks2-metadata-size", "64k", "--luks2-keyslots-size", "1m"), 2<<20, decryptXTS, 512),
	)

	DescribeTable("opens by any key slot", func(format func(...string) []string, priority bool) {
		path := luksFormat(format()...)
		file := filepath.Join(GinkgoT().TempDir(), "key")
		content := []byte("second\x00key\n")
		Expect(os.WriteFile(file, content, 0o600)).To(Succeed())
		run(passphrase, "cryptsetup", "luksAddKey", "--batch-mode", "--key-file=-", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", path, file)
		if priority {
			run("", "cryptsetup", "config", "--key-slot", "1", "--priority", "prefer", path)
			run("", "cryptsetup", "config", "--key-slot", "0", "--priority", "ignore", path)
		}
		first, err := openLUKS(path)
		Expect(err).NotTo(HaveOccurred())
		second, err := openFile(path, crypt.Secret{Keyfiles: [][]byte{content}})
		Expect(err).NotTo(HaveOccurred())
		a, b := make([]byte, 4096), make([]byte, 4096)
		_, err = first.ReadAt(a, 0)
		Expect(err).NotTo(HaveOccurred())
		_, err = second.ReadAt(b, 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(a).To(Equal(b))
	},
		Entry("of LUKS1", luks1, false),
		Entry("of LUKS2", luks2, false),
		Entry("of LUKS2, whatever is preferred", luks2, true),
	)

	It("opens by a whole key slot when another one is damaged", func() {
		for _, args := range [][]string{luks1(), luks2()} {
			path := luksFormat(args...)
			file := filepath.Join(GinkgoT().TempDir(), "key")
			Expect(os.WriteFile(file, []byte("second"), 0o600)).To(Succeed())
			run(passphrase, "cryptsetup", "luksAddKey", "--batch-mode", "--key-file=-", "--pbkdf-force-iterations", "1000", "--pbkdf", "pbkdf2", path, file)
			scribble(path, 4096, bytes.Repeat([]byte{0}, map[string]int{"luks1": 4096, "luks2": 0}[args[1]]))
			scribble(path, 32<<10, bytes.Repeat([]byte{0}, map[string]int{"luks1": 0, "luks2": 4096}[args[1]]))
			_, err := openLUKS(path)
			expectRefusal(err, crypt.WrongPassword)
			_, err = openFile(path, crypt.Secret{Password: []byte("second")})
			Expect(err).NotTo(HaveOccurred())
		}
	})

	It("says that it was erased", func() {
		for _, args := range [][]string{luks1(), luks2()} {
			path := luksFormat(args...)
			run("", "cryptsetup", "luksErase", "--batch-mode", path)
			_, err := openLUKS(path)
			expectRefusal(err, crypt.Corrupt)
		}
	})

	It("stops when its context ends", func() {
		f, err := os.Open(luksFormat("--type", "luks2", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"))
		Expect(err).NotTo(HaveOccurred())
		defer f.Close()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err = crypt.Open(ctx, f, luksSize, crypt.Secret{Password: []byte(passphrase)})
		Expect(err).To(MatchError(context.Canceled))
	})

	It("that was cut off is read to where it ends, or refused", func() {
		path := luksFormat(luks2()...)
		Expect(os.Truncate(path, 17<<20)).To(Succeed())
		v, err := openLUKS(path)
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Size()).To(BeEquivalentTo(1 << 20))
		for _, size := range []int64{16 << 20, 100 << 10, 20 << 10, 4096, 600, 8} {
			Expect(os.Truncate(path, size)).To(Succeed())
			_, err = openLUKS(path)
			expectRefusal(err, crypt.Corrupt)
		}
	})
})

var _ = Describe("a volume of LUKS2 whose first header is damaged", func() {
	DescribeTable("opens by the second", func(damage func(path string), args ...string) {
		path := luksFormat(luks2(args...)...)
		damage(path)
		v, err := openLUKS(path)
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info().FromBackup).To(BeTrue())
		_, err = openFile(path, crypt.Secret{Password: []byte("guess")})
		expectRefusal(err, crypt.WrongPassword)
	},
		Entry("overwritten", func(path string) { scribble(path, 0, make([]byte, 16<<10)) }),
		Entry("with a wrong checksum", func(path string) { scribble(path, 450, []byte("wrong")) }),
		Entry("with another label", func(path string) { scribble(path, 24, []byte("label")) }),
		Entry("with a damaged description", func(path string) { scribble(path, 4096, []byte("{{{{")) }),
		Entry("overwritten, with larger ones", func(path string) { scribble(path, 0, make([]byte, 512)) }, "--luks2-metadata-size", "128k"),
		Entry("overwritten, with the largest ones", func(path string) { scribble(path, 0, make([]byte, 512)) }, "--luks2-metadata-size", "4m"),
	)

	It("is told to be damaged when the second one is, too", func() {
		path := luksFormat(luks2()...)
		scribble(path, 4100, []byte("{{{{"))
		scribble(path, 16<<10+4100, []byte("{{{{"))
		_, err := openLUKS(path)
		expectRefusal(err, crypt.Corrupt)
	})
})

// volumeKey asks cryptsetup.
func volumeKey(path string) []byte {
	GinkgoHelper()
	file := filepath.Join(GinkgoT().TempDir(), "key")
	run(passphrase, "cryptsetup", "luksDump", "--batch-mode", "--dump-volume-key", "--key-file=-", "--volume-key-file", file, path)
	key, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred())
	return key
}

func decryptXTS(key, sector []byte, n uint64) {
	c, err := xts.NewCipher(aes.NewCipher, key)
	Expect(err).NotTo(HaveOccurred())
	c.Decrypt(sector, sector, n)
}

func decryptESSIV(key, sector []byte, n uint64) {
	salt := sha256.Sum256(key)
	essiv, err := aes.NewCipher(salt[:])
	Expect(err).NotTo(HaveOccurred())
	iv := append(binary.LittleEndian.AppendUint64(nil, n), make([]byte, 8)...)
	essiv.Encrypt(iv, iv)
	c, err := aes.NewCipher(key)
	Expect(err).NotTo(HaveOccurred())
	cipher.NewCBCDecrypter(c, iv).CryptBlocks(sector, sector)
}

func scribble(path string, at int64, b []byte) {
	GinkgoHelper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	Expect(err).NotTo(HaveOccurred())
	_, err = f.WriteAt(b, at)
	Expect(err).NotTo(HaveOccurred())
	Expect(f.Close()).To(Succeed())
}
