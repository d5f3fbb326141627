package crypt_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/crypt"
)

// qemu-img encrypts what it writes, and needs no device-mapper for it.
var _ = Describe("a volume of qemu-img", func() {
	DescribeTable("holds byte for byte what was put into it", func(cipher string, options ...string) {
		plain := random(5 << 20)
		clear(plain[1<<20 : 2<<20])
		path := qemuVolume(plain, options...)
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
	},
		Entry(nil, "aes-xts-plain64"),
		Entry(nil, "aes-xts-plain64", "cipher-alg=aes-128", "hash-alg=sha512"),
		Entry(nil, "aes-cbc-essiv:sha256", "cipher-alg=aes-128", "cipher-mode=cbc", "ivgen-alg=essiv", "ivgen-hash-alg=sha256"),
		Entry(nil, "aes-cbc-plain64", "cipher-alg=aes-256", "cipher-mode=cbc", "ivgen-alg=plain64", "hash-alg=ripemd160"),
		Entry(nil, "aes-xts-plain", "ivgen-alg=plain", "hash-alg=sha1"),
		Entry(nil, "serpent-xts-plain64", "cipher-alg=serpent-256"),
		Entry(nil, "twofish-xts-plain64", "cipher-alg=twofish-256"),
	)
})

// qemuVolume makes a LUKS1 volume with this payload.
func qemuVolume(plain []byte, options ...string) string {
	GinkgoHelper()
	dir := GinkgoT().TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		Expect(os.WriteFile(path, b, 0o600)).To(Succeed())
		return path
	}
	secret, payload, volume := "secret,id=key,file="+write("key", []byte(passphrase)), write("plain", plain), filepath.Join(dir, "volume")
	options = append([]string{"key-secret=key", "iter-time=10"}, options...)
	qemu := program("qemu-img")
	var out []byte
	err := error(nil)
	for range 5 { // it gives up when it finds the clock too coarse to measure its derivation
		out, err = exec.Command(qemu, "create", "-q", "-f", "luks", "--object", secret, "-o", strings.Join(options, ","), volume, strconv.Itoa(len(plain))).CombinedOutput()
		if err == nil {
			break
		}
	}
	Expect(err).NotTo(HaveOccurred(), "%s", out)
	run("", "qemu-img", "convert", "-q", "-n", "--object", secret, "-f", "raw", payload, "--target-image-opts", "driver=luks,key-secret=key,file.filename="+volume)
	return volume
}
