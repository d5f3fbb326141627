package machine_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/crypt"
	"github.com/cargomedia/s3export/device/ext4"
	"github.com/cargomedia/s3export/device/machine"
)

const password = "correct horse"

// The host that runs the test may have no dm-crypt; the machine has.
var _ = Describe("a volume that the kernel encrypts", func() {
	DescribeTable("is read by us as by the kernel, byte by byte", func(kind string, create func(*disk) (node string), want crypt.Info) {
		needs("cryptsetup", "cryptsetup-bin")
		const size = 24 << 20
		d := host.usbDisk(size, "CRYPT")
		payload := make([]byte, 1<<20)
		_, _ = rand.Read(payload) // never fails
		sum := fill(create(d), kind, payload)
		d.pull()

		f, err := os.Open(d.path)
		Expect(err).NotTo(HaveOccurred())
		defer f.Close()
		v, err := crypt.Open(context.Background(), f, size, crypt.Secret{Password: []byte(password)})
		Expect(err).NotTo(HaveOccurred())
		info := v.Info()
		info.UUID = "" // another each time
		Expect(info).To(Equal(want))
		h := sha256.New()
		_, err = io.Copy(h, io.NewSectionReader(v, 0, v.Size()))
		Expect(err).NotTo(HaveOccurred())
		Expect(fmt.Sprintf("%x", h.Sum(nil))).To(Equal(sum), "all of the volume")
		fs, err := ext4.Open(v, v.Size())
		Expect(err).NotTo(HaveOccurred())
		Expect(bytes.Equal(read(fs, "payload"), payload)).To(BeTrue())
	},
		Entry("LUKS1", "luks", luks("luks1"),
			crypt.Info{Format: crypt.LUKS1, Cipher: "aes-xts-plain64", Hash: "sha256", SectorSize: 512}),
		Entry("LUKS2 with sectors of 512 bytes", "luks", luks("luks2", "--pbkdf", "pbkdf2", "--sector-size", "512"),
			crypt.Info{Format: crypt.LUKS2, Cipher: "aes-xts-plain64", Hash: "sha256", SectorSize: 512}),
		Entry("LUKS2 with sectors of 4096 bytes", "luks", luks("luks2", "--pbkdf", "pbkdf2", "--sector-size", "4096"),
			crypt.Info{Format: crypt.LUKS2, Cipher: "aes-xts-plain64", Hash: "sha256", SectorSize: 4096}),
		Entry("TrueCrypt of tcplay", "tcrypt", tcplay,
			crypt.Info{Format: crypt.TrueCrypt, Cipher: "AES", Hash: "sha512", SectorSize: 512}),
		Entry("TrueCrypt of ours", "tcrypt", ours,
			crypt.Info{Format: crypt.TrueCrypt, Cipher: "AES", Hash: "sha512", SectorSize: 512}),
	)
})

// luks makes a LUKS volume with few rounds of key derivation.
func luks(kind string, more ...string) func(*disk) string {
	return func(d *disk) string {
		GinkgoHelper()
		node := plugIn(d)[0]
		argv := append([]string{"cryptsetup", "luksFormat", "--batch-mode", "--key-file", "-", "--type", kind, "--pbkdf-force-iterations", "1000"}, more...)
		withPassword(append(argv, node)...).succeed()
		return node
	}
}

// tcplay answers what tcplay asks.
func tcplay(d *disk) string {
	GinkgoHelper()
	needs("tcplay", "tcplay")
	node := plugIn(d)[0]
	c := host.guest.launch(machine.Request{Argv: []string{"tcplay", "-c", "-d", node, "-a", "SHA512", "-b", "AES-256-XTS", "-z", "-w"}, More: true})
	c.answer("Passphrase: ", password)
	c.answer("Repeat passphrase: ", password)
	c.answer("(y/n) ", "y")
	c.succeed()
	return node
}

// ours makes a volume that takes up all of the drive, and plugs it in.
func ours(d *disk) string {
	GinkgoHelper()
	f, err := os.OpenFile(d.path, os.O_RDWR, 0)
	Expect(err).NotTo(HaveOccurred())
	defer f.Close()
	info, err := f.Stat()
	Expect(err).NotTo(HaveOccurred())
	nothing := make([]byte, info.Size()-256<<10) // less two headers with their surroundings
	Expect(crypt.CreateTrueCrypt(context.Background(), f, io.NewSectionReader(bytes.NewReader(nothing), 0, int64(len(nothing))), []byte(password), rand.Reader)).To(Succeed())
	return plugIn(d)[0]
}

func withPassword(argv ...string) *command {
	GinkgoHelper()
	return host.guest.launch(machine.Request{Argv: argv, Stdin: []byte(password), Env: []string{"DM_DISABLE_UDEV=1"}}) // no rules of dmsetup's, which it would wait for
}

// fill has the kernel open the volume, makes an ext4 with a file in it, and returns the
// SHA-256 of all its plain bytes.
func fill(node, kind string, payload []byte) string {
	GinkgoHelper()
	const plain, dir = "/dev/mapper/plain", "/mnt"
	withPassword("cryptsetup", "open", "--type", kind, "--key-file", "-", node, "plain").succeed()
	host.guest.run("mkfs.ext4", "-q", plain)
	host.guest.run("mkdir", "-p", dir)
	host.guest.run("mount", "-t", "ext4", plain, dir)
	host.guest.write(dir+"/payload", payload)
	host.guest.run("umount", dir)
	sum, _, _ := strings.Cut(host.guest.run("sha256sum", plain), " ")
	withPassword("cryptsetup", "close", "plain").succeed()
	return sum
}

func read(fs *ext4.FS, name string) []byte {
	GinkgoHelper()
	e, err := fs.Lookup(name)
	Expect(err).NotTo(HaveOccurred())
	f, err := fs.OpenFile(e)
	Expect(err).NotTo(HaveOccurred())
	b, err := io.ReadAll(io.NewSectionReader(f, 0, e.Size))
	Expect(err).NotTo(HaveOccurred())
	return b
}
