package crypt_test

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/crypt"
)

// The compatibility images of cryptsetup (tests/tcrypt-images.tar.xz in its repository),
// unpacked, are in the directory that this variable names. They take minutes: VeraCrypt.
const imagesVariable = "TCRYPT_IMAGES"

var _ = Describe("the TrueCrypt and VeraCrypt images of cryptsetup", Label("foreign"), func() {
	var dir string
	BeforeEach(func() {
		if dir = os.Getenv(imagesVariable); dir == "" {
			Skip("the images of cryptsetup's tests are not here; set " + imagesVariable + " to the directory with them")
		}
	})

	It("opens all that has XTS and ciphers that we have", func() {
		images, err := filepath.Glob(filepath.Join(dir, "*_*"))
		Expect(err).NotTo(HaveOccurred())
		opened := 0
		for _, path := range images {
			i := newForeignImage(path)
			for _, hidden := range i.volumes() {
				By(filepath.Base(path) + map[bool]string{true: ", hidden"}[hidden])
				if i.open(hidden) {
					opened++
				}
			}
		}
		Expect(opened).To(BeNumerically(">", 0))
		GinkgoWriter.Printf("%d volumes in %d images opened\n", opened, len(images))
	})
})

// foreignImage is an image with what its name tells: format and version, hash, mode,
// ciphers, and perhaps a hidden volume.
type foreignImage struct{ path, format, hash, mode, ciphers string }

func newForeignImage(path string) foreignImage {
	parts := strings.SplitN(filepath.Base(path), "-", 4)
	Expect(parts).To(HaveLen(4), path)
	return foreignImage{path: path, format: parts[0], hash: parts[1], mode: parts[2], ciphers: parts[3]}
}

func (i foreignImage) volumes() []bool {
	if strings.HasSuffix(i.ciphers, "-hidden") {
		return []bool{false, true}
	}
	return []bool{false}
}

func (i foreignImage) open(hidden bool) bool {
	file, err := os.Open(i.path)
	Expect(err).NotTo(HaveOccurred())
	defer file.Close()
	stat, err := file.Stat()
	Expect(err).NotTo(HaveOccurred())
	v, err := crypt.Open(context.Background(), file, stat.Size(), i.secret(hidden))
	if i.unread() {
		Expect(err).To(BeAssignableToTypeOf(&crypt.Error{}), i.path)
		return false
	}
	Expect(err).NotTo(HaveOccurred(), i.path)
	Expect(v.Info().Hidden).To(Equal(hidden))
	Expect(v.Info().FromBackup).To(BeFalse())
	Expect(v.Info().Hash).To(Equal(i.hash))
	Expect(strings.TrimSuffix(i.ciphers, "-hidden")).To(Equal(strings.ToLower(v.Info().Cipher)))
	boot := make([]byte, 512)
	_, err = v.ReadAt(boot, 0)
	Expect(err).NotTo(HaveOccurred())
	serial := map[bool]uint32{false: 0xDEADBABE, true: 0xCAFEBABE}[hidden]
	Expect(binary.LittleEndian.Uint32(boot[39:])).To(Equal(serial), "the serial number of the FAT file system")
	return true
}

// unread: modes before XTS, ciphers and hashes that we lack, systems.
func (i foreignImage) unread() bool {
	return i.mode != "xts" || strings.HasPrefix(i.format, "sys_") ||
		regexp.MustCompile("camellia|kuznyechik").MatchString(i.ciphers) || regexp.MustCompile("argon2|stribog").MatchString(i.hash)
}

func (i foreignImage) secret(hidden bool) crypt.Secret {
	s := crypt.Secret{Password: []byte("aaaaaaaaaaaa"), Format: crypt.VeraCrypt, Hash: i.hash}
	if strings.HasPrefix(i.format, "tc") {
		s.Format, s.Hash = crypt.TrueCrypt, ""
	}
	if pim := regexp.MustCompile(`^vcpim_1_(\d+)$`).FindStringSubmatch(i.format); pim != nil {
		s.PIM, _ = strconv.Atoi(pim[1])
		s.Password = []byte(strings.Repeat("c", 20))
	}
	if hidden {
		s.Password = []byte("bbbbbbbbbbbb")
	}
	switch {
	case strings.HasPrefix(i.format, "vck_1_nopw"):
		s.Password = nil
	case strings.HasPrefix(i.format, "vck_1_pw72"):
		s.Password = []byte("aaaaaaaaaaaabbbbbbbbbbbbccccccccccccddddddddddddeeeeeeeeeeeeffffffffffff")
	}
	if strings.HasPrefix(i.format, "tck") || strings.HasPrefix(i.format, "vck") {
		for _, name := range []string{"keyfile1", "keyfile2"} {
			key, err := os.ReadFile(filepath.Join(filepath.Dir(i.path), name))
			Expect(err).NotTo(HaveOccurred())
			s.Keyfiles = append(s.Keyfiles, key)
		}
	}
	return s
}
