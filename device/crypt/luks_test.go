package crypt_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/crypt"
)

const luksPassphrase = "correct horse"

// run runs a tool of somebody else; it skips aloud when the tool is not there.
func run(stdin, name string, args ...string) string {
	GinkgoHelper()
	path, err := exec.LookPath(name)
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/" + name)
	}
	if err != nil {
		Skip("SKIPPED: " + name + " is not installed")
	}
	cmd := exec.Command(path, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), "%s %v: %s", name, args, out)
	return string(out)
}

// cryptsetup makes a volume in a new file.
func cryptsetup(size int64, args ...string) string {
	GinkgoHelper()
	path := filepath.Join(GinkgoT().TempDir(), "volume")
	Expect(os.WriteFile(path, nil, 0o600)).To(Succeed())
	Expect(os.Truncate(path, size)).To(Succeed())
	run(luksPassphrase, "cryptsetup", append([]string{"luksFormat", "--batch-mode", "--key-file=-"}, append(args, path)...)...)
	return path
}

func openFile(path, passphrase string) (*crypt.Volume, error) {
	GinkgoHelper()
	f, err := os.Open(path)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(f.Close)
	info, err := f.Stat()
	Expect(err).NotTo(HaveOccurred())
	return crypt.Open(context.Background(), f, info.Size(), crypt.Secret{Password: []byte(passphrase)})
}

func expectReason(err error, why crypt.Reason) {
	GinkgoHelper()
	var e *crypt.Error
	Expect(errors.As(err, &e)).To(BeTrue(), "%v", err)
	Expect(e.Reason).To(Equal(why), "%v", err)
	Expect(e.Remedy).NotTo(BeEmpty())
	Expect(e.Message + e.Remedy).NotTo(ContainSubstring(luksPassphrase))
}

