package crypt_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/crypt"
)

// qemu-img encrypts what it writes, and needs no device-mapper for it.
var _ = Describe("a volume that qemu-img has filled", Label("slow"), func() {
	holds := func(path, cipher string, plain []byte) {
		GinkgoHelper()
		v, err := openLUKS(path)
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info()).To(And(HaveField("Format", crypt.LUKS1), HaveField("Cipher", cipher), HaveField("SectorSize", 512)))
		Expect(v.Size()).To(BeEquivalentTo(len(plain)))
		got := make([]byte, len(plain))
		_, err = v.ReadAt(got, 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(bytes.Equal(got, plain)).To(BeTrue())
		for _, at := range []int{0, 1, 511, 512, 1<<20 - 3, 3<<20 + 77, len(plain) - 1500} {
			part := make([]byte, 1500)
			_, err := v.ReadAt(part, int64(at))
			Expect(err).NotTo(HaveOccurred())
			Expect(bytes.Equal(part, plain[at:][:1500])).To(BeTrue(), "at %d", at)
		}
		_, err = openFile(path, crypt.Secret{Password: []byte("guess")})
		expectRefusal(err, crypt.WrongPassword)
	}

	DescribeTable("holds byte for byte what was put into it", func(cipher, hash, bits string) {
		path := luksFormat(luks1("--cipher", cipher, "--hash", hash, "--key-size", bits, "--offset", "4096")...)
		plain := random(luksSize - 2<<20)
		clear(plain[1<<20 : 2<<20])
		fill(path, plain)
		holds(path, cipher, plain)
	},
		Entry(nil, "aes-xts-plain64", "sha512", "256"),
		Entry(nil, "aes-xts-plain", "sha1", "512"),
		Entry(nil, "aes-cbc-essiv:sha256", "sha256", "256"),
		Entry(nil, "aes-cbc-essiv:sha256", "sha512", "128"),
		Entry(nil, "aes-cbc-plain64", "ripemd160", "256"),
		Entry(nil, "aes-cbc-plain", "sha256", "128"),
	)

	It("and has made, holds the same", func() {
		path := filepath.Join(GinkgoT().TempDir(), "volume")
		plain := random(5 << 20)
		args := []string{"create", "-q", "-f", "luks", "--object", secretFile(), "-o", "key-secret=key,iter-time=10,cipher-alg=serpent-256", path, strconv.Itoa(len(plain))}
		err := error(nil)
		for range 5 { // it gives up when it finds the clock too coarse
			if err = exec.Command(program("qemu-img"), args...).Run(); err == nil {
				break
			}
		}
		Expect(err).NotTo(HaveOccurred())
		fill(path, plain)
		holds(path, "serpent-xts-plain64", plain)
	})
})

// secretFile is the option of qemu-img that names a file with the passphrase "key".
func secretFile() string {
	GinkgoHelper()
	path := filepath.Join(GinkgoT().TempDir(), "key")
	Expect(os.WriteFile(path, []byte(passphrase), 0o600)).To(Succeed())
	return "secret,id=key,file=" + path
}

// fill writes into an encrypted volume.
func fill(path string, plain []byte) {
	GinkgoHelper()
	source := filepath.Join(GinkgoT().TempDir(), "plain")
	Expect(os.WriteFile(source, plain, 0o600)).To(Succeed())
	target := "driver=luks,key-secret=key,file.filename=" + path
	run("", "qemu-img", "convert", "-q", "-n", "--object", secretFile(), "-f", "raw", source, "--target-image-opts", target)
}
