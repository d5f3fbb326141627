package crypt_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/crypt"
	"github.com/cargomedia/s3export/device/ext4"
)

var _ = Describe("creating a TrueCrypt volume", func() {
	password := []byte("correct horse")
	trueCrypt := crypt.Secret{Password: password, Format: crypt.TrueCrypt}

	It("gives one that opens to the payload, of any number of sectors", func() {
		for _, size := range []int64{512, 1 << 20, 1<<20 + 512, 3 << 20} {
			payload := random(size)
			container := create(payload, password)
			Expect(container).To(HaveLen(int(size) + 256<<10))
			v, err := open(container, trueCrypt)
			Expect(err).NotTo(HaveOccurred())
			Expect(v.Info()).To(Equal(crypt.Info{Format: crypt.TrueCrypt, Cipher: "AES", Hash: "sha512", SectorSize: 512}))
			got, err := io.ReadAll(io.NewSectionReader(v, 0, v.Size()))
			Expect(err).NotTo(HaveOccurred())
			Expect(bytes.Equal(got, payload)).To(BeTrue())
		}
	})

	It("holds an ext4 file system that is read through it", func() {
		image := ext4Image("hello inside truecrypt")
		v, err := open(create(image, password), trueCrypt)
		Expect(err).NotTo(HaveOccurred())
		fs, err := ext4.Open(v, v.Size())
		Expect(err).NotTo(HaveOccurred())
		entry, err := fs.Lookup("hello")
		Expect(err).NotTo(HaveOccurred())
		file, err := fs.OpenFile(entry)
		Expect(err).NotTo(HaveOccurred())
		text, err := io.ReadAll(io.NewSectionReader(file, 0, file.Size()))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(Equal("hello inside truecrypt"))
	})

	It("shows nothing of the payload, and no two volumes are alike", func() {
		payload := bytes.Repeat([]byte("plain text"), 5120)
		var a, b bytes.Buffer
		Expect(crypt.CreateTrueCrypt(context.Background(), &a, section(payload), password, source(1))).To(Succeed())
		Expect(crypt.CreateTrueCrypt(context.Background(), &b, section(payload), password, source(2))).To(Succeed())
		Expect(bytes.Contains(a.Bytes(), []byte("plain"))).To(BeFalse())
		same := 0
		for at := 0; at < a.Len(); at += 16 {
			if bytes.Equal(a.Bytes()[at:at+16], b.Bytes()[at:at+16]) {
				same++
			}
		}
		Expect(same).To(BeZero())
	})

	It("is the same each time with the same randomness", func() {
		Expect(create(random(1024), password)).To(Equal(create(random(1024), password)))
	})

	DescribeTable("refuses, and writes nothing,", func(size int64, password string) {
		var out bytes.Buffer
		err := crypt.CreateTrueCrypt(context.Background(), &out, section(random(size)), []byte(password), source(1))
		var e *crypt.Error
		Expect(errors.As(err, &e)).To(BeTrue())
		Expect(e.Remedy).NotTo(BeEmpty())
		Expect(out.Len()).To(BeZero())
	},
		Entry("an empty payload", int64(0), "p"),
		Entry("half a sector", int64(513), "p"),
		Entry("no password", int64(512), ""),
		Entry("a password of 65 bytes", int64(512), string(make([]byte, 65))),
	)

	It("reports a reader, a writer or randomness that fails, and a context that ends", func() {
		failing := errors.New("it broke")
		payload := random(4096)
		try := func(w io.Writer, payload *io.SectionReader, random io.Reader) error {
			return crypt.CreateTrueCrypt(context.Background(), w, payload, password, random)
		}
		for after := range 3 { // both areas of headers, and the payload between
			Expect(try(&failingWriter{after, failing}, section(payload), source(1))).To(MatchError(failing))
		}
		Expect(try(io.Discard, io.NewSectionReader(bytes.NewReader(payload), 0, 8192), source(1))).To(MatchError(io.ErrUnexpectedEOF))
		Expect(try(io.Discard, section(payload), bytes.NewReader(nil))).To(MatchError(io.EOF))
		Expect(try(io.Discard, section(payload), io.LimitReader(source(1), 200<<10))).To(MatchError(io.ErrUnexpectedEOF))
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(failing)
		Expect(crypt.CreateTrueCrypt(ctx, io.Discard, section(payload), password, source(1))).To(MatchError(failing))
	})
})

// failingWriter fails after so many writes.
type failingWriter struct {
	after int
	err   error
}

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.after == 0 {
		return 0, w.err
	}
	w.after--
	return len(p), nil
}

func create(payload, password []byte) []byte {
	GinkgoHelper()
	var out bytes.Buffer
	Expect(crypt.CreateTrueCrypt(context.Background(), &out, section(payload), password, source(1))).To(Succeed())
	return out.Bytes()
}

func open(container []byte, s crypt.Secret) (*crypt.Volume, error) {
	return crypt.Open(context.Background(), bytes.NewReader(container), int64(len(container)), s)
}

func section(p []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(p), 0, int64(len(p)))
}

// source gives random bytes that are the same in every run.
func source(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

func random(n int64) []byte {
	p := make([]byte, n)
	_, _ = io.ReadFull(source(42), p)
	return p
}

// ext4Image is a file system with one file, named hello.
func ext4Image(text string) []byte {
	GinkgoHelper()
	mkfs := program("mkfs.ext4")
	dir := GinkgoT().TempDir()
	source, path := filepath.Join(dir, "source"), filepath.Join(dir, "image")
	Expect(os.Mkdir(source, 0o755)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(source, "hello"), []byte(text), 0o644)).To(Succeed())
	out, err := exec.Command(mkfs, "-q", "-d", source, path, "4M").CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
	image, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	return image
}

// program skips aloud if there is none of this name.
func program(name string) string {
	GinkgoHelper()
	for _, dir := range []string{"", "/usr/sbin", "/sbin"} {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	Skip(name + " is not installed")
	return ""
}