func luks2(more ...string) []string {
	return append([]string{"--type", "luks2", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"}, more...)
}

func luks1(more ...string) []string {
	return append([]string{"--type", "luks1", "--pbkdf-force-iterations", "1000"}, more...)
}

var _ = Describe("a LUKS volume", func() {
	DescribeTable("of cryptsetup opens with its passphrase, and with no other", func(args []string, want crypt.Info) {
		path := cryptsetup(20<<20, args...)
		v, err := openFile(path, luksPassphrase)
		Expect(err).NotTo(HaveOccurred())
		i := v.Info()
		Expect(run("", "cryptsetup", "luksUUID", path)).To(Equal(i.UUID + "\n"))
		want.UUID = i.UUID
		Expect(i).To(Equal(want))
		Expect(v.Size()).To(And(BeNumerically(">", 2<<20), BeNumerically("<", 20<<20)))
		_, err = v.ReadAt(make([]byte, 8192), v.Size()-8192)
		Expect(err).To(Or(Not(HaveOccurred()), MatchError(io.EOF)))
		_, err = openFile(path, "another horse")
		expectReason(err, crypt.WrongPassword)
	},
		Entry("LUKS1", luks1(), crypt.Info{Format: crypt.LUKS1, Cipher: "aes-xts-plain64", Hash: "sha256", SectorSize: 512}),
		Entry("LUKS1 with sha512 and a long key", luks1("--hash", "sha512", "--key-size", "512"), crypt.Info{Format: crypt.LUKS1, Cipher: "aes-xts-plain64", Hash: "sha512", SectorSize: 512}),
		Entry("LUKS1 with ripemd160", luks1("--hash", "ripemd160"), crypt.Info{Format: crypt.LUKS1, Cipher: "aes-xts-plain64", Hash: "ripemd160", SectorSize: 512}),
		Entry("LUKS1 with cbc-essiv and sha1", luks1("--cipher", "aes-cbc-essiv:sha256", "--hash", "sha1", "--key-size", "256"), crypt.Info{Format: crypt.LUKS1, Cipher: "aes-cbc-essiv:sha256", Hash: "sha1", SectorSize: 512}),
		Entry("LUKS2", luks2("--label", "photos-a", "--sector-size", "512"), crypt.Info{Format: crypt.LUKS2, Cipher: "aes-xts-plain64", Hash: "pbkdf2 sha256", Label: "photos-a", SectorSize: 512}),
		Entry("LUKS2 with sectors of 4096 bytes", luks2("--sector-size", "4096"), crypt.Info{Format: crypt.LUKS2, Cipher: "aes-xts-plain64", Hash: "pbkdf2 sha256", SectorSize: 4096}),
		Entry("LUKS2 with cbc-essiv", luks2("--cipher", "aes-cbc-essiv:sha256", "--key-size", "256", "--sector-size", "512"), crypt.Info{Format: crypt.LUKS2, Cipher: "aes-cbc-essiv:sha256", Hash: "pbkdf2 sha256", SectorSize: 512}),
		Entry("LUKS2 with argon2id", []string{"--type", "luks2", "--sector-size", "4096", "--pbkdf", "argon2id", "--pbkdf-memory", "32768", "--pbkdf-parallel", "2", "--pbkdf-force-iterations", "4"},
			crypt.Info{Format: crypt.LUKS2, Cipher: "aes-xts-plain64", Hash: "argon2id", SectorSize: 4096}),
		Entry("LUKS2 with argon2i", []string{"--type", "luks2", "--sector-size", "4096", "--pbkdf", "argon2i", "--pbkdf-memory", "32768", "--pbkdf-parallel", "1", "--pbkdf-force-iterations", "4"},
			crypt.Info{Format: crypt.LUKS2, Cipher: "aes-xts-plain64", Hash: "argon2i", SectorSize: 4096}),
	)

	DescribeTable("of qemu-img holds byte for byte what was put into it", func(options string) {
		dir := GinkgoT().TempDir()
		plain := make([]byte, 5<<20)
		_, _ = rand.Read(plain)
		copy(plain[1<<20:], make([]byte, 1<<20))
		Expect(os.WriteFile(filepath.Join(dir, "plain"), plain, 0o600)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(dir, "key"), []byte(luksPassphrase), 0o600)).To(Succeed())
		path := filepath.Join(dir, "volume")
		key := "secret,id=key,file=" + filepath.Join(dir, "key")
		run("", "sh", "-c", fmt.Sprintf("for i in 1 2 3 4 5; do qemu-img create -q -f luks --object %s -o key-secret=key,iter-time=10%s %s %d && exit; done; exit 1", key, options, path, len(plain))) // it now and then finds its own clock too coarse
		run("", "qemu-img", "convert", "-q", "-n", "--object", key, "-f", "raw", filepath.Join(dir, "plain"), "--target-image-opts", "driver=luks,key-secret=key,file.filename="+path)
		v, err := openFile(path, luksPassphrase)
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info().Format).To(Equal(crypt.LUKS1))
		Expect(v.Size()).To(BeNumerically(">=", len(plain)))
		got := make([]byte, len(plain))
		_, err = v.ReadAt(got, 0)
		Expect(err).To(Or(Not(HaveOccurred()), MatchError(io.EOF)))
		Expect(bytes.Equal(got, plain)).To(BeTrue())
		for _, at := range []int{0, 1, 511, 512, 1<<20 - 3, 3<<20 + 77} { // parts of sectors
			part := make([]byte, 1500)
			_, err := v.ReadAt(part, int64(at))
			Expect(err).NotTo(HaveOccurred())
			Expect(bytes.Equal(part, plain[at:][:1500])).To(BeTrue(), "at %d", at)
		}
	},
		Entry("aes-256-xts", ""),
		Entry("aes-128-cbc with essiv", ",cipher-alg=aes-128,cipher-mode=cbc,ivgen-alg=essiv,ivgen-hash-alg=sha256"),
		Entry("aes-256-cbc with plain64", ",cipher-alg=aes-256,cipher-mode=cbc,ivgen-alg=plain64"),
		Entry("serpent-256-xts", ",cipher-alg=serpent-256"),
		Entry("twofish-256-xts", ",cipher-alg=twofish-256"),
	)

	It("opens with any of its passphrases, and with a key file", func() {
		path := cryptsetup(20<<20, luks2()...)
		dir := GinkgoT().TempDir()
		Expect(os.WriteFile(filepath.Join(dir, "new"), []byte("second\x00key"), 0o600)).To(Succeed())
		run(luksPassphrase, "cryptsetup", "luksAddKey", "--batch-mode", "--key-file=-", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", path, filepath.Join(dir, "new"))
		f, err := os.Open(path)
		Expect(err).NotTo(HaveOccurred())
		defer f.Close()
		first, err := crypt.Open(context.Background(), f, 20<<20, crypt.Secret{Password: []byte(luksPassphrase)})
		Expect(err).NotTo(HaveOccurred())
		second, err := crypt.Open(context.Background(), f, 20<<20, crypt.Secret{Keyfiles: [][]byte{[]byte("second\x00key")}})
		Expect(err).NotTo(HaveOccurred())
		a, b := make([]byte, 4096), make([]byte, 4096)
		_, _ = first.ReadAt(a, 0)
		_, _ = second.ReadAt(b, 0)
		Expect(a).To(Equal(b))
		_, err = crypt.Open(context.Background(), f, 20<<20, crypt.Secret{Password: []byte("x"), Keyfiles: [][]byte{{1}}})
		expectReason(err, crypt.Unsupported)
	})

	DescribeTable("of version 2 whose first header is gone opens by the second", func(damage func(path string)) {
		path := cryptsetup(20<<20, luks2()...)
		damage(path)
		v, err := openFile(path, luksPassphrase)
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info().FromBackup).To(BeTrue())
		_, err = openFile(path, "guess")
		expectReason(err, crypt.WrongPassword)
	},
		Entry("overwritten", func(path string) { scribble(path, 0, make([]byte, 8192)) }),
		Entry("with a wrong checksum", func(path string) { scribble(path, 200, []byte{1}) }),
		Entry("with a damaged description", func(path string) { scribble(path, 4096, []byte("{{{{")) }),
	)

	It("is told to be damaged when both headers are", func() {
		path := cryptsetup(20<<20, luks2()...)
		scribble(path, 4100, []byte("{{{{"))
		scribble(path, 16384+4100, []byte("{{{{"))
		_, err := openFile(path, luksPassphrase)
		expectReason(err, crypt.Corrupt)
	})

	It("ends when its caller does", func() {
		path := cryptsetup(20<<20, "--type", "luks2", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "3000000")
		f, err := os.Open(path)
		Expect(err).NotTo(HaveOccurred())
		defer f.Close()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err = crypt.Open(ctx, f, 20<<20, crypt.Secret{Password: []byte(luksPassphrase)})
		Expect(err).To(MatchError(context.Canceled))
	})

	It("that was cut off is refused, or read to where it ends", func() {
		path := cryptsetup(20<<20, luks2()...)
		Expect(os.Truncate(path, 17<<20)).To(Succeed())
		v, err := openFile(path, luksPassphrase)
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Size()).To(BeEquivalentTo(1 << 20))
		Expect(os.Truncate(path, 100<<10)).To(Succeed())
		_, err = openFile(path, luksPassphrase)
		expectReason(err, crypt.Corrupt)
	})
})

func scribble(path string, at int64, b []byte) {
	GinkgoHelper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	Expect(err).NotTo(HaveOccurred())
	_, err = f.WriteAt(b, at)
	Expect(err).NotTo(HaveOccurred())
	Expect(f.Close()).To(Succeed())
}
